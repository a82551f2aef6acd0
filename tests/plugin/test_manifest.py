"""Manifests are read even when code is broken, and misfits are named."""

import pytest

from brain.plugin.manifest import BadManifest, Manifest, misfit, read_manifest
from brain.plugin.scaffold import BadName, make_plugin

GOOD = Manifest("sample", "Sample", "A sample.", "1.0", 1, ">=1.0,<2", "MIT", "nothing")


@pytest.mark.parametrize(
    ("wanted", "version", "fits"),
    [
        (">=1.0,<2", "1.0.0.dev0", True),
        (">=1.0,<2", "1.9.4", True),
        (">=1.0,<2", "2.0", False),
        (">=1.1", "1.0.9", False),
        ("==1.0", "1.0.0", True),
    ],
)
def test_version_conditions(wanted, version, fits):
    manifest = Manifest("sample", "Sample", "A sample.", "1.0", 1, wanted, "MIT", "nothing")
    assert (misfit(manifest, version) == "") is fits


def test_another_api_does_not_fit():
    manifest = Manifest("sample", "Sample", "A sample.", "1.0", 2, ">=1.0", "MIT", "nothing")
    assert "API 2" in misfit(manifest, "1.0")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("name = 3", "name"),
        ('brain = "soon"', "not a version condition"),
        ("colour = 1", "unknown entries colour"),
        ("name = [", "cannot be read"),
        ("requires = 5", "requires must be a list of texts"),
        ("authors = [1]", "authors must be a list of texts"),
    ],
)
def test_bad_manifest_is_named(tmp_path, change, says):
    folder = make_plugin("sample", tmp_path)
    path = folder / "plugin.toml"
    key = change.split(" =")[0]
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{key} =")]
    path.write_text("\n".join([*lines, change]))
    with pytest.raises(BadManifest, match=says):
        read_manifest(folder)


def test_missing_manifest_is_named(tmp_path):
    with pytest.raises(BadManifest, match="missing"):
        read_manifest(tmp_path)


def test_new_plugin_with_an_odd_name_is_refused(tmp_path):
    with pytest.raises(BadName):
        make_plugin("Bad-Name", tmp_path)


def test_new_plugin_does_not_overwrite(tmp_path):
    make_plugin("sample", tmp_path)
    with pytest.raises(FileExistsError):
        make_plugin("sample", tmp_path)
