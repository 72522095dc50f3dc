"""`check_content`: what an older release let in is found and named."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from cms.publishing.models import Publication, Version
from newsroom.models import Article, Byline
from tests.factories import make_article, make_byline, make_photo, make_topic, make_video, paragraphs, publish, update

pytestmark = pytest.mark.django_db


def findings(capsys):
    with pytest.raises(CommandError) as failure:
        call_command("check_content")
    return capsys.readouterr().out.splitlines(), str(failure.value)


def put(version, **values):
    version.data.update(values)
    Version.objects.filter(pk=version.pk).update(data=version.data)


def test_what_is_whole_is_not_found_fault_with(capsys):
    photo, other = make_photo(), make_article(slug="other")
    body = [*paragraphs("One."), {"id": "p", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk)}}]
    body[1]["photo"] |= {"caption": "", "alt_text": ""}
    article = make_article(
        body=body,
        lead_photo=photo,
        topics=[make_topic()],
        bylines=[make_byline()],
        related=[other],
        corrections=["It was Tuesday."],
        seo={"title": "T", "image": {"link": "photo", "id": str(photo.pk)}},
        translation_of=other,
    )
    publish(article)
    publish(update(article, headline="Later"), at=datetime.now(UTC) + timedelta(days=1))
    make_article(headline="", slug="", body=[])
    publish(make_video(tracks=[{"url": "https://example.org/a.vtt", "label": "English"}]))

    call_command("check_content")

    assert capsys.readouterr().out == "Everything that is stored is as it should be.\n"


def test_what_is_not_whole_is_named_in_each_state(capsys):
    article = publish(make_article(slug="flood-vote"))
    live = Publication.objects.get().version
    publish(update(article, headline="Later"), at=datetime.now(UTC) + timedelta(days=1))
    put(live, body=[{"id": "a", "type": "paragraph", "html": "x"}, {"id": "b", "type": "paragraph"}])
    put(Publication.objects.get().next_version, genre="gossip")
    Article.objects.update(body=[{"id": "a", "type": "list", "items": ["a"]}, {"id": "b", "type": "poll"}])
    page = f"/admin/newsroom/article/{article.pk}/change/"

    said, summary = findings(capsys)

    assert [line.split(": ")[0] for line in said] == [
        'article "flood-vote", working copy',
        'article "flood-vote", live version',
        'article "flood-vote", next version',
    ]
    assert "body: block 2: there is no block type 'poll'" in said[0]
    assert "body: block 2 (paragraph): html: " in said[1]
    assert said[1].endswith(f"open it at the desk, look through it and update it ({page})")
    assert "genre: " in said[2]
    assert summary == "3 faults in 1 item."


def test_key_that_a_block_lacks_is_named_though_it_has_a_default(capsys):
    article = make_article(slug="flood-vote")
    Article.objects.update(body=[{"id": "a", "type": "list", "items": ["a"]}])
    said, _ = findings(capsys)
    assert [line.split(";")[0] for line in said] == [
        'article "flood-vote", working copy: body: block 1 (list): ordered: it is missing'
    ]
    assert str(article.pk) in said[0]


def test_what_many_share_is_looked_at_as_well(capsys):
    byline = make_byline("Ann")
    Byline.objects.filter(pk=byline.pk).update(links=[{"label": "x"}], email="no address")
    said, _ = findings(capsys)
    assert [line.split(":")[0] for line in said] == ['byline "ann", shared'] * 2
    assert sorted(line.split(": ")[1] for line in said) == ["email", "links"]


def test_version_that_cannot_be_read_at_all_is_named(capsys):
    publish(make_article(slug="flood-vote"))
    version = Publication.objects.get().version
    put(version, body=[{"id": "a", "type": "photo", "photo": {"link": "photo", "id": "nonsense"}}])
    del version.data["language"]
    Version.objects.update(data=version.data)
    said, summary = findings(capsys)
    assert summary == "2 faults in 1 item."
    assert "live version: language: it is missing" in said[0]
    assert "live version: body: block 1 (photo): photo: there is no photo" in said[1]
