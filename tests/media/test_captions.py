"""Captions are checked before anybody reads them, and a mistake is named by its line."""

import io
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from media.videos import captions

GOOD = """WEBVTT

1
00:01.000 --> 00:02.500 line:0
Good evening.

NOTE for translators

00:00:02.500 --> 00:00:04.000
<v Ann>The <i>barrier</i> holds.
"""


FOLDER = Path(__file__).parent.parent / "corpus" / "captions"


def cues(text):
    """What players make of WebVTT (its section 6.1): the text of each cue, which ends at an empty line."""
    blocks = [block.strip("\n").split("\n") for block in text.split("\n\n")]
    return [block[at + 1 :] for block in blocks for at, line in enumerate(block) if "-->" in line]


def refused(text):
    with pytest.raises(ValidationError) as refusal:
        captions.read(text if isinstance(text, bytes) else text.encode())
    return refusal.value.messages[0]


def test_good_captions_stay_as_they_are():
    assert captions.read(GOOD.encode()) == GOOD
    assert captions.read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT - a title\nKind: captions\nLanguage: en\n\n00:01.000 --> 00:02.000\nA",
        "WEBVTT\n\nSTYLE\n::cue { color: white }\n\n00:01.000 --> 00:02.000\nA",
        "WEBVTT\n\nREGION\nid:fred\n\n00:01.000 --> 00:02.000\nA\nB",
        "WEBVTT\n\n00:01.000 --> 00:03.000\nA\n\n00:02.000 --> 00:02.500\nB",
        "WEBVTT\n\n100:00:01.000 --> 100:00:02.000\nA",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n",
    ],
)
def test_all_that_webvtt_allows_is_taken(text):
    assert captions.read(text.encode()).startswith("WEBVTT")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The captions are empty"),
        (" \n\n", "The captions are empty"),
        ("Hello", 'Line 1: Begin the file with a line "WEBVTT"'),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nA", "Line 1: "),
        ("WEBVTT", "There are no captions in it"),
        ("WEBVTT\n00:01.000 --> 00:02.000\nA", 'Line 2: leave an empty line between "WEBVTT"'),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\nA", 'Line 3: "00:01,000 --> 00:02,000" is not how times are written'),
        ("WEBVTT\n\n1:01.000 --> 00:02.000\nA", "Line 3: "),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nA", "Line 3: "),
        ("WEBVTT\n\n00:01.000-->00:02.000\nA", "Line 3: "),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nA", "Line 3: it ends before it begins"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nA", "Line 3: it ends before it begins"),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\n00:01.000 --> 00:02.000\nB",
            "Line 6: it begins before the one above it",
        ),
        ("WEBVTT\n\nid\nA text alone", "Line 3: there are no times here"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:03.000 --> 00:04.000\nB", "Line 5: leave an empty line before"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\x00B", "Line 4: it holds a character"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nCaf\xe9", "Line 4: it is not UTF-8"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_mistake_is_named_by_its_line_and_with_its_remedy(text, words):
    assert words in refused(text)


SRT = """1
00:00:01,000 --> 00:00:02,500
{\\an8}<font color="#fff">Tom & <b>Jerry</b></font>

2
0:00:03,5 --> 0:00:04,250 X1:10
- 3 < 4?
- <script>
"""


def test_subrip_becomes_webvtt():
    expected = """WEBVTT


00:00:01.000 --> 00:00:02.500
Tom &amp; <b>Jerry</b>


00:00:03.500 --> 00:00:04.250
- 3 &lt; 4?
- &lt;script&gt;
"""
    assert captions.read(SRT.encode()) == expected
    assert captions.read(SRT.encode("utf-16")) == expected
    assert captions.read(expected.encode()) == expected


def test_line_of_blanks_is_a_part_of_its_cue():
    """As in all captions that YouTube makes."""
    text = captions.read((FOLDER / "youtube.vtt").read_bytes())
    assert cues(text) == [
        [" ", "hello<00:00:00.480><c> world</c>"],
        ["hello world", " "],
        ["hello world", "second<00:00:03.000><c> line</c>"],
    ]
    assert captions.check(text) == text
    assert cues(captions.read((FOLDER / "space-line.srt").read_bytes())) == [["A", " ", "B"], ["C"]]


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\xa0", "\u3000"])
@pytest.mark.parametrize("name", ["", "2\n"])
def test_line_of_blanks_before_the_next_times_ends_a_cue(blank, name):
    text = f"WEBVTT\n{blank}\n00:01.000 --> 00:02.000\nA\n{blank}\n{name}00:02.000 --> 00:03.000\nB\n"
    assert cues(captions.read(text.encode())) == [["A"], ["B"]]
    srt = f"1\n00:00:01,000 --> 00:00:02,000\nA\n{blank}\n2\n00:00:02,000 --> 00:00:03,000\nB\n"
    assert cues(captions.read(srt.encode())) == [["A"], ["B"]]


def test_empty_line_amid_a_text_of_subrip_ends_no_cue():
    """As players read it: a cue goes on to the next one's number and times."""
    srt = "1\n00:00:01,000 --> 00:00:02,000\nA\n\n\nB\n42\n\n2\n00:00:02,000 --> 00:00:03,000\n\nC\n\n"
    assert cues(captions.read(srt.encode())) == [["A", " ", " ", "B", "42"], [" ", "C"]]
    assert captions.check(captions.check(srt)) == captions.check(srt)


@pytest.mark.parametrize(
    ("times", "becomes"),
    [
        ("00:00:03, 500 --> 00:00:04, 000", "00:00:03.500 --> 00:00:04.000"),
        ("00:00:03 --> 00:00:04", "00:00:03.000 --> 00:00:04.000"),
        ("00:03,000 --> 00:04,000", "00:00:03.000 --> 00:00:04.000"),
        ("00:00:03,0000 -> 00:00:04,1239", "00:00:03.000 --> 00:00:04.123"),
        ("00:00:03,000 –> 00:00:04,000", "00:00:03.000 --> 00:00:04.000"),
    ],
)
def test_times_as_other_programs_write_them_begin_a_cue(times, becomes):
    srt = f"1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n{times}\nB\n"
    text = captions.read(srt.encode())
    assert cues(text) == [["A"], ["B"]]
    assert becomes in text


@pytest.mark.parametrize("times", ["00:00:03:12 --> 00:00:04:10", "00;00;03,0 --> 00;00;04,0", "0:0:59,0 --> 0:0:60,0"])
def test_times_that_cannot_be_read_are_no_words_of_the_cue_above(times):
    srt = f"1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n{times}\nB\n"
    assert refused(srt).startswith(f'Line 6: "{times}" is not how times are written')


@pytest.mark.parametrize("tag", ["<s ", "{\\"])
def test_tags_that_nobody_closes_are_read_in_little_time(tag):
    started = time.process_time()
    captions.check(f"1\n00:00:01,000 --> 00:00:02,000\n{tag * 100_000}\n")

    assert time.process_time() - started < 5


def test_figures_with_an_arrow_are_words():
    srt = "1\n00:00:01,000 --> 00:00:02,000\n3:2 -> 4:1\n5 --> 6\n"
    assert cues(captions.read(srt.encode())) == [["3:2 -&gt; 4:1", "5 → 6"]]


def test_lines_that_end_twice_are_ended_once():
    assert captions.read(SRT.replace("\n", "\r\r\n").encode()) == captions.read(SRT.encode())


@pytest.mark.parametrize("head", ["\ufeff\ufeff", "\n\n", "\ufeff \r\n\r\n"])
@pytest.mark.parametrize("end", ["", "\x1a", "\n\0"])
def test_what_stands_around_captions_does_no_harm(head, end):
    assert captions.read((head + GOOD + end).encode()) == GOOD
    assert cues(captions.read((head + SRT + end).encode())) == cues(captions.read(SRT.encode()))


def test_mistake_below_empty_lines_is_named_by_its_own_line():
    assert refused("\n\nWEBVTT\n\nid\nA text alone").startswith("Line 5: there are no times here")
    assert refused("Hello\n\n" + SRT).startswith("Line 1: there are no times here")


def test_mistake_in_subrip_is_named_by_its_own_line():
    assert "Line 6: it ends before it begins" in refused(SRT.replace("0:00:04,250", "0:00:01,250"))
    assert "Line 3: it is not UTF-8" in refused(SRT.encode().replace(b"Tom", b"\xd2"))


@pytest.mark.django_db
def test_captions_are_stored_once(uploads):
    stored, is_new = captions.admit(io.BytesIO(SRT.encode()))
    again, is_new_again = captions.keep_text(captions.read(SRT.encode()))
    assert (stored, is_new, is_new_again) == (again, True, False)
    assert (uploads / stored["stored"]).read_text().startswith("WEBVTT\n")
