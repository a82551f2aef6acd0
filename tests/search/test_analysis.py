"""Words are found in every form, in their own language, with and without accents."""

from __future__ import annotations

import unicodedata

import pytest

from brain.search.analysis import BRANCHES, LONGEST_WORD, key_of, tokens
from brain.search.stopwords import STOPWORDS


def terms(text: str, language: str = "en") -> set[str]:
    return {term for token in tokens(text, language) for term in token.terms}


def words(text: str, language: str = "") -> list[str]:
    return [token.word for token in tokens(text, language)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "cooperatives", "cooperative"),
        ("en", "Saving", "savings"),
        ("es", "cooperativas", "cooperativa"),
        ("es", "cooperación", "cooperaciones"),
        ("fr", "solidarités", "solidarité"),
        ("fr", "coopératives", "COOPÉRATIVE"),
        ("pt", "associações", "associação"),
        ("pt", "economias", "economia"),
        ("ar", "التعاونيات", "تعاونية"),
        ("ar", "والصندوق", "صندوق"),
        ("ar", "وزارة", "الوزارة"),
        ("ar", "وكتاب", "كتاب"),
    ],
)
def test_forms_of_a_word_meet(language, one, other):
    assert terms(one, language) & terms(other, language)


@pytest.mark.parametrize(
    ("language", "typed", "written"),
    [
        ("en", "cafe", "café"),
        ("es", "cooperacion", "cooperación"),
        ("es", "cooperacion", "cooperaciones"),
        ("es", "energia", "energías"),
        ("fr", "solidarite", "solidarités"),
        ("fr", "coeur", "cœur"),
        ("fr", "premiere", "premier"),
        ("pt", "associacao", "associações"),
        ("pt", "experiencia", "experiências"),
        ("ar", "صندوق", "صُنْدُوقٌ"),
        ("ar", "صندوق", "صنـــدوق"),
        ("ar", "ادارة", "إدارة"),
        ("ar", "مدرسه", "مدرسة"),
        ("ar", "طواري", "طوارئ"),
        ("tr", "ISTANBUL", "İstanbul"),
        ("de", "strasse", "Straße"),
        ("pl", "lodz", "Łódź"),
        ("vi", "tieng viet", "Tiếng Việt"),
    ],
)
def test_word_typed_without_its_marks_is_the_same(language, typed, written):
    assert terms(typed, language) & terms(written, language)


def test_composed_and_decomposed_letters_are_the_same():
    decomposed = unicodedata.normalize("NFD", "coopération")
    assert terms(decomposed, "fr") == terms("coopération", "fr")
    assert words("ﬁnance １２３ ١٢٣") == ["finance", "123", "123"]


def test_stem_of_one_language_does_not_meet_a_word_of_another():
    assert not terms("dons", "fr") & terms("don", "es")


def test_stop_words_have_no_terms_but_keep_their_place():
    assert terms("the of and") == set()
    assert terms("también los", "es") == terms("tambien los", "es") == set()
    assert terms("وفي هذه", "ar") == set()
    assert words("the end of it", "en") == ["the", "end", "of", "it"]


def test_accent_tells_a_word_from_a_stop_word():
    assert terms("té", "es"), "tea is no grammar"


@pytest.mark.parametrize("language", sorted(STOPWORDS))
def test_stop_word_lists_hold_single_words(language):
    assert len(STOPWORDS[language]) > 90
    assert all(len(words(word, language)) == 1 for word in STOPWORDS[language])


def test_script_decides_where_a_language_cannot():
    assert terms("تعاونية", "en") == terms("تعاونية", "ar")
    assert terms("cooperatives", "ar") == terms("cooperatives", "en")


def test_script_without_spaces_is_cut_into_pairs():
    assert [token.terms for token in tokens("合作社", "zh")] == [("合作",), ("作社",), ()]
    assert words("合作社") == ["合", "作", "社"]
    assert terms("社", "zh") == {"社"}


def test_indic_words_stay_whole():
    assert words("सहकारी समिति") == ["सहकारी", "समिति"]
    assert words("காப்பி") == ["காப்பி"]


def test_places_of_tokens_lead_back_to_the_text():
    text = "L’économie «solidaire», re-use of Urho3D_API"
    assert [text[t.start : t.end] for t in tokens(text, "fr")] == [
        *("L", "économie", "solidaire", "re", "use", "of", "Urho3D", "API")
    ]


def test_keys_of_names_are_the_same_however_written():
    assert key_of("Rosa  Cuautlé") == key_of("rosa-cuautle") == "rosa cuautle"
    assert key_of("¿¡!?") == ""


def test_endless_word_is_cut():
    assert all(len(token.word) <= LONGEST_WORD for token in tokens("a" * 5000, "en"))


def test_odd_texts_are_no_error(shared):
    strings = (shared / "data" / "trust" / "strings" / "blns.json").read_text("utf-8")
    for language in (*BRANCHES, "ar", "zh"):
        for token in tokens(strings, language):
            assert token.word
            assert 0 <= token.start < token.end


@pytest.mark.parametrize(("language", "name"), [("fr", "french"), ("pt", "portuguese"), ("en", "english")])
def test_accents_cost_no_conflation_on_the_stemmers_own_words(shared, language, name):
    lines = (shared / "data" / "trust" / "i18n" / "snowball" / f"{name}.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    stems: dict[str, list[set[str]]] = {}
    lost = []
    for word, stem in rows:
        found = terms(word, language)
        if not found:
            continue
        bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
        if not found & terms(bare, language) and bare not in STOPWORDS[language]:
            lost.append(word)
        stems.setdefault(stem, []).append(found)
    assert not lost, "a word is found when it is typed without accents"
    apart = [group for group in stems.values() if any(not group[0] & other for other in group)]
    assert not apart, "words with one stem are found by each other"
