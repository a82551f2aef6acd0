"""Score offers, needs and facilitators against each other, with reasons.

Pure functions over frozen values: no database, no request, no language of a
reader. What a listing says in its picks decides; its text is not read yet.

How a need and an offer are scored (version in `ALGORITHM_VERSION`):

- **Topic** (0.55). Three facets: theme, sector, SDG. Each pick of one side is
  met by each pick of the other to a degree: itself 1.0, a narrower one 0.7, a
  broader one 0.5, a related one 0.3 (`vocabularies/related.json`; two targets
  of one goal count as related). Several hints add up as independent ones do,
  1 - (1 - a)(1 - b), and may come from another facet: a sector can hint at a
  theme. A facet is a Tversky index weighted by rarity: what was asked and not
  met counts 0.8, what was offered and not asked 0.2. The topic is the mean of
  the facets that the asking side filled in: an empty field asks for nothing.
  Facets weigh the same because the second SDG of a listing says less than its
  only theme. Residual classes ("other services", "other themes") say nothing.
- **Modality** (0.12). Ways are alternatives: one in common is half the mark,
  each further one halves what is left.
- **Language** (0.10). By the weaker level of the two in each common language,
  several adding up as hints do; 0.5 when there is none and one side counts on
  interpretation.
- **Comparable context** (0.10). Same smallest M49 region 0.5 (same sub-region
  0.25), both LDC, both LLDC, both SIDS 0.25 each. Rural or urban is not known.

The parts for text (0.08) and evidence (0.05) do not exist yet: the four above
are scaled to sum to 1. Nothing is scored without a reason, so a field left
empty earns no points. The score is the harmonic mean of both directions (how
well the offer answers the need, and the need the offer), so one side's gain
cannot carry a pair. A pair without a shared or related topic is no match.

A facilitator is scored for a need by what it covers of what is lacking (0.55),
by whether its themes hold the need's or are open (0.35) and by language (0.10):
half covered in the right field comes before all covered in another, and both
before a facilitator of the field that covers nothing named, who may still know
who can. A need that lacks nothing calls for no facilitator.

The shape of the score was chosen among well over a hundred variants looked at
on the development half of the judged set, where differences below 0.05 nDCG
are noise: expect a little less elsewhere. `evaluate.py` measures.
"""

from .corpus import Corpus
from .gates import gate
from .listing import Listing, ListingId, Spoken
from .ranking import (
    MOST_SUGGESTIONS,
    rank_facilitators,
    rank_needs,
    rank_offers,
    score_pair,
)
from .result import Part, Reason, Scored
from .weights import DEFAULT_WEIGHTS, Weights

ALGORITHM_VERSION = "facets-1"

__all__ = [
    "ALGORITHM_VERSION",
    "DEFAULT_WEIGHTS",
    "MOST_SUGGESTIONS",
    "Corpus",
    "Listing",
    "ListingId",
    "Part",
    "Reason",
    "Scored",
    "Spoken",
    "Weights",
    "gate",
    "rank_facilitators",
    "rank_needs",
    "rank_offers",
    "score_pair",
]
