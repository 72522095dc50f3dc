"""The photo library at the desk."""

import pytest
from django.contrib.auth.models import Permission, User

from media.models import Photo
from tests.factories import make_article, make_byline, make_photo, make_picture, publish

pytestmark = pytest.mark.django_db
DETAILS = {"focal_x": "0.5", "focal_y": "0.5"}


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_user("editor", is_staff=True, is_superuser=True))
    return client


def said(response):
    return [str(message) for message in response.context["messages"]]


def page_of(photo):
    return f"/admin/media/photo/{photo.pk}/change/"


def test_photo_is_uploaded_with_its_credit(desk):
    values = {"file": make_picture(), "credit_line": "N. Name/Agency", "alt_text": "A boat", **DETAILS}

    desk.post("/admin/media/photo/add/", values)

    photo = Photo.objects.get()
    assert (photo.credit_line, photo.renditions.count() > 0) == ("N. Name/Agency", True)


def test_what_a_photo_lacks_is_said_when_it_is_saved(desk):
    response = desk.post("/admin/media/photo/add/", {"file": make_picture(), **DETAILS}, follow=True)

    assert any("its credit line" in text for text in said(response))
    assert any("alt text" in text for text in said(response))


@pytest.mark.parametrize(("usable", "credits"), [("yes", ["N. Name"]), ("no", [""]), ("odd", ["", "N. Name"])])
def test_list_tells_photos_that_can_be_published_from_others(desk, usable, credits):
    make_photo(credit_line="N. Name"), make_photo(credit_line="")

    found = desk.get(f"/admin/media/photo/?usable={usable}").context["cl"].result_list

    assert sorted(photo.credit_line for photo in found) == credits


def test_picture_that_is_here_already_leads_to_the_photo(desk):
    file = make_picture()
    photo = make_photo(file=file, caption="The <first> one")
    file.seek(0)

    response = desk.post("/admin/media/photo/add/", {"file": file, **DETAILS})

    page = response.content.decode()
    assert f'<a href="{page_of(photo)}">The &lt;first&gt; one</a>' in page
    assert Photo.objects.count() == 1


def test_file_that_is_no_picture_is_refused_in_words(desk):
    file = make_picture()
    file.file.seek(0)
    file.file.write(b"no picture at all")

    response = desk.post("/admin/media/photo/add/", {"file": file, **DETAILS})

    assert response.status_code == 200
    assert not Photo.objects.exists()


def test_original_is_never_altered(desk):
    photo = make_photo()

    desk.post(page_of(photo), {"file": make_picture(), "credit_line": "B. Name", "alt_text": "A street", **DETAILS})

    after = Photo.objects.get()
    assert (after.credit_line, after.checksum, after.file.name) == ("B. Name", photo.checksum, photo.file.name)


def test_page_shows_the_picture_and_where_it_is_used(desk):
    photo = make_photo()
    draft, live = make_article(headline="A draft", lead_photo=photo), make_article(headline="A story")
    publish(
        make_article(
            headline="A live one",
            body=[
                {
                    "id": "a",
                    "type": "photo",
                    "photo": {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""},
                }
            ],
        )
    )
    make_byline("Ann Able", portrait=photo)

    page = desk.get(page_of(photo)).content.decode()

    assert f'<img src="/media/{photo.pk}/' in page
    assert draft.headline in page
    assert "A live one" in page
    assert "Ann Able" in page
    assert live.headline not in page


def test_used_photo_cannot_be_deleted_and_the_page_says_by_what(desk):
    in_lead, in_body, in_draft, free = make_photo(), make_photo(), make_photo(), make_photo()

    def body(photo):
        link = {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}
        return [{"id": "a", "type": "photo", "photo": link}]

    make_article(headline="With lead", lead_photo=in_lead)
    publish(make_article(headline="With body", body=body(in_body)))
    make_article(headline="With draft", body=body(in_draft))

    pages = {}
    for photo in (in_lead, in_body, in_draft, free):
        pages[photo] = desk.post(f"/admin/media/photo/{photo.pk}/delete/", {"post": "yes"}).content.decode()

    assert "With lead" in pages[in_lead]
    assert "With body" in pages[in_body]
    assert "With draft" in pages[in_draft]
    assert set(Photo.objects.all()) == {in_lead, in_body, in_draft}


def test_choosing_a_photo_tells_what_it_is(desk):
    photo = make_photo(credit_line="")

    answer = desk.get(f"/admin/media/photo/{photo.pk}/described/").json()

    assert answer["thumbnail"].startswith(f"/media/{photo.pk}/")
    assert (answer["caption"], answer["credit_line"]) == ("A street in spring", "")
    assert len(answer["obstacles"]) == 1


def test_description_is_for_those_who_may_see_photos(client):
    photo = make_photo()
    user = User.objects.create_user("reporter", is_staff=True)
    client.force_login(user)

    assert client.get(f"/admin/media/photo/{photo.pk}/described/").status_code == 404
    user.user_permissions.add(Permission.objects.get(codename="view_photo"))
    assert client.get(f"/admin/media/photo/{photo.pk}/described/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_with_one_photo_and_with_three(desk, number, django_assert_num_queries):
    for _photo in range(number):
        make_photo()
    desk.get("/admin/media/photo/")

    with django_assert_num_queries(5):
        response = desk.get("/admin/media/photo/?q=street")

    assert len(response.context["cl"].result_list) == number
