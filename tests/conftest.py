"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may be slow at any moment: how long an example takes is no fault of the example.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")

SHARED_DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real corpora that are no part of the repository; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real corpora of ../shared/data, which is not here")
    return SHARED_DATA.resolve()


@pytest.fixture
def as_composing() -> Iterator[None]:
    """One thread for torch: what a row gives in any company is promised for that alone."""
    from partimento.compose.model import one_thread

    with one_thread():
        yield
