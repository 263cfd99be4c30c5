"""What a model in training writes, for people to hear: half a minute of music, or a chorale of eight bars."""

from ..codecs.chorale import ChoraleCodec
from ..compose import Settings, compose
from ..compose.chorales import Manner, from_nothing, write
from ..data.controls import Controls
from ..models.family import Family, PieceFamily, RowFamily
from ..models.grid import GridFamily
from ..prompt import Length
from ..prompt import from_nothing as nothing
from ..recipe import Recipe
from ..score import Score

SECONDS = 30.0
BARS, FERMATAS = 8, (4, 8)


def sample(model: Family, recipe: Recipe, controls: Controls, seed: int) -> Score | None:
    """A piece of ``model`` as it is, as ``recipe`` says that it composes; none of a family that cannot."""
    if isinstance(model, GridFamily):
        return _chorale(model, recipe, seed)
    if not isinstance(model, RowFamily | PieceFamily):
        return None
    settings = Settings(recipe.sampling)
    (made,) = compose(model, recipe.codec, nothing(Length(seconds=SECONDS)), controls, seed=seed, settings=settings)
    return made.score


def _chorale(model: GridFamily, recipe: Recipe, seed: int) -> Score | None:
    """None where the codec has no holds, so that nothing says where notes begin."""
    if not isinstance(recipe.codec, ChoraleCodec) or not recipe.codec.hold:
        return None
    prompt, manner = from_nothing(BARS, fermatas=FERMATAS), Manner(sampling=recipe.sampling)
    return next(write(model, recipe.codec, prompt, manner, seed=seed)).score
