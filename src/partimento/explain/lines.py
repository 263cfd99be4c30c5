"""An explanation in lines for people."""

from collections.abc import Iterator

from .explanation import Explanation, Moment, Said


def lines(found: Explanation, count: int = 5, by: str = "") -> Iterator[str]:
    """The whole in a line, then the most surprising notes, one a line."""
    yield f"{found.model}: {found.nats_per_note:.2f} nats per note over {len(found.score)} notes, {found.given}"
    for moment in found.most_surprising(count, by):
        yield f"{moment.place}: {moment.nats:.1f} nats: {_parts(moment)}"


def details(moment: Moment) -> Iterator[str]:
    """All that is known of a moment: of each column what stands there, its rank, and the likeliest."""
    yield f"{moment.place}: {moment.nats:.2f} nats"
    for each in moment.said:
        unheard = "" if each.counts else ", not counted"
        yield f"  {each.column}: {each.words} ({percent(each.probability)}, rank {each.rank}{unheard}); likeliest:"
        for other in each.alternatives:
            yield f"    {percent(other.probability):>7}  {other.words}"


def percent(probability: float) -> str:
    """A probability for people, with two digits where it is small."""
    return f"{probability:.0%}" if 0.1 <= probability < 0.99 else f"{100 * probability:.{2 + (probability > 0.5)}g}%"


def _parts(moment: Moment) -> str:
    """What stands there, how likely each part was, and what was likelier where that says most."""
    counted = [each for each in moment.said if each.counts]
    parts = ", ".join(f"{each.words} ({percent(each.probability)})" for each in counted)
    worst = max(counted, key=lambda each: each.nats, default=None)
    return parts + (_instead(worst) if worst else "")


def _instead(said: Said) -> str:
    others = [other for other in said.alternatives if other.words != said.words]
    return f"; likelier {said.column}: {others[0].words} ({percent(others[0].probability)})" if others else ""
