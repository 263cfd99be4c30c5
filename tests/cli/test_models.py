"""What is here, by the command line."""

import torch
from fakes import tiny_checkpoint, tiny_recipe

from partimento import zoo
from partimento.checkpoint import card_of, load_checkpoint, save_checkpoint
from partimento.codecs import codec_of
from partimento.data.controls import Controls
from partimento.recipe import DataConfig


def test_the_trained_models_are_listed_with_licence_and_place(partimento, workshop):
    (row,) = [row for row in partimento("models", "--json").json["models"] if row["name"] == "mine"]
    assert (row["family"], row["licence"], row["bundled"]) == ("transformer", "unknown, yours to know", False)
    assert row["folder"].startswith(str(workshop))
    assert "mine: transformer, unknown, yours to know" in partimento("models").out


def test_a_model_says_how_many_it_credits_and_where_and_what_its_card_remarks(partimento, tmp_path):
    credits = [{"credit": "A. Typist", "licence": "CC-BY-2.5", "pieces": ["Bach: Fugue"]}]
    tiny_checkpoint(tmp_path / "r/hers/checkpoints/best", licence="CC-BY-2.5", credits=credits, remarks=["As written."])
    lines = partimento("models", "--runs", "r").out.splitlines()
    at = lines.index("hers: transformer, CC-BY-2.5 (r/hers/checkpoints/best)")
    assert lines[at + 2] == "    1 credit, by name and piece: r/hers/checkpoints/best/card.json"
    assert lines[at + 3] == "    As written."


def test_a_run_says_its_size_its_training_and_of_what_its_figure_is(partimento, best):
    lines = partimento("models").out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("mine: transformer"))
    checkpoint = load_checkpoint(best)
    size, figure = sum(w.numel() for w in checkpoint.weights.values()), checkpoint.card["validation_nats_per_note"]
    assert lines[at + 1].startswith(f"    {size:,} parameters; {checkpoint.card['trained']['steps']:,} steps, ")
    assert lines[at + 1].endswith(" minutes")
    assert lines[at + 2] == f"    validation on tiny by codec notes: {figure:.3f} nats per note"


def test_a_figure_names_the_pieces_that_its_recipe_chose(partimento, tmp_path):
    recipe = tiny_recipe(data=DataConfig("tiny", "title=piece-3"), codec=codec_of("notedur"))
    card = card_of(recipe, Controls(), validation_nats_per_note=2.5)
    save_checkpoint(tmp_path / "r/hers/checkpoints/best", recipe, card, {"w": torch.zeros(3, 4)})
    said = partimento("models", "--runs", "r")
    assert "    12 parameters\n    validation on tiny, title=piece-3 by codec notedur: 2.500 nats per note" in said.out
    (row,) = [row for row in partimento("models", "--runs", "r", "--json").json["models"] if row["name"] == "hers"]
    assert (row["parameters"], row["corpus"], row["validation_nats_per_note"]) == (12, "tiny", 2.5)


def test_weights_and_recipe_that_cannot_be_read_are_left_out(partimento, tmp_path):
    folder = tmp_path / "r/hers/checkpoints/best"
    tiny_checkpoint(folder)
    for name in ("weights.safetensors", "recipe.toml"):
        (folder / name).write_bytes(b"\xff")
    said = partimento("models", "--runs", "r")
    assert said.status == 0 and "hers: transformer" in said.out.splitlines()[-1]


def test_where_nothing_is_trained_nothing_of_ones_own_is_listed(partimento):
    assert "mine" not in partimento("models", "--runs", "nowhere").out


def test_doctor_says_what_is_here(partimento, workshop):
    told = partimento("doctor", "--json").json
    assert told["corpora"] == {"folder": str(workshop / "data"), "prepared": ["tiny"]}
    assert told["runs"] == str((workshop / "runs").resolve()) and set(told["bundled"]) == set(zoo.BUNDLED)
    assert any(line.startswith("torch: ") for line in partimento("doctor").out.splitlines())


def test_a_run_without_a_manifest_is_listed_as_damaged(partimento, tmp_path):
    (tmp_path / "r" / "broken" / "checkpoints" / "best").mkdir(parents=True)
    assert "broken: damaged (r/broken)" in partimento("models", "--runs", "r").out.splitlines()
