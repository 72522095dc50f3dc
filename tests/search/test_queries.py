"""The same questions, put to both databases: what each finds and in which order, as it was looked at and kept.

After a change of what is found on purpose: `KEEP_QUERIES=1 pytest tests/search/test_queries.py`, and look at the diff.
"""

import json
import os
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine

from tests.search import newsroom

KEPT = Path(__file__).parent / "queries.json"
MOST = 30  # results that are kept of each


@pytest.mark.django_db
def test_every_question_finds_the_same_in_the_same_order(api, once):
    once(newsroom.fill)
    kept = json.loads(KEPT.read_text())
    with time_machine.travel(newsroom.NOW, tick=False):
        answers = {asked: answer(api, asked) for asked in kept}
    if os.environ.get("KEEP_QUERIES"):
        KEPT.write_text("{\n" + ",\n".join(line(*pair) for pair in answers.items()) + "\n}\n")
        kept = answers
    assert len(kept) >= 200
    assert answers == kept


def answer(api, asked):
    query = {"search": asked, "page_size": MOST, "count": "exact", "fields": "slug,text,match.score"}
    page = api(f"feed/?{urlencode(query)}")
    found = [f"{row.get('slug') or row['text'][:30]} {row['match']['score']}" for row in page["results"]]
    meant = page["did_you_mean"]
    return {"count": page["count"], "meant": meant and meant["search"], "found": found}


def line(asked, answer):
    return f"{json.dumps(asked, ensure_ascii=False)}: {json.dumps(answer, ensure_ascii=False)}"
