"""Gives every test, the plugins' own too, the fixtures of `tests/fixtures.py`."""

pytest_plugins = ["tests.fixtures"]
