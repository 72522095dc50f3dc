"""What the server and the browser make of the same JSON."""

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from front import templates
from front.pages.lists import LISTS
from front.view import View

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FRONT_URL = "https://news.example"


def photo(**values):
    crops = {
        name: {"width": 1920, "height": height, "widths": [320, 640, 960, 1280, 1920]}
        for name, height in {"original": 1280, "16x9": 1080, "3x2": 1280, "1x1": 1920, "4x5": 2400}.items()
    }
    return {
        "kind": "photo",
        "alt_text": 'A "street" & more',
        "caption": "It's <b>late</b>",
        "credit_line": "N. Name/Agency",
        "width": 1920,
        "height": 1280,
        "src": f"{FRONT_URL}/media/a/original-1280.jpg",
        "template": f"{FRONT_URL}/media/a/{{crop}}-{{width}}.{{format}}",
        "formats": ["avif", "jpg"],
        "crops": crops,
        "placeholder": "data:image/gif;base64,AAAA",
        **values,
    }


def item(kind, **values):
    common = {
        "kind": kind,
        "id": "0b8f",
        "published_at": "2026-11-28T22:30:00Z",
        "updated_at": "2026-11-28T22:30:00Z",
        "web_url": f"{FRONT_URL}/{kind}s/a",
        "language": "en",
        "section": {"slug": "world", "name": "World & <more>"},
        "byline": "By A and B",
        "breaking": False,
    }
    story = {
        "headline": 'The "end" of it’s <i>',
        "standfirst": "So & so",
        "kicker": "",
        "genre": "news",
        "lead_photo": photo(),
    }
    blurb = {
        "label": "News Feed",
        "text_html": "<p>It <em>rained</em>.</p>",
        "photo": None,
        "article": None,
        "video": None,
    }
    film = {"headline": "A film", "standfirst": "", "label": "Video", "poster": photo(), "duration_seconds": 95}
    own = {
        "article": {**story, "reading_minutes": 2, "lead_video": None},
        "blurb": {**blurb, "source": None},
        "video": film,
    }
    return {**common, **own[kind], **values}


ITEMS = [
    item("article"),
    item("article", breaking=True, kicker="BREAKING", genre="live", language="uk", published_at="2026-11-29T01:00:00Z"),
    item("article", lead_photo=None, lead_video=item("video"), kicker="Ports", published_at="2025-02-01T05:00:00Z"),
    item("article", lead_photo=photo(formats=["jpg"], placeholder=None, alt_text=None, caption=None), section=None),
    item(
        "article",
        lead_photo=photo(crops={n: {"width": 1, "height": 1, "widths": []} for n in ("1x1", "3x2", "original")}),
    ),
    item(
        "article",
        byline=None,
        web_url="https://elsewhere.example/a",
        match={"headline_html": "<mark>a</mark>", "snippet_html": "b"},
    ),
    item(
        "blurb", photo=photo(), article=item("article"), source={"name": "A & B", "url": "https://b.example/?a=1&b=2"}
    ),
    item(
        "blurb",
        video=item("video"),
        title="A title",
        is_key=True,
        is_pinned=True,
        label="",
        published_at="2026-11-20T10:00:00Z",
    ),
    item("article", genre="live", live={"state": "ended"}, language="ar", web_url=f"{FRONT_URL}//evil.example/a"),
    item("article", genre="live", live={"state": "ended"}, kicker="LIVE"),
    item("article", kicker="Ports", match={"headline_html": "<mark>a</mark>", "snippet_html": "<mark>Ports</mark>"}),
    item("blurb", label="Rain", match={"headline_html": "", "snippet_html": "It <mark>rained</mark>."}),
    item("blurb", label="Rain", match={"headline_html": "", "snippet_html": "Rain"}, language="he-IL"),
    item("article", genre="live", live={"state": "live"}, web_url=f"{FRONT_URL}/\\evil.example/a"),
    item("video", duration_seconds=3727, published_at="2026-03-29T01:30:00Z"),
    item("video", headline="", title="A film by its title"),
    {
        "kind": "podcast",
        "id": "1",
        "web_url": f"{FRONT_URL}/podcasts/a",
        "name": "The daily",
        "slug": "a",
        "cover": photo(),
    },
    {
        "kind": "question",
        "id": "2",
        "web_url": f"{FRONT_URL}/questions/a",
        "asks": "Why?",
        "slug": "why",
        "photo": None,
    },
    item("video", duration_seconds=None, poster=None, published_at="2026-11-22T22:59:59Z"),
]


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here to run the browser's half with")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_browser_makes_the_html_that_the_server_makes(language):
    paper = {**templates.paper(language, "Europe/Kyiv"), "front_url": FRONT_URL}
    asked = {
        "paper": paper,
        "now": "2026-11-29T10:00:00Z",
        "items": [[part, place, each] for part, (_, place) in LISTS.items() for each in ITEMS],
    }
    view = View(paper["words"], paper["places"], language, "Europe/Kyiv", FRONT_URL, date(2026, 11, 29))

    told = subprocess.run(
        ["node", str(HERE / "render.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert told.stderr == ""
    made = [
        templates.render(part, {**view.item(each, place), "words": paper["words"]})
        for part, place, each in asked["items"]
    ]
    for by_server, by_browser in zip(made, json.loads(told.stdout), strict=True):
        assert plain(by_server) == plain(by_browser)


def plain(html):
    """HTML whose escapes and lines are spelt one way: each library has its own."""
    for written, meant in {
        "&#39;": "'",
        "&#x27;": "'",
        "&#x2F;": "/",
        "&#x3D;": "=",
        "&#x60;": "`",
        "&#34;": "&quot;",
    }.items():
        html = html.replace(written, meant)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html)).strip()  # the two read lines of a block alone differently


def test_every_word_is_said_in_every_language():
    english = templates.words("en")
    forms = {"shown", "new_items", "new_stories", "new_updates"}
    for language in ("uk",):
        words = templates.words(language)
        assert words.keys() == english.keys()
        for name, word in english.items():
            assert type(words[name]) is type(word), name
            if isinstance(word, dict) and name not in forms:
                assert words[name].keys() == word.keys(), name
            elif isinstance(word, list):
                assert len(words[name]) == len(word), name
    assert templates.words("../en") == templates.words("xx") == english


def test_templates_ask_only_for_parts_and_words_that_there_are():
    files = {file.stem: file.read_text() for file in (ROOT / "front" / "templates").rglob("*.mustache")}
    words = templates.words("en")
    lost = []
    for name, text in files.items():
        lost += [f"{name}: {part}" for part in re.findall(r"\{\{>\s*(\w+)", text) if part not in files]
        lost += [f"{name}: {word}" for word in re.findall(r"words\.(\w+)", text) if word not in words]
    for part, text in templates.parts().items():
        lost += [f"{part}: {inner}" for inner in re.findall(r"\{\{>\s*(\w+)", text) if inner not in templates.parts()]
    assert lost == []
