"""Stand-ins that cost nothing: a uniform model, random music, a corpus of a few Scores, a tiny recipe."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from partimento.checkpoint import build, card_of, save_checkpoint
from partimento.data.controls import Controls
from partimento.data.corpus import Corpus
from partimento.data.manifest import Entry, Manifest
from partimento.data.shards import ShardWriter
from partimento.data.source import Piece
from partimento.models.transformer import TransformerConfig
from partimento.nn.logits import Logits
from partimento.recipe import Recipe
from partimento.score import NOTE, TEMPO, Score, table


class UniformModel:
    """Every id of every column is as likely as the others; serves every prompt."""

    name = "uniform"
    control_sizes = ()

    def __init__(self, codec):
        self.columns = codec.columns

    def refuses(self, prompt):
        return ""

    def start_towards(self, ids, controls, known):
        return self.start(ids, controls)

    def start(self, ids, controls):
        return ids.shape[0]

    def column_logits(self, state, chosen):
        return Logits(torch.zeros(state, 1, self.columns[chosen.shape[1]].size))

    def advance(self, state, row):
        return state

    def select(self, state, pieces):
        return len(pieces)


def random_score(generator, notes=12, span_s=8.0, ticks_per_quarter=480):
    """Music on two tracks, with a tempo change, that never strikes a sounding pitch of its track."""
    rows = np.zeros(notes, NOTE)
    end = int(span_s * 2 * ticks_per_quarter)
    rows["onset"] = np.sort(generator.integers(0, end, notes))
    rows["onset"][0] = 0
    rows["duration"] = generator.integers(1, ticks_per_quarter * 2, notes)
    rows["pitch"] = generator.permutation(88)[:notes] + 21
    rows["velocity"] = generator.integers(1, 128, notes)
    rows["track"] = np.arange(notes) % 2
    tempi = table(TEMPO, [(0, 120.0), (end // 2, float(generator.uniform(40, 200)))])
    return Score(rows, ticks_per_quarter, tempi=tempi, tracks=("Right", "Left"))


class ReadOut(nn.Module):
    """The nats of a row are its ids, so that a sum of nats says which rows were counted, and how often."""

    control_sizes = ()

    def __init__(self, codec):
        super().__init__()
        self.columns = codec.columns
        self.anchor = nn.Parameter(torch.zeros(1))

    def row_nll(self, batch):
        return batch.ids[:, 1:].float()


def corpus_of(folder, scores, composers=("Bach", "Chopin")):
    """A prepared corpus that holds ``scores``, all for training, by composers in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    with ShardWriter(folder) as shards:
        for score in scores:
            shards.append(score)
        files = shards.finish()
    entries = tuple(
        Entry(
            Piece(f"piece-{i}", "train", f"Piece {i}", f"{i}.mid", "", composers[i % len(composers)]),
            len(score),
            score.duration_s,
            score.ticks_per_quarter,
            score.tracks,
        )
        for i, score in enumerate(scores)
    )
    Manifest("fake", "CC0-1.0", "", "", {}, entries, files, {}).write(folder)
    return Corpus.open(folder)


SMALL = TransformerConfig(layers=1, width=16, heads=2, time_heads=1, hidden=16, reach=4, context=16)


def tiny_recipe(**parts):
    """A recipe whose model has a few thousand parameters."""
    return Recipe(model=SMALL, **parts)


def tiny_checkpoint(folder, resume=None, **about):
    """A whole checkpoint of an untrained tiny model in ``folder``."""
    recipe, controls = tiny_recipe(), Controls(("Bach",))
    model = build(recipe, controls)
    save_checkpoint(folder, recipe, card_of(recipe, controls, **about), model.state_dict(), resume)
    return model


def tiny_model(folder, **config):
    """As ``tiny_checkpoint``, with other parts, and every weight saying something; its folder."""
    recipe, controls = Recipe(model=replace(SMALL, **config)), Controls(("Bach",))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build(recipe, controls)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
    save_checkpoint(folder, recipe, card_of(recipe, controls), model.state_dict())
    return folder
