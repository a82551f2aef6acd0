"""Words that carry grammar and no subject, for each language that we stem.

English, Spanish, French and Portuguese begin with the lists that Whoosh
carries (Snowball's, BSD); what those lists miss and the Arabic list are ours.
"""

from __future__ import annotations

from whoosh.lang.stopwords import stoplists

_MISSED = {
    "en": "also could may might must shall us would let d ll m re ve",
    "es": "aquí allí así cada cual cuales etc luego pues según sino tan",
    "fr": """
        aussi car cela cet cette chez comme dont donc entre et eux ici ils elles les lors ni or où
        quand quel quelle quels quelles sans si sous vers
    """,
    "pt": "aí ali aqui assim cada do dos etc lá logo num numa nuns numas pois porém sob",
    "ar": """
        في من على إلى الى عن أن إن ان كان كانت يكون تكون كانوا ليس ليست هذا هذه هذان هؤلاء ذلك تلك
        التي الذي الذين اللذين اللاتي اللواتي ما ماذا لماذا لا لم لن لو قد لقد كل كما كم كيف بعض بين
        بعد قبل عند عندما لدى لديه لديها لدينا مع أو ام أم ثم هو هي هم هن نحن أنا أنت أنتم حتى إذا
        إذ لكن ولكن غير أي أية أيضا هناك هنا حيث منذ خلال حول ضد دون سوى منه منها منهم فيه فيها فيهم
        عليه عليها عليهم إليه إليها له لها لهم لنا لي لك به بها بهم بنا عنه عنها عنهم أنه أنها أنهم
        إنه إنها بأن لأن كأن مما عما فيما بما كلما لما متى أين نعم بل هل يا سوف وقد فقد
    """,
}

#: As they are written, by language; folding is the analysis' matter.
STOPWORDS: dict[str, frozenset[str]] = {
    language: frozenset(stoplists.get(language, ())) | frozenset(words.split())
    for language, words in _MISSED.items()
}
