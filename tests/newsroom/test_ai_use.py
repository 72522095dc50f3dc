"""What part AI had: said at the desk, told to readers, and taken along by lines."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms.publishing import checks, press
from media.models import Photo
from newsroom.models import Article
from tests.desk.comparing import seen
from tests.desk.test_pages_articles import log_in, send
from tests.factories import make_article, make_blurb, make_photo, make_video, publish, update

pytestmark = pytest.mark.django_db
HELPED = {"ai_use_level": "assisted", "ai_use_note": "Translated by a machine, checked by an editor."}
SAID = {"level": "assisted", "note": "Translated by a machine, checked by an editor."}


def test_reader_is_told_what_part_ai_had(api):
    photo = make_photo(ai_use_level="generated")
    blurb = publish(make_blurb(**HELPED))
    publish(make_video(slug="film", ai_use_level="none"))
    publish(make_article(slug="story", lead_photo=photo, **HELPED))
    publish(make_article(slug="silent"))

    story = api("articles/story/")
    assert (story["ai_use"], story["lead_photo"]["ai_use"]) == (SAID, {"level": "generated", "note": None})
    assert {card["slug"]: card["ai_use"] for card in api("articles/")["results"]} == {"story": SAID, "silent": None}
    assert api(f"blurbs/{blurb.pk}/")["ai_use"] == SAID
    assert api("videos/film/")["ai_use"] == {"level": "none", "note": None}
    assert api(f"photos/{photo.pk}/")["ai_use"] == {"level": "generated", "note": None}
    assert api("articles/?fields=ai_use.level")["results"][1]["ai_use"] == {"level": "assisted"}


def test_photo_tells_it_wherever_it_is_shown_as_soon_as_it_is_said(api):
    photo = make_photo()
    publish(make_article(slug="story", lead_photo=photo))
    before = api("articles/story/")["lead_photo"]["ai_use"]
    photo.ai_use_level = "generated"
    photo.full_clean()
    photo.save()

    assert (before, api("articles/story/")["lead_photo"]["ai_use"]) == (None, {"level": "generated", "note": None})


def test_desk_says_it_on_the_page_of_a_story(client, api):
    log_in(client)
    story = make_article(slug="story")
    response = send(client, story, ai_use_level="assisted", ai_use_note="  Headline  proposed by a machine. ")

    assert response.status_code == 200
    story = Article.objects.get(pk=story.pk)
    assert story.head.data["ai_use"] == {"level": "assisted", "note": "Headline proposed by a machine."}
    before, after = press.last_saved(story).base, story.head
    page = client.get(f"/admin/newsroom/article/{story.pk}/compare/", {"before": before.pk, "after": after.pk})
    (level,), (note,) = (row[2:] for row in seen(page)["AI in it"])
    assert level == "how much: | {+AI helped; people made it and checked it+}"
    assert note == "what AI did: | {+Headline proposed by a machine.+}"


def test_note_without_a_level_is_refused_where_the_level_is_chosen(client):
    log_in(client)
    story = make_article(slug="story")
    page = send(client, story, ai_use_note="Proposed by a machine.").content.decode()

    assert "Choose how much AI did, or empty the note on it." in page
    assert Article.objects.get(pk=story.pk).head.data["ai_use"] is None


def warnings_of(item):
    draft = checks.Draft(item.kind, item.head.data, item.pk)
    return [(problem.text, problem.is_error) for problem in checks.problems([draft])[0] if "AI had" in problem.text]


@pytest.mark.parametrize("source", ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"])
def test_desk_is_asked_to_tell_readers_of_a_picture_that_ai_made(source):
    photo = make_photo(digital_source_type=source, caption="A robot")
    story = make_article(lead_photo=photo)
    said = 'AI had a part in the photo "A robot". Say so to readers, on its page under "AI in it".'

    assert warnings_of(story) == [(said, False)]
    assert warnings_of(update(story, ai_use_level="generated")) == []
    Photo.objects.filter(pk=photo.pk).update(ai_use_level="generated")
    assert warnings_of(update(story, ai_use_level="")) == []
    assert warnings_of(make_article(lead_photo=make_photo(digital_source_type="digitalCapture"))) == []


def test_lines_take_access_and_ai_use_along(tmp_path, api, capsys):
    photo = make_photo(**HELPED)
    body = [{"id": "a", "type": "paragraph", "html": "Free."}, {"id": "m", "type": "paywall"}]
    body.append({"id": "b", "type": "paragraph", "html": "Paid."})
    publish(make_article(slug="story", lead_photo=photo, access="subscriber", body=body, ai_use_level="none"))
    publish(make_video(slug="film", access="registered", **HELPED))
    publish(make_blurb(**HELPED))
    path = tmp_path / "content.ndjson"
    call_command("export_content", path)
    before = path.read_bytes()
    lines = {line["kind"]: line for line in map(json.loads, before.splitlines())}

    photos = {line["id"]: line["ai_use"] for line in map(json.loads, before.splitlines()) if line["kind"] == "photo"}
    assert (lines["article"]["access"], lines["article"]["ai_use"]) == ("subscriber", {"level": "none", "note": None})
    assert (lines["video"]["access"], lines["blurb"]["ai_use"]) == ("registered", SAID)
    assert list(photos.values()).count(None) == 1
    assert photos[str(photo.pk)] == SAID
    Photo.objects.update(ai_use_level="", ai_use_note="")
    call_command("import_content", path)
    call_command("export_content", tmp_path / "again.ndjson")
    assert Photo.objects.get(pk=photo.pk).ai_use == SAID
    assert (tmp_path / "again.ndjson").read_bytes() == before
    assert [block.get("html") for block in api("articles/story/")["body"]] == ["Free."]


BAD = [
    ({"ai_use": {"note": "x"}}, "ai_use"),
    ({"ai_use": {"level": "some"}}, "write one of none, assisted, generated as the level"),
    ({"ai_use": {"level": "none", "tool": "x"}}, "ai_use"),
    ({"ai_use": "assisted"}, "ai_use"),
    ({"ai_use": {"level": "none", "note": "x" * 501}}, "500"),
    ({"access": "paid"}, "access"),
]


@pytest.mark.parametrize(("given", "complaint"), BAD, ids=[complaint for _, complaint in BAD])
def test_line_that_says_it_wrongly_is_refused_in_words(tmp_path, capsys, given, complaint):
    line = {"kind": "article", "slug": "story", "headline": "Story", **given}
    (tmp_path / "content.ndjson").write_text(json.dumps(line) + "\n")
    with pytest.raises(CommandError):
        call_command("import_content", tmp_path / "content.ndjson")

    assert complaint in capsys.readouterr().err


def test_photo_s_line_may_leave_out_the_note(tmp_path, capsys):
    photo = make_photo(**HELPED)
    path = tmp_path / "content.ndjson"

    def take(said):
        path.write_text(json.dumps({"kind": "photo", "id": str(photo.pk), "ai_use": said}) + "\n")
        call_command("import_content", path)
        return Photo.objects.get(pk=photo.pk).ai_use

    assert take({"level": "none"}) == {"level": "none", "note": None}
    assert take(None) is None
    with pytest.raises(CommandError):
        take({"level": 3})


def test_other_forms_of_an_answer_tell_it_in_their_own_words(api):
    publish(make_article(slug="story", lead_photo=make_photo(ai_use_level="generated"), **HELPED))
    publish(make_article(slug="silent"))
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/"

    node = api("articles/story/?format=jsonld")
    assert node["digitalSourceType"] == f"{source}compositeWithTrainedAlgorithmicMedia"
    assert node["image"][0]["digitalSourceType"] == f"{source}trainedAlgorithmicMedia"
    item = api("articles/story/?format=ninjs")
    assert item["digitalSourceType"]["uri"] == f"{source}compositeWithTrainedAlgorithmicMedia"
    assert [text["value"] for text in item["descriptions"] if text["role"] == "ai_use"] == [SAID["note"]]
    assert "digitalSourceType" not in api("articles/silent/?format=jsonld")
    assert "digitalSourceType" not in api("articles/silent/?format=ninjs")
