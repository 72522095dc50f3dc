"""What a page costs in bytes, questions and statements; and that each page of a whole newsroom is as it should be."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from selectolax.lexbor import LexborHTMLParser

from cms.publishing import reading
from front import api as asking

SHAPES = ("original", "1x1", "3x2", "16x9", "4x5")
LARGEST = 60_000  # bytes of HTML, styles and scripts of a first view, as they are sent


def load_demo():
    """The demo's newsroom, whose photos have few sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("media.photos.images.WIDTHS", (320, 2560))
        patch.setattr(
            "media.photos.images.FIRST_WIDTHS", dict.fromkeys(("original", "1x1", "3x2", "16x9", "4x5"), (320,))
        )
        call_command("load_demo", verbosity=0)


@pytest.fixture
def demo(once, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    once(load_demo)
    reading.clear_all()


def packed(name):
    """The bytes of a file for browsers as they are sent."""
    return len(gzip.compress(Path(finders.find(name)).read_bytes()))


def scripts_of(name):
    """A script with all that it imports before anybody does anything, and their sizes as they are sent."""
    sizes = {name: packed(f"front/{name}")}
    text = Path(finders.find(f"front/{name}")).read_text()
    for other in re.findall(r'^(?:import|export) [^"(]*"\./([\w./]+\.js)"', text, re.MULTILINE):
        sizes |= scripts_of(other)
    return sizes


def test_whole_newsroom_is_shown_without_a_fault(demo, client, api):
    rows = api.walk("feed/?page_size=100")
    shared = [row for name in ("sections", "topics", "bylines", "fronts") for row in api.walk(f"{name}/?page_size=50")]
    paths = ["/", "/feed", "/search?q=the+harbour", *(urlsplit(row["web_url"]).path for row in [*rows, *shared])]
    faults, sizes = [], {}
    for path in paths:
        response = client.get(path)
        html = response.content.decode()
        page = LexborHTMLParser(html)
        sizes[path] = len(gzip.compress(response.content))
        faults += [f"{path}: {fault}" for fault in faults_of(page, html, response)]
    styles = packed("front/front.css") + packed("desk/fonts.css")
    scripts = sum(scripts_of("main.js").values())
    assert faults == []
    assert len(paths) > 280
    assert max(sizes.values()) + styles + scripts < LARGEST


def faults_of(page, html, response):
    if response.status_code != 200:
        yield f"is {response.status_code}"
    if "{{" in html:
        yield "has a name that was not filled in"
    if [
        node
        for node in page.css("script")
        if not node.attributes.get("src") and node.attributes.get("type") != "application/ld+json"
    ]:
        yield "has a script in it"
    if page.css("[style]"):
        yield "has a style in it"
    if len(page.css("h1")) != 1:
        yield f"has {len(page.css('h1'))} headings of the first rank"
    for node in page.css("img, script, link[rel=stylesheet], link[rel=preload], video, source"):
        address = node.attributes.get("src") or node.attributes.get("href") or ""
        if urlsplit(address).netloc not in {"", "localhost:8000"}:
            yield f"asks {address}"
    for picture in page.css("picture"):
        holder = picture
        while holder is not None and not holder.css(".credit"):
            holder = holder.parent
        if holder is None or holder.tag in {"main", "body", "ol"}:
            yield "has a picture without its credit"
    for image in page.css("picture img"):
        if not (image.attributes.get("width") and image.attributes.get("height")):
            yield "has a picture that moves what is around it"


def test_page_asks_the_api_few_questions_and_the_database_few_statements(
    demo, client, monkeypatch, django_assert_max_num_queries
):
    asked = []
    ask = asking.ask
    monkeypatch.setattr(
        asking, "ask", lambda request, path, preview="": asked.append(path) or ask(request, path, preview)
    )
    # On the first page one question is for each live story, which has ended or not.
    most = {"/": (7, 26), "/feed": (3, 12), "/articles/budget-passes-one-vote": (5, 20), "/sections/politics": (4, 16)}
    for path in most:
        client.get(path)
    reading.now()
    for path, (questions, statements) in most.items():
        asked.clear()
        with django_assert_max_num_queries(statements):
            assert client.get(path).status_code == 200
        assert len(asked) <= questions, (path, asked)
