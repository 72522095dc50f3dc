"""Small inputs in which other systems have failed, each with what is right (cases.json)."""

import json
from pathlib import Path

import pytest
from rest_framework import serializers

from cms.notices import collecting
from newsroom.body import BodyField, blocks_from_html, clean_flow, length, plain, texts_of, words

CASES = json.loads((Path(__file__).parent.parent / "cases" / "bodies.json").read_text())["cases"]
CASES = [
    case for case in CASES if case["give"].keys() & {"body", "body_html", "text_html"} and "slug" not in case["give"]
]


class Line(serializers.Serializer):
    """What an import reads lines with: partial, so that a key left out of the line stays."""

    body = BodyField()


def text_of(block):
    return " ".join(filter(None, [block.get("caption"), *map(plain, texts_of(block))]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_given_becomes_what_is_right(case):
    give = case["give"]
    with collecting() as notices:
        if "text_html" in give:
            html = clean_flow(give["text_html"])
            blocks = [{"type": "flow", "html": html}]
        else:
            body = give.get("body") or blocks_from_html(give["body_html"], give.get("language", ""))
            line = Line(data={"body": body}, partial=True)
            if "want_bad" in case:
                assert not line.is_valid()
                assert f" {case['want_bad']}: " in str(line.errors["body"][0])
                return
            assert line.is_valid(), line.errors
            blocks = line.validated_data["body"]

    found = {
        "want_body": [{name: value for name, value in block.items() if name != "id"} for block in blocks],
        "want_types": [block["type"] for block in blocks],
        "want_types_end": blocks[-1]["type"] if blocks else None,
        "want_html": blocks[0].get("html") if blocks else "",
        "want_words": " ".join(text for block in blocks if (text := text_of(block))),
        "want_words_counted": words(blocks),
        "want_minutes": length(blocks, give.get("language", "")).minutes,
    }
    assert {name: found[name] for name in case if name in found} == {
        name: value for name, value in case.items() if name in found
    }
    assert case.get("want_block", {}).items() <= (blocks[0].items() if blocks else {}.items())
    assert case.get("want_notice", "") in " ".join(str(notice.text) for notice in notices)
