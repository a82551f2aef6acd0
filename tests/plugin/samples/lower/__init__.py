"""A plugin that stands on one that does not work."""

from brain.plugin.contribution import Contribution


def contribute():
    return Contribution()
