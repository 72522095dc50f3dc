"""Photos: never without their credit, never beyond their rights, files only while something live uses them."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections, models, transaction
from django.utils import timezone

from cms.publishing import press
from cms.publishing.models import Change
from media.models import Photo, original_path
from tests.factories import LONG_AGO, bring, make_article, make_photo, make_picture, paragraphs, publish
from tests.media.pictures import sizes_of

pytestmark = pytest.mark.django_db


def file_of(api, photo):
    return api(f"photos/{photo.pk}/")["src"].removeprefix("http://localhost:8000")


@pytest.mark.parametrize("lacking", [{"credit_line": ""}, {"alt_text": ""}])
def test_a_photo_that_lacks_its_credit_or_description_keeps_its_story_back(lacking):
    with pytest.raises(ValidationError):
        press.publish(make_article(lead_photo=make_photo(**lacking)))
    block = {"id": "p", "type": "photo", "photo": {"link": "photo", "id": str(make_photo(**lacking).pk)}}
    with pytest.raises(ValidationError):
        press.publish(make_article(body=[*paragraphs("Text"), block]))


def test_a_decorative_photo_needs_no_description(api):
    publish(make_article(slug="vote", lead_photo=make_photo(alt_text="", is_decorative=True)))
    assert api("articles/vote/")["lead_photo"]["alt_text"] == ""


def test_a_photo_that_loses_its_credit_is_hidden_at_once(api):
    photo = make_photo()
    publish(make_article(slug="vote", lead_photo=photo))
    file = file_of(api, photo)
    assert api.get(file).getvalue() != b""
    photo.credit_line = ""
    photo.save()
    assert api("articles/vote/")["lead_photo"] is None
    assert api("photos/?count=exact")["count"] == 0
    assert api.get(file).status_code == 404
    assert Change.objects.order_by("-edition").first().action == "withdrawn"
    photo.credit_line = "A. Name"
    photo.save()
    assert api("articles/vote/")["lead_photo"]["credit_line"] == "A. Name"


def test_a_photo_is_listed_and_its_file_served_while_something_live_uses_it(api):
    photo = make_photo()
    article = make_article(lead_photo=photo)
    path = sizes_of(photo)[0].address
    assert (api("photos/")["results"], api.get(path).status_code) == ([], 404)
    publish(article)
    assert [row["id"] for row in api("photos/")["results"]] == [str(photo.pk)]
    assert api.get(path).getvalue() != b""
    press.withdraw(article)
    assert (api("photos/")["results"], api.get(path).status_code) == ([], 404)


def test_a_photo_whose_rights_had_ended_is_no_news_when_its_story_is_published(api):
    photo = make_photo(usable_until=timezone.now() - timedelta(days=1))
    article = bring(make_article(slug="vote", lead_photo=photo))
    assert api("articles/vote/")["lead_photo"] is None
    press.withdraw(article)
    assert Change.objects.filter(kind="photo").count() == 0


def test_rights_that_end_are_told_once(api):
    photo = make_photo(usable_until=timezone.now() + timedelta(hours=1))
    article = publish(make_article(slug="vote", lead_photo=photo))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert api("articles/vote/")["lead_photo"] is None
        press.withdraw(article)
        bring(article)
    assert list(Change.objects.filter(kind="photo").order_by("edition").values_list("action", flat=True)) == [
        "published",
        "withdrawn",
    ]


def test_a_photo_dates_from_its_first_use(api):
    photo = make_photo()
    publish(make_article(lead_photo=photo), published_at=LONG_AGO)
    publish(make_article(lead_photo=photo))
    assert api("photos/")["results"][0]["published_at"] == "2020-01-01T00:00:00Z"


def test_a_placement_says_it_its_own_way_and_cannot_blank_the_credit(api):
    photo = make_photo(caption="Own", alt_text="Own alt", credit_line="A/B")
    publish(make_article(slug="vote", lead_photo=photo, lead_photo_caption="Here"))
    shown = api("articles/vote/")["lead_photo"]
    assert (shown["caption"], shown["alt_text"], shown["credit_line"]) == ("Here", "Own alt", "A/B")


def test_a_used_photo_cannot_be_deleted():
    photo = make_photo()
    article = make_article(lead_photo=photo)
    with pytest.raises(models.ProtectedError):
        photo.delete()
    block = {"id": "p", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}}
    article.lead_photo, article.body = None, [block]
    article.save()
    press.save(article)
    publish(article)
    with pytest.raises(models.ProtectedError):
        photo.delete()


def test_the_same_picture_is_in_the_library_once():
    picture = make_picture()
    make_photo(file=SimpleUploadedFile("one.jpg", picture.read()))
    picture.seek(0)
    with pytest.raises(ValidationError) as error:
        Photo(file=SimpleUploadedFile("other.jpg", picture.read()), credit_line="A").full_clean()
    assert error.value.message_dict["file"] == [
        'This picture is in the library already: "A street in spring". Use that one.'
    ]


def test_a_focal_point_lies_in_the_picture():
    photo = make_photo()
    photo.focal_x = 1.5
    with pytest.raises(ValidationError):
        photo.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(focal_x=1.5)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_picture_at_once_the_one_who_is_refused_leaves_it_to_the_other(uploads):
    content = make_picture().read()
    first, second = (Photo(file=SimpleUploadedFile("a.jpg", content), credit_line="A. Name") for _ in range(2))
    first.full_clean()
    second.full_clean()
    refusals = []

    def send_second():
        try:
            second.save()
        except ValidationError as error:
            refusals.append(error.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=send_second)
    original = uploads / original_path(second, "")
    with press.printing():
        thread.start()
        while thread.is_alive() and not original.exists():
            time.sleep(0.01)
        first.save()
    thread.join()

    assert refusals == ["twin"]
    assert Photo.objects.get() == first
    assert original.read_bytes() == content
    assert {file.parent.parent.name for file in uploads.glob("sizes/*/*/*")} == {str(first.pk)}
