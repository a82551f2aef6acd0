"""Why an import cannot begin."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.errors import Refusal


class NothingToImport(Refusal):
    """There is no archive at that place, or none of a known shape."""

    sentence = lazy_gettext(
        "No threads were found there. Name a file of topic JSON with one object a line, "
        "or a folder with the site's topic pages as .json files."
    )


class SiteUnknown(Refusal):
    """Nobody knows which site an archive is of, so a later one could not be told to be of the same."""

    sentence = lazy_gettext(
        "The archive does not tell which site it comes from. "
        "Name its address: --base-url https://forum.example.org"
    )


class TopicUnclear(Refusal):
    """Several topics have the name that the new ones should stand under."""

    sentence = lazy_gettext("Several topics have this name. Rename one of them first.")


class LanguageUnknown(Refusal):
    """The language named is none that the interface speaks."""

    sentence = lazy_gettext("Name the language of the texts by a code such as en, es, fr, pt or ar.")


class PluginOff(Refusal):
    """The plugin has to be switched on first: its tables come with it."""

    sentence = lazy_gettext("Switch the plugin on first: flask brain plugin enable importers")


class NoAddressList(Refusal):
    """The file is no list of names and addresses."""

    sentence = lazy_gettext("The first line of the file must name the columns username and email.")
