"""Plain text without the characters that are no text, by whichever door it comes in."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms.publishing.models import Version
from cms.text.texts import in_one_line, without_controls
from newsroom.models import Article, Topic
from tests.factories import make_article, make_photo, make_section, make_video, paragraphs, publish, update

pytestmark = pytest.mark.django_db

ODD = "A\u0007bell\ufeff\nnext"


@pytest.mark.parametrize(
    ("given", "line", "lines"),
    [
        (ODD, "Abell next", "Abell\nnext"),
        ("a\tb", "a b", "a\tb"),
        ("a \r\n  b", "a b", "a \n  b"),
        ("a\u2028b\u2029c", "a b c", "a\nb\nc"),
        ("a\x0bb\x0cc", "a b c", "a\nb\nc"),
        ("a\x85b", "a b", "a\nb"),
        ("a\x00b\x7fc\x9bd\x1be", "abcde", "abcde"),
        ("\ufeffa\ufffe\uffff\ufdd0\ufff9b", "ab", "ab"),
        ("\ud83d a \udc00", " a ", " a "),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("\u200fעברית\u200e \u2066x\u2069", "\u200fעברית\u200e \u2066x\u2069", "\u200fעברית\u200e \u2066x\u2069"),
        ("so\u00adft \u200b ไทย 👨\u200d👩\u200d👧 ❤\ufe0f", "so\u00adft \u200b ไทย 👨\u200d👩\u200d👧 ❤\ufe0f", None),
        ("two  spaces", "two  spaces", "two  spaces"),
    ],
)
def test_what_is_no_text_goes_and_what_languages_need_stays(given, line, lines):
    assert in_one_line(given) == line
    assert without_controls(given) == (given if lines is None else lines)


def lines_in(tmp_path, *lines):
    path = tmp_path / "lines.ndjson"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_import_leaves_out_what_is_no_text(tmp_path, api):
    section = {"kind": "section", "slug": "s\u0007", "name": ODD, "description": "One\u0007\r\nTwo"}
    body = [
        {"type": "paragraph", "html": "One\u0007 <em>two\ufeff</em>."},
        {"type": "quote", "html": "Q\x1b.", "attribution": "A\x00da"},
    ]
    story = {
        "kind": "article",
        "slug": "a\u0007",
        "headline": ODD,
        "kicker": "\ufeffK\t1",
        "standfirst": "One\u0007.\nTwo.",
        "dateline": "Lv\x00iv",
        "section": "s",
        "corrections": [{"type": "correction", "text": "It\u0007 was.\nTwo.", "published_at": "2026-01-01T00:00:00Z"}],
        "seo": {"title": "T\u0007\ni", "description": "D\ufeff"},
        "body": body,
        "status": "published",
    }
    half = '{"kind": "article", "slug": "half", "headline": "Half \\ud83d a face", "body": [], "status": "draft"}'
    blurb = {
        "kind": "blurb",
        "id": "b",
        "text_html": "<p>N\u0007ow.</p>",
        "label": "News\tnow",
        "source": {"name": "S\nN\u0007", "url": None},
        "section": "s",
        "status": "published",
    }
    call_command("import_content", lines_in(tmp_path, section, story, half, blurb), verbosity=0)

    shown = api("articles/a/")
    assert shown["headline"] == "Abell next"
    assert (shown["kicker"], shown["standfirst"], shown["dateline"]) == ("K 1", "One.\nTwo.", "Lviv")
    assert shown["section"]["name"] == "Abell next"
    assert shown["corrections"][0]["text"] == "It was.\nTwo."
    assert (shown["seo"]["title"], shown["seo"]["description"]) == ("T i", "D")
    assert shown["body"][0]["html"] == "One <em>two</em>."
    assert shown["body"][1]["attribution"] == "Ada"
    assert api("sections/s/")["description"] == "One\nTwo"
    assert Article.objects.get(slug="half").headline == "Half  a face"
    [row] = api("blurbs/")["results"]
    assert (row["text"], row["label"], row["source"]["name"]) == ("Now.", "News now", "S N")


def test_line_whose_only_text_is_no_text_has_none(tmp_path, capsys):
    path = lines_in(tmp_path, {"kind": "section", "slug": "s", "name": "\u0007\ufeff"})
    with pytest.raises(CommandError):
        call_command("import_content", path, verbosity=0)

    assert "name:" in capsys.readouterr().err


def test_desk_form_leaves_out_what_is_no_text(admin_client):
    data = {"name": ODD, "slug": "bell", "type": "keyword", "description": "One\u0007\r\nTwo\u2028Three", "same_as": ""}

    assert admin_client.post("/admin/newsroom/topic/add/", data).status_code == 302

    topic = Topic.objects.get()
    assert (topic.name, topic.description) == ("Abell next", "One\nTwo\nThree")


def test_whatever_is_stored_and_its_version_hold_text_alone(api):
    section, photo = (
        make_section(ODD, slug="s"),
        make_photo(caption="C\u0007\nD", credit_line=ODD, keywords=["k\u0007"]),
    )
    article = make_article(headline=ODD, section=section, lead_photo=photo, corrections=["It\u0007 was."])
    update(article, standfirst="S\ufeff\nT", body=paragraphs("One\u0007."))
    video = make_video(headline=ODD, transcript="One\u0007\nTwo", poster=photo)
    publish(article)
    publish(video)

    card = api("articles/")["results"][0]
    assert (card["headline"], card["standfirst"]) == ("Abell next", "S\nT")
    assert (card["lead_photo"]["caption"], card["lead_photo"]["credit_line"]) == ("C\nD", "Abell next")
    assert (api(f"videos/{video.slug}/")["headline"], api(f"videos/{video.slug}/")["transcript"]) == (
        "Abell next",
        "One\nTwo",
    )
    kept = [version.data for version in Version.objects.all()] + [api(f"articles/{article.slug}/")]
    assert not any(odd in json.dumps(kept) for odd in ("\\u0007", "\\ufeff"))
