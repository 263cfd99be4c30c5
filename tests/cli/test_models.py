"""What is here, by the command line."""

from fakes import tiny_checkpoint

from partimento import zoo


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
    assert lines[at + 1] == "    1 credit, by name and piece: r/hers/checkpoints/best/card.json"
    assert lines[at + 2] == "    As written."


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
