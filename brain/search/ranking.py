"""What counts how much: the numbers on which all backends agree."""

from __future__ import annotations

from collections.abc import Mapping

#: An occurrence in a title, in tags and topics, in the text.
WEIGHTS: Mapping[str, float] = {"title": 4.0, "labels": 3.0, "body": 1.0}
#: BM25's saturation: from here on more of the same counts little.
SATURATION = 1.2
#: BM25's share of a text's length in what an occurrence counts.
LENGTH_SHARE = 0.6
#: Stands above any sum of words: an equal title comes first.
EXACT_TITLE = 1000.0
#: Words of grammar alone are looked up as they stand, and count little.
GRAMMAR_SHARE = 0.1
CLOSED_FACTOR = 0.9
ARCHIVED_FACTOR = 0.85
