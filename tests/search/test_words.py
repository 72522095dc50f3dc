"""What words are: folded, taken apart and stemmed. Nothing of this asks a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.search import ranking, stemming, terms, words
from cms.search.question import MOST_WORDS, Unanswerable, read
from cms.search.suggesting import distance


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Łódź, Éva; Œuvre & ÅÄÖ", ["lodz", "eva", "oeuvre", "aao"]),
        ("straße STRASSE", ["strasse", "strasse"]),
        ("İstanbul, ISPARTA, ısı", ["istanbul", "isparta", "isi"]),
        ("O'Brien’s boat", ["o", "brien", "boat"]),
        ("l'Ukraine, d’Artagnan", ["l", "ukraine", "d", "artagnan"]),
        ("п’ять п'ять пʼять", ["пять", "пять", "пять"]),
        ("Київ, Їжак, ёлка, край", ["київ", "їжак", "елка", "край"]),
        ("за́мок замо́к", ["замок", "замок"]),
        ("the U.S. and the U.S.S.R.", ["the", "us", "and", "the", "ussr"]),
        ("covid-19 1,000 3.5", ["covid", "19", "1", "000", "3", "5"]),
        ("e\u0301te\u0301 = été", ["ete", "ete"]),
        ("①２٣ ⅷ", ["123", "viii"]),
        ("𝐇𝐞𝐥𝐥𝐨 ﬁne ｆｕｌｌ", ["hello", "fine", "full"]),
        ("مُحَمَّد أحمد", ["محمد", "احمد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("हिन्दी", ["हिन्दी"]),
        ("東京都に行く", ["東京", "京都", "都に", "に行", "行く", "く"]),
        ("サーバー2号", ["サー", "ーバ", "バー", "ー", "2", "号"]),
        ("서울에서", ["서울", "울에", "에서", "서"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("\x00 🇺🇦 ~~ — …", []),
        ("snake_case @name #tag a/b", ["snake", "case", "name", "tag", "a", "b"]),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_text_is_taken_apart_into_words(text, split):
    assert words.split(text) == split


@given(st.text(max_size=200))
def test_no_word_holds_what_a_database_would_read_as_more_than_a_word(text):
    for word in words.split(text):
        assert word
        assert len(word) <= words.LONGEST
        assert not set(word) & set(" \t\n\x00'\"\\&|!():*<>-+^{}[]~,.;" + "⁰¹²§¤≈≋¶")
        assert stemming.stem(word, "uk")
        assert " " not in stemming.stem(word, "en")


FORMS = {
    "en": ["harbour harbours", "vote voted voting votes", "city cities", "flood flooded flooding floods"],
    "de": ["Hafen Häfen", "Haus Häuser Hauses", "Wahl Wahlen"],
    "fr": ["élection élections", "président présidente", "journal journaux"],
    "es": ["elección elecciones"],
    "pl": ["rząd rządu rządem"],
    "ru": ["город города городе городам", "новый нового новая"],
    "uk": [
        "Київ Києва Києву Києві Києвом",
        "Харків Харкова Харкову Харкові Харковом",
        "Львів Львова Львові",
        "Одеса Одеси Одесі Одесою",
        "Україна України Україні Україну Україною",
        "український українського українська українські українських",
        "Зеленський Зеленського Зеленському Зеленським",
        "рік року роки роком",
        "ніч ночі ночами",
        "міст моста мосту мости",
        "гавань гавані гаванню гаваней",
        "депутат депутата депутати депутатів депутатами",
        "новий нова нового новому нових новими",
        "незалежність незалежності незалежністю",
        "війна війни війну війною",
        "жінка жінки жінок жінкам",
        "школа школи шкіл школу",
        "знання знань знанню",
        "кінець кінця кінцем",
        "вибори виборів виборах виборами",
        "Америка Америки Америці Америку",
        "голосувати голосували голосують голосував",
        "повернувся повернулася повернулися повернутися",
        "міністр міністра міністри міністрів",
        "область області областей",
        "річка річки річці річкою",
        "скандал скандали скандалів",
        "держава держави держав державою",
        "проблема проблеми проблем",
        "інститут інститути інститутів",
        "лікар лікарі лікарем лікарів",
    ],
}


@pytest.mark.parametrize(("language", "forms"), [(code, each) for code, lists in FORMS.items() for each in lists])
def test_forms_of_a_word_are_one(language, forms):
    assert len({stemming.stem(word, language) for word in words.split(forms)}) == 1


@pytest.mark.parametrize(
    "pair", ["депутат депеша", "мова мовчати", "Зеленський зелений", "президент резидент", "суд судно"]
)
def test_different_ukrainian_words_stay_apart(pair):
    one, other = (stemming.stem(word, "uk") for word in words.split(pair))
    assert one != other


def test_word_in_other_letters_goes_by_the_rules_of_those():
    assert stemming.stem("harbours", "uk") == stemming.stem("harbour", "en")
    assert stemming.stem("депутатів", "en") == stemming.stem("депутат", "uk")
    assert stemming.stem("harbours", "cy") == "harbours"  # Welsh has no rules here, and is not English


@pytest.mark.parametrize(
    ("text", "terms_read"),
    [
        ("harbour works", [("harbour",), ("works",)]),
        ('"harbour works" quay', [("harbour", "works"), ("quay",)]),
        ("„harbour works“ «old quay»", [("harbour", "works"), ("old", "quay")]),
        ('unclosed "harbour works', [("unclosed",), ("harbour", "works")]),
        ("O'Brien covid-19", [("o", "brien"), ("covid", "19")]),
        ("東京都", [("東京", "京都")]),
        ("harbour harbour", [("harbour",)]),
        ("NEAR(a, b) AND OR NOT", [("near", "a"), ("b",), ("and",), ("or",), ("not",)]),
        ("title:harbour ^quay {col}", [("title", "harbour"), ("quay",), ("col",)]),
    ],
)
def test_question_is_read(text, terms_read):
    assert [term.words for term in read(text).wanted] == terms_read


def test_minus_and_beginnings_are_read():
    asked = read('harb* -quay -"old works" - a-b')
    assert [(term.words, term.is_beginning, term.is_excluded) for term in asked.terms] == [
        (("harb",), True, False),
        (("quay",), False, True),
        (("old", "works"), False, True),
        (("a", "b"), False, False),
    ]


@pytest.mark.parametrize("text", ["", "  ", "-a", "🇺🇦", "***", '""', "-", "a*", "x" * 201, "a " * (MOST_WORDS + 1)])
def test_question_without_a_word_or_with_too_many_is_refused(text):
    with pytest.raises(Unanswerable):
        read(text)


@given(
    degree=st.sampled_from(ranking.DEGREES),
    second=st.integers(6 * 10**10, 6.4 * 10**10),
    number=st.integers(0, 2**24 - 1),
    last=st.tuples(st.integers(0, 2_000_000), st.integers(0, 2**61)),
)
def test_page_goes_on_behind_the_last_score(degree, second, number, last):
    now = 63_931_507_200
    key = second << ranking.BITS | number
    is_behind = (ranking.score(degree, second, now), key) < last
    assert (key < ranking.keys_below(degree, now, last)) == is_behind


def test_headline_of_long_ago_stands_before_a_mention_of_today():
    now, year = 63_931_507_200, ranking.YEAR
    assert ranking.score(ranking.HEADLINE, now - 20 * year, now) > ranking.score(ranking.ANYWHERE, now, now)
    assert ranking.score(ranking.HEADLINE, now - 5 * year, now) < ranking.score(ranking.PROMINENT, now, now)
    assert ranking.score(ranking.HEADLINE, now - 3 * year, now) == 500_000


def test_what_has_a_name_is_in_the_order_of_the_alphabet():
    names = ["", "anna", "anne", "zoe", "київ", "東京"]
    keys = [ranking.key_of_name(name, 7) for name in names]
    assert keys == sorted(keys, reverse=True)
    assert max(keys) < 2**63


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("harbour", "harbor", 1),
        ("kovalneko", "kovalenko", 1),
        ("kyiv", "kiev", 2),
        ("same", "same", 0),
        ("a", "abcd", 3),
    ],
)
def test_letters_that_differ_are_counted(one, other, apart):
    assert distance(one, other, 2) == apart


def test_misspelt_word_has_a_part_in_common_with_the_right_one():
    for wrong in ("kovalneko", "kovalenk", "kovalenkoo", "kovalemko", "kvalenko"):
        assert terms.near(wrong) & terms.near("kovalenko")
