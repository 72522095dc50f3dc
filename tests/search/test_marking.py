"""What was found is marked in its place: exactly the words by which it was found. Nothing of this asks a database."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cms.search import stemming, words
from cms.search.marking import FAR, Marker
from cms.search.question import Unanswerable, read

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
        ("u us", "the [U.S.] army"),
        ("is ai a threat", "[A.I.] [is] [a] [threat]"),
        ("a", "a.a."),
        ("aa a", "[a.a.], [a]"),
        ('"the us"', "[the] [U.S.]'s, [the] [US]"),
    ],
)
def test_word_is_marked_however_it_is_written(search, text):
    assert marked(search, text.replace("[", "").replace("]", "")) == text


LETTERS = "аяеuaèsdl放送'’ʼ‘`.- \u0301\u00ad"
WORDS = st.text("аяuasdl放送.’", min_size=1, max_size=4)


def asked_for(search, text):
    """The words of a text that a question finds; of a script without blanks what it has of a word."""
    terms = read(search).wanted
    asked = {word for term in terms for word in term.words}
    stems = {stem for word in asked for stem in stemming.stems(word, LANGUAGES)}
    beginnings = tuple(term.words[-1] for term in terms if term.is_beginning)
    for run in words.runs(text):
        if words.is_dense(run):
            yield from covered(run, asked)
        elif run.startswith(beginnings) or stems.intersection(stemming.stems(run, LANGUAGES)):
            yield run


def covered(run, asked):
    spans = [range(at, at + len(word)) for word in asked for at in range(len(run)) if run.startswith(word, at)]
    return "".join(letter if any(at in span for span in spans) else " " for at, letter in enumerate(run)).split()


def is_answerable(search):
    try:
        return bool(read(search))
    except Unanswerable:
        return False


@given(
    st.text(LETTERS, min_size=1, max_size=24),
    st.lists(WORDS | WORDS.map("{}*".format) | WORDS.map('"{} a"'.format), min_size=1, max_size=4)
    .map(" ".join)
    .filter(is_answerable),
)
@example("da'ua", "ua da")
@example("the U.S. army", "u us")
@example("A.I. is a threat", "is ai a threat")
@example("a.a.", "a")
@example("data'velvet", "velvet avenue")
@example("the harbour, a har-bour", "harb* har")
@example("a.放.送", "放送")
@example("ABC放送局、放送 U.S.A", "放送 送局 usa abc")
def test_exactly_the_words_asked_for_are_marked(text, search):
    html = marked(search, text)
    marks = re.findall(r"\[(.*?)\]", html, re.S)
    assert ["".join(words.runs(mark)) for mark in marks] == list(asked_for(search, text))
    assert re.sub(r"[\[\]]", "", html) == text


@given(st.text(LETTERS + "½㏂ﬁœ", max_size=24))
def test_place_of_each_word_is_known(text):
    assert [run for run, _letters in words.placed(text)] == words.runs(text)


@pytest.mark.parametrize(
    ("search", "text"), [("1 2", "[½] cup"), ("2fi*", "1[½ﬁ]"), ("oe", "[œ]"), ("株式 会社", "[㍿]"), ("m", "1[㏂]")]
)
def test_sign_that_stands_for_several_words_is_marked_once(search, text):
    assert marked(search, re.sub(r"[\[\]]", "", text)) == text


def test_word_that_is_cut_where_a_long_text_ends_is_not_marked():
    text = "harbour " + "a" * (FAR - 13) + " work" + "shop works"
    assert Marker(replace(read("work"), languages=LANGUAGES)).marked([text]) is None


def test_long_text_without_blanks_is_looked_through():
    assert "<mark>放送</mark>" in Marker(read("放送")).marked(["一 " + "二" * (FAR - 10) + "放送" + "三" * FAR])


@pytest.mark.parametrize(
    ("language", "search", "text"),
    [
        ("en", "die", "they [die], he [died], she is [dying]"),
        ("en", "dying", "to [die]"),
        ("uk", "дім", "[дім], [дому], до [дому]"),
        ("uk", "ночі", "[ніч] і [ночі]"),
        ("nl", "lopen", "hij heeft [gelopen], zij [lopen]"),
        ("id", "baca", "dia [membaca]"),
        ("en", "كتاب", "هذا [الكتاب]"),
    ],
)
def test_form_that_begins_with_other_letters_is_marked(language, search, text):
    html = Marker(replace(read(search), languages=(language,))).headline(re.sub(r"[\[\]]", "", text))
    assert html == text.replace("[", "<mark>").replace("]", "</mark>")
