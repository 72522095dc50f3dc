"""How long a story is said to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.body import length
from newsroom.body.words import COMMON, COMMON_WORD, WORD, count


def paragraph(text):
    return [{"id": "p", "type": "paragraph", "html": text}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one — two – three / four", 4),
        ("it's 1,204.5 m² of the dogs’ park", 7),
        ("well-known e-mail", 4),
        ("… !!! —", 0),
        ("Він сказав: «об’єднання» — 3 разом", 5),
        ("l'eau d’ici", 2),
        ("हिन्दी में समाचार", 3),
        ("السلام عليكم", 2),
        ("한국어 신문", 2),
        ("汉字", 2),
        ("カタカナ", 1),
        ("ภาษาไทย", 2),
        ("👍🏽 ok 🇺🇦", 1),
    ],
)
def test_words_are_parted_as_unicode_parts_them(text, words):
    assert count(text) == words


SIGNS = st.sampled_from([*"aБπé1 2.,;:'’‘_-—/·‑&(\n…№²", '"'])


@given(st.one_of(st.text(SIGNS, max_size=12), st.text(max_size=8)))
def test_words_in_common_letters_are_counted_as_in_any(text):
    if COMMON.fullmatch(text):
        assert len(COMMON_WORD.findall(text)) == len(WORD.findall(text))


@pytest.mark.parametrize(
    ("text", "language", "minutes"),
    [
        ("word " * 238, "en", 1),
        ("word " * 239, "en", 2),
        ("", "en", 1),
        ("汉" * 2550, "zh", 10),
        ("汉" * 2551, "zh-Hant", 11),
        ("日本の" * 119 * 3, "ja", 3),
        ("日" * 357 * 3, "ja", 3),
        ("日本の" * 119 * 3, "en", 3),  # kana are Japanese, whatever the story says
        ("word " * 238 + "汉" * 255 * 2, "zh", 3),
        ("ภาษา" * 863, "th", 4),
    ],
)
def test_minutes_are_words_or_characters_and_both_add_up(text, language, minutes):
    assert length(paragraph(text), language).minutes == minutes


def test_all_that_is_written_in_a_body_is_counted_once():
    inner = {"ordered": False, "start": 1, "items": [{"html": "three", "list": None}]}
    body = [
        {"type": "list", "ordered": False, "start": 1, "items": [{"html": "one<br>two", "list": inner}]},
        {"type": "table", "caption": "four", "header_rows": 0, "header_columns": 0, "rows": [["five", "6"]]},
        {"type": "quote", "html": "<p>seven</p><ul><li>eight</li></ul>", "attribution": "Nobody"},
        {"type": "factbox", "title": "nine", "html": "<p>ten</p>"},
        {"type": "embed", "url": "https://youtu.be/GaLLeyHrb04", "html": "<iframe>no</iframe>", "title": "eleven"},
        {"type": "divider"},
    ]

    assert length(body).words == 11
