"""Who plays: a channel with a program, as General MIDI's synthesizers see it.

A player is numbered ``channel * PROGRAMS + program``. Shapes: K events asked for, N notes.
"""

import numpy as np
from numpy.typing import NDArray

from .events import CHANNELS, PIANO, PROGRAMS, TrackEvents

Ints = NDArray[np.int64]
NOBODY = -1


def players_at(track: TrackEvents, events: Ints) -> Ints:
    """Channel times PROGRAMS plus program, at each of ``events`` int[K]: int[K]."""
    players = (track.statuses[events] & 0xF).astype(np.int64) * PROGRAMS
    changes = track.programs
    if track.first[changes].any():
        for channel in range(CHANNELS):
            own = changes[track.statuses[changes] & 0xF == channel]
            programs = np.concatenate([[PIANO], track.first[own]])[np.searchsorted(own, events)]
            players += np.where(players // PROGRAMS == channel, programs, 0)
    return players


def receivers_of(track: TrackEvents, controls: Ints, begins: Ints, players: Ints) -> Ints:
    """The player to whom each of the ``controls`` int[K] goes, or NOBODY; ``players`` int[N] begin notes at ``begins``.

    That is the one of its channel and program if it has played before, else the next of its channel to enter.
    """
    own = players_at(track, controls)
    if (players == players[0]).all() and (own == players[0]).all():
        return own
    receivers = np.full(len(controls), NOBODY)
    known, first = np.unique(players, return_index=True)
    for channel in np.unique(known // PROGRAMS):
        mine, here = known // PROGRAMS == channel, own // PROGRAMS == channel
        entries = begins[first[mine]]
        receivers[here] = _received(controls[here], own[here], entries, known[mine])
    return receivers


def _received(controls: Ints, own: Ints, entries: Ints, entrants: Ints) -> Ints:
    """As ``receivers_of`` within a channel, whose ``entrants`` play their first notes at ``entries``."""
    order = np.argsort(entries)
    following = np.append(entrants[order], NOBODY)[np.searchsorted(entries[order], controls)]
    entered = np.full(PROGRAMS, np.iinfo(np.int64).max)
    entered[entrants % PROGRAMS] = entries
    return np.where(entered[own % PROGRAMS] < controls, own, following)


def grouped(players: Ints) -> dict[int, Ints | slice]:
    """Where each player is in ``players`` int[K], in order of the players."""
    if not len(players) or (players == players[0]).all():
        return {int(player): slice(None) for player in players[:1]}
    order = np.argsort(players, kind="stable")
    known, starts = np.unique(players[order], return_index=True)
    return dict(zip(known.tolist(), np.split(order, starts[1:]), strict=True))
