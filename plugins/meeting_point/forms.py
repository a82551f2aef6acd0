"""The form of a listing, and the value that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from brain.base import forms
from brain.base.i18n import LANGUAGES, countries, language

from . import vocabulary

SIDES = {
    "offer": lazy_gettext("Shares experience (an offer)"),
    "need": lazy_gettext("Leads a need"),
    "facilitate": lazy_gettext("Facilitates: connects, finances, supports"),
}
ASKS = {
    "offer": lazy_gettext("Make an offer"),
    "need": lazy_gettext("State a need"),
    "facilitate": lazy_gettext("Offer to facilitate"),
}


@dataclass(frozen=True)
class ListingDraft:
    """A listing as its author hands it in; picks are codes of the vocabularies.

    None leaves what the form does not ask for as it was.
    """

    side: str
    title: str
    summary: str
    body: str
    language: str
    country: str
    languages: tuple[str, ...]
    themes: tuple[str, ...]
    sdgs: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    places_include: tuple[str, ...] | None = None
    organisation: str = ""
    audience: str = "public"
    capacity: int | None = None
    draft_key: str = ""


def labelled(concepts: Sequence[Any]) -> list[tuple[str, str]]:
    """Give (code, label in the reader's language) of a vocabulary."""
    spoken = language()
    return [(concept.code, vocabulary.label(concept.code, spoken)) for concept in concepts]


def goals() -> list[tuple[str, str]]:
    """Give the 17 goals and, behind each, its targets."""
    spoken = language()
    return [(c.code, f"{c.code} {vocabulary.label(c.code, spoken)}") for c in vocabulary.sdgs()]


class ListingForm(forms.Form):
    """What the author tells; the side is chosen before and stays."""

    title = forms.line(
        lazy_gettext("Title"), 100, least=15, hint=lazy_gettext("One sentence that says what it is about.")
    )
    summary = forms.text(
        lazy_gettext("In short"),
        500,
        least=20,
        hint=lazy_gettext("One or two sentences: 20 to 500 characters."),
    )
    body = forms.text(
        lazy_gettext("The whole story"),
        4000,
        least=50,
        hint=lazy_gettext(
            "What, for whom, how long, and what you expect in return, in 50 characters or more. "
            "No prices, no personal data."
        ),
    )
    themes = forms.some_of(
        lazy_gettext("Themes"),
        hint=lazy_gettext("At most three: the fewer, the better the matches."),
        among=range(1, 4),
    )
    modalities = forms.some_of(lazy_gettext("Ways of working together"), among=range(1, 7))
    sdgs = forms.some_of(lazy_gettext("Sustainable Development Goals and targets"), among=range(7))
    lacks = forms.some_of(
        lazy_gettext("What is lacking"), hint=lazy_gettext("Facilitators can help with this.")
    )
    covers = forms.some_of(lazy_gettext("What you can cover"), among=range(1, 51))
    capacity = forms.whole(
        lazy_gettext("How many partners at most"),
        range(1, 51),
        hint=lazy_gettext("So many you can work with at the same time."),
        required=False,
    )
    organisation = forms.line(lazy_gettext("Organisation"), 120, least=0)
    country = forms.one_of(lazy_gettext("Country"))
    languages = forms.some_of(lazy_gettext("Working languages"), among=range(1, 51))
    language = forms.one_of(lazy_gettext("Language of this text"))
    audience = forms.one_of(
        lazy_gettext("Who may read it"),
        [("public", lazy_gettext("Everybody")), ("members", lazy_gettext("Members only"))],
    )
    draft_key = forms.kept(64)

    def prepare(self, side: str) -> None:
        """Fill the lists in the reader's language and leave out what a side does not have."""
        self.themes.choices = labelled(vocabulary.themes())
        self.modalities.choices = labelled(vocabulary.modalities())
        self.sdgs.choices = goals()
        self.lacks.choices = self.covers.choices = labelled(vocabulary.lacks())
        self.country.choices = [("", lazy_gettext("Choose a country")), *countries()]
        self.languages.choices = self.language.choices = list(LANGUAGES.items())
        for name in {"need": ["covers", "capacity"], "offer": ["lacks", "covers"], "facilitate": ["lacks"]}[
            side
        ]:
            del self[name]
        if side == "facilitate":
            forms.let_be_empty(self.modalities)

    def draft(self, side: str) -> ListingDraft:
        """Give the draft. Raises Unfit beside the fields that need another look."""
        lists = {
            name: tuple(self[name].data or ())
            for name in ("themes", "modalities", "sdgs", "lacks", "covers", "languages")
            if name in self
        }
        return self.read(ListingDraft, side=side, **lists)
