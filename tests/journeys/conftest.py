"""Fixtures of the journeys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import services
from tests.fixtures import DATABASE
from tests.journeys.copied import CopiedSite
from tests.journeys.site import Site, empty_site


@pytest.fixture
def site(tmp_path: Path, worker_id: str) -> Iterator[Site]:
    """Give an empty site, nothing started."""
    with empty_site(tmp_path, worker_id) as made:
        yield made


@pytest.fixture
def copied_site(tmp_path: Path, worker_id: str) -> Iterator[CopiedSite]:
    """Give a copy of the product on an empty database with its tables, nothing started."""
    url = f"sqlite:///{tmp_path / 'brain.db'}"
    if DATABASE == "postgresql":
        url = services.fresh_database(services.needed("postgresql"), f"brain_life_{worker_id}")
    made = CopiedSite(tmp_path, url)
    made.flask("upgrade")
    yield made
    made.stop_everything()
