"""Fixtures of the journeys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.site import Site, empty_site


@pytest.fixture
def site(tmp_path: Path, worker_id: str) -> Iterator[Site]:
    """Give an empty site, nothing started."""
    with empty_site(tmp_path, worker_id) as made:
        yield made
