from pathlib import Path

from partimento.data import ingest


def test_a_published_archive_is_found_where_one_would_have_put_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ingest.nearby("https://example.org/a/music.zip") is None
    (tmp_path / "music.zip").touch()
    assert ingest.nearby("https://example.org/a/music.zip") == Path("music.zip")
    assert ingest.nearby("") is None
