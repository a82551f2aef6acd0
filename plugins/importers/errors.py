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
