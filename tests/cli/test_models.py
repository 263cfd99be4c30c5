"""What is here, by the command line."""


def test_the_trained_models_are_listed_with_licence_and_place(partimento, workshop):
    (row,) = [row for row in partimento("models", "--json").json["models"] if row["name"] == "mine"]
    assert (row["family"], row["licence"], row["bundled"]) == ("transformer", "unknown, yours to know", False)
    assert row["folder"].startswith(str(workshop))
    assert "mine: transformer, unknown, yours to know" in partimento("models").out


def test_where_nothing_is_trained_nothing_of_ones_own_is_listed(partimento):
    assert "mine" not in partimento("models", "--runs", "nowhere").out


def test_doctor_says_what_is_here(partimento, workshop):
    told = partimento("doctor", "--json").json
    assert told["corpora"] == {"folder": str(workshop / "data"), "prepared": ["tiny"]}
    assert told["runs"] == str((workshop / "runs").resolve()) and set(told["bundled"]) == {"maestro"}
    assert any(line.startswith("torch: ") for line in partimento("doctor").out.splitlines())


def test_a_run_without_a_manifest_is_listed_as_damaged(partimento, tmp_path):
    (tmp_path / "r" / "broken" / "checkpoints" / "best").mkdir(parents=True)
    assert "broken: damaged (r/broken)" in partimento("models", "--runs", "r").out.splitlines()
