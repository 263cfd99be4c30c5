"""How many events of a track no Score holds."""

from collections import Counter

import numpy as np

from .events import (
    CHANNEL_PRESSURE,
    CONTROL,
    ESCAPE,
    KEY_PRESSURE,
    PIANO,
    PITCH_BEND,
    SYSTEM_EXCLUSIVE,
    TEXT,
    TEXTS,
    TRACK_NAME,
    TrackEvents,
)


def dropped_events(track: TrackEvents, first: bool) -> dict[str, int]:
    """How many events of each of DROPPED_EVENTS the track has; the plain texts of the ``first`` track are kept."""
    statuses = np.bincount(track.statuses, minlength=256)
    kinds, metas = statuses.reshape(16, 16).sum(axis=1).tolist(), Counter(track.meta_kinds)
    kept = {TRACK_NAME, TEXT} if first else {TRACK_NAME}
    return {
        "controls": kinds[CONTROL] - int(np.count_nonzero(track.sustains)),
        "pitch_bends": kinds[PITCH_BEND],
        "programs": int(np.count_nonzero(track.first[track.programs] != PIANO)),
        "aftertouch": kinds[KEY_PRESSURE] + kinds[CHANNEL_PRESSURE],
        "exclusives": int(statuses[SYSTEM_EXCLUSIVE] + statuses[ESCAPE]),
        "texts_dropped": sum(metas[kind] for kind in TEXTS if kind not in kept),
    }
