"""What was found is marked in its place: exactly the words by which it was found. Nothing of this asks a database."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cms.search import stemming, words
from cms.search.marking import Marker
from cms.search.question import read

pytestmark = pytest.mark.apart
LANGUAGES = ("en", "fr", "uk")


def marked(search, text):
    """The text, each mark of it between brackets."""
    html = Marker(replace(read(search), languages=LANGUAGES)).headline(text)
    plain = html.replace("<mark>", "[").replace("</mark>", "]")
    return plain.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("sign", "'’ʼ‘`")
@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("velvet", "data'[velvet] and [velvets]"),
        ("velvet avenue", "data'[velvet], [Avenue]"),
        ("amour damage", "d'[amour], l'[amour], [damage]"),
        ("amour lait", "L'[amour] et le [lait]"),
        ("état létale", "L'[État], d'[état]"),
        ("brien", "O'[Brien]'s and [O'Brien]".replace("[O'Brien]", "O'[Brien]")),
        ("harbour", "the [Harbour]'s end"),
        ("п'ять", "[п'ять] і [П'ЯТЬ], опʼять"),
        ("пять", "[п'ять], [пять]"),
        ("ять", "п'ять, [ять], 'ять'".replace("'ять'", "«[ять]»")),
        ("об'єкт", "[Об'єкт], [об'єкти], об єкт"),
        ("об'єкт", "Café: [об'єкт]"),
    ],
)
def test_word_beside_or_with_an_apostrophe_is_marked_as_it_was_found(search, text, sign):
    if sign == "ʼ" and re.search(r"[a-zA-Z\]]'", text):
        return  # a letter among Latin ones (Hawaiian, Breton), and a part of the word
    text = text.replace("'", sign)
    plain = text.replace("[", "").replace("]", "")
    assert marked(search.replace("'", sign), plain) == text
    assert marked(search, plain) == text


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("us", "the [U.S.] and us-A, A.U.S. and the U.S.S.R.".replace("us-A", "[us]-A")),
        ("U.S.", "[US], [us], [U.S.]"),
        ("ussr", "the [U.S.S.R.], U.S."),
        ("сша", "у [С.Ш.А.] та [США]"),
        ("us", "Café in the [U.S.]: [us]"),
        ("softhyphen", "a [soft\u00adhyphen] and [softhyphens]"),
        ("великий", "[вели\u00adкий], [великий]"),
        ("пять", "[п\u0301'ять], [п’я\u0301ть]"),
        ("замок", "[за\u0301мок], [замо\u0301к]"),
        ("lodz", "[Łódź]"),
        ("abc", "[ABC]放送"),
        ("放送", "ABC[放送]"),
        ("abc 放送", "[ABC][放送]局"),
        ("harb*", "[harbour] [Harbin], ha'rb"),
        ('"old works"', "[old] [works]"),
        ("covid", "[covid]-19, [COVID]_19"),
    ],
)
def test_word_is_marked_however_it_is_written(search, text):
    assert marked(search, text.replace("[", "").replace("]", "")) == text


LETTERS = "аяеuaèsdl'’ʼ`.- \u0301\u00ad"


@given(st.text(LETTERS, min_size=1, max_size=24), st.text("аяuasdl", min_size=1, max_size=3))
@example("da'ua", "ua da")
def test_as_many_words_are_marked_as_a_text_has_of_those_asked_for(text, search):
    asked = Marker(replace(read(search), languages=LANGUAGES)).stems
    there = [run for run in words.runs(text) if not asked.isdisjoint(stemming.stems(run, LANGUAGES))]
    marks = re.findall(r"\[(.*?)\]", marked(search, text), re.S)
    assert [words.runs(mark) for mark in marks] == [[run] for run in there]
    assert [run for run, _start, _end in words.placed(text)] == words.runs(text)
