"""What `flask brain plugin new` writes is a plugin that holds the contract."""

from __future__ import annotations

import pytest

from tests.journeys.client import Client
from tests.journeys.copied import CopiedSite

pytestmark = pytest.mark.slow


@pytest.fixture
def site(copied_site) -> CopiedSite:
    """Give a copy of this checkout."""
    return copied_site


def test_new_plugin_passes_its_contract_tests_and_shows_its_page(site: CopiedSite) -> None:
    site.flask("plugin", "new", "seed_library")
    assert " passed" in site.run("-m", "pytest", "plugins/seed_library", "-p", "no:cacheprovider")
    assert "seed_library: fit" in site.flask("plugin", "doctor", "seed_library")
    site.flask("plugin", "enable", "seed_library")
    site.start_web()
    assert "Nothing here yet." in Client(site).get("/seed-library/").text
    assert 'href="/seed-library/"' in Client(site).get("/").text
