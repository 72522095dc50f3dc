"""The photo library at the desk."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cms.search import desk as index
from media.models import Photo
from media.photos.admin import PhotoAdmin
from tests.factories import make_article, make_byline, make_photo, make_picture, publish

pytestmark = pytest.mark.django_db
DETAILS = {"focal_x": "0.5", "focal_y": "0.5"}


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_user("editor", is_staff=True, is_superuser=True))
    return client


def named(name):
    file = make_picture()
    file.name = name
    return file


def content_of(photo):
    with photo.file.open() as file:
        return file.read()


def make_many(number):
    """Photos of which only the rows are there."""
    said = {"caption": "A street", "credit_line": "A. Name/Agency", "alt_text": "A street", "extension": "jpg"}
    made = {"sizes_version": "0123456789", "sizes_formats": ["jpg"], "sizes_widths": {"original": [320]}}
    return Photo.objects.bulk_create(Photo(checksum=str(row), **said, **made) for row in range(number))


def said(response):
    return [str(message) for message in response.context["messages"]]


def page_of(photo):
    return f"/admin/media/photo/{photo.pk}/change/"


def test_photo_is_uploaded_with_its_credit(desk):
    values = {"file": make_picture(), "credit_line": "N. Name/Agency", "alt_text": "A boat", **DETAILS}

    desk.post("/admin/media/photo/add/", values)

    photo = Photo.objects.get()
    assert (photo.credit_line, photo.sizes_formats) == ("N. Name/Agency", ["jpg"])


def test_what_a_photo_lacks_is_said_when_it_is_saved(desk):
    response = desk.post("/admin/media/photo/add/", {"file": make_picture(), **DETAILS}, follow=True)

    assert any("its credit line" in text for text in said(response))
    assert any("alt text" in text for text in said(response))


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


# The library


LIBRARY = "/admin/media/photo/"


def found(desk, query):
    return sorted(photo.caption for photo in desk.get(f"{LIBRARY}?{query}").context["cl"].result_list)


@pytest.mark.parametrize(
    "words",
    ["RIVER", "river kherson", "olena", "galera", "flood-01", "evacuation", "boat dnipro", "%D0%9A%D0%95%D0%A0"],
)
def test_photo_is_found_by_any_word_that_it_says(desk, once, words):
    once(make_river_and_stadium)

    assert found(desk, f"q={words}") == ["The river at Kherson"]


def make_river_and_stadium():
    make_photo(
        caption="The river at Kherson",
        alt_text="A boat",
        credit_line="Olena Ґudz/Galera",
        place="Dnipro",
        keywords=["evacuation"],
        headline="Паром Кернес",
        file=named("flood-01.jpg"),
    )
    make_photo(caption="A stadium", alt_text="", credit_line="B. Other")


def test_every_word_must_occur(desk):
    make_photo(caption="The river at Kherson")

    assert found(desk, "q=river+stadium") == []
    assert found(desk, "q=%25") == []
    assert desk.get(f"{LIBRARY}?q=%00").status_code == 200


@pytest.mark.parametrize(
    ("query", "captions"),
    [
        ("lacks=credit", ["no credit"]),
        ("lacks=alt", ["no alt"]),
        ("lacks=any", ["no alt", "no credit"]),
        ("rights=ending", ["ending"]),
        ("rights=ended", ["ended"]),
        ("shape=portrait", ["portrait"]),
        ("shape=square", ["square"]),
        ("made=ai", ["by a machine"]),
        ("taken=2024", ["of 2024"]),
        ("taken=2024-05", ["of 2024"]),
        ("taken=2024-06", []),
        ("lacks=credit&rights=ended", []),
        ("uploaded=1&lacks=credit", ["no credit"]),
    ],
)
def test_library_is_narrowed_down(desk, once, query, captions):
    once(make_library)

    assert found(desk, query) == captions


def make_library():
    now = timezone.now()
    make_photo(caption="whole", usable_until=now + timedelta(days=15))
    make_photo(caption="no credit", credit_line="")
    make_photo(caption="no alt", alt_text="")
    make_photo(caption="decorative", alt_text="", is_decorative=True)
    make_photo(caption="ending", usable_until=now + timedelta(days=13))
    make_photo(caption="ended", usable_until=now - timedelta(minutes=1))
    make_photo(caption="portrait", width=40, height=60)
    make_photo(caption="square", width=40, height=40)
    make_photo(caption="by a machine", digital_source_type="trainedAlgorithmicMedia")
    make_photo(caption="of 2024", taken_at=datetime(2024, 5, 31, 12, tzinfo=UTC))


@pytest.mark.parametrize("query", ["lacks=odd", "taken=soon", "taken=2024-13", "shape=", "p=0", "p=x"])
def test_filter_that_says_nothing_leaves_nothing_out(desk, query):
    make_photo(caption="here")

    assert found(desk, query) == ["here"]


def body_with(photo):
    link = {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}
    return [{"id": "a", "type": "photo", "photo": link}]


def test_used_photos_are_told_from_those_never_used(desk):
    lead, portrait, live, draft = (make_photo(caption=name) for name in ("lead", "portrait", "live", "draft"))
    make_photo(caption="never")
    make_article(lead_photo=lead)
    make_byline(portrait=portrait)
    publish(make_article(body=body_with(live)))
    make_article(body=body_with(draft))

    assert found(desk, "use=used") == ["lead", "live", "portrait"]
    assert found(desk, "use=never") == ["never"]


def test_card_says_what_is_wrong(desk):
    make_photo(caption="", alt_text="", credit_line="", usable_until=timezone.now() - timedelta(days=1))
    make_photo(usable_until=timezone.now() + timedelta(days=3), digital_source_type="trainedAlgorithmicMedia")

    good, bad = desk.get(LIBRARY).context["cards"]

    assert [text for _name, text in bad["badges"]] == ["No credit", "No alt text", "Rights ended"]
    assert good["badges"][0][1].startswith("Rights end on ")
    assert good["badges"][1][1] == "AI"


def test_library_goes_on_page_after_page(desk, monkeypatch):
    monkeypatch.setattr(PhotoAdmin, "list_per_page", 2)
    for number in range(5):
        make_photo(caption=f"photo {number}")

    pages = [found(desk, f"p={number}") for number in (1, 2, 3, 4)]

    assert pages == [["photo 3", "photo 4"], ["photo 1", "photo 2"], ["photo 0"], []]
    assert "?p=3" in desk.get(f"{LIBRARY}?p=2").content.decode()
    assert "Next page" not in desk.get(f"{LIBRARY}?p=3").content.decode()


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("path", ["?q=street", "choose/?q=street&part=grid"])
def test_list_costs_the_same_with_one_photo_and_with_thirty(desk, number, path, django_assert_num_queries):
    index.follow_saves({("photo", photo.pk) for photo in make_many(number)})
    desk.get(f"{LIBRARY}?q=else")

    with django_assert_num_queries(4):  # session, user, the edition, photos
        response = desk.get(f"{LIBRARY}{path}")

    assert response.content.decode().count('class="photo-card"') == number


@pytest.mark.parametrize("number", [1, 30])
def test_page_for_many_costs_the_same_with_one_photo_and_with_thirty(desk, number, django_assert_num_queries):
    keys = ",".join(str(photo.pk) for photo in make_many(number))
    desk.get(f"{LIBRARY}complete/?photos={keys}")

    with django_assert_num_queries(3):
        response = desk.get(f"{LIBRARY}complete/?photos={keys}")

    assert len(response.context["rows"]) == number


# Uploads


def upload(client, file):
    return client.post(f"{LIBRARY}upload/", {"file": file})


def test_file_that_is_dropped_becomes_a_photo(desk):
    answer = upload(desk, make_picture())

    photo = Photo.objects.get()
    said = answer.json()
    assert (answer.status_code, said["id"], said["badges"]) == (201, str(photo.pk), ["No credit", "No alt text"])
    assert said["thumbnail"].startswith(f"/media/{photo.pk}/")
    assert f'data-id="{photo.pk}"' in said["html"]


def test_file_that_is_here_already_leads_to_its_photo(desk):
    file = make_picture()
    photo = make_photo(file=file)
    file.seek(0)

    answer = upload(desk, file)

    assert (answer.status_code, answer.json()["code"]) == (409, "twin")
    assert answer.json()["twin"]["address"] == page_of(photo)
    assert Photo.objects.count() == 1


def test_file_that_is_refused_says_why(desk):
    answer = upload(desk, SimpleUploadedFile("picture.jpg", b"no picture at all"))

    assert answer.status_code == 415
    assert "no picture" in answer.json()["error"]
    assert desk.post(f"{LIBRARY}upload/").status_code == 400
    assert desk.get(f"{LIBRARY}upload/").status_code == 405
    assert not Photo.objects.exists()


def test_upload_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("editor", is_staff=True, is_superuser=True))

    assert upload(client, make_picture()).status_code == 403
    assert not Photo.objects.exists()


# Many at once


def row(photo, credit_line=None, alt_text=None, caption=None):
    prefix = photo.pk.hex
    now = {"credit_line": photo.credit_line, "alt_text": photo.alt_text, "caption": photo.caption}
    new = {"credit_line": credit_line, "alt_text": alt_text, "caption": caption}
    return {
        f"{prefix}-opened": json.dumps(now),
        **{f"{prefix}-{name}": now[name] if value is None else value for name, value in new.items()},
    }


def complete(desk, *rows, part=""):
    keys = [key.split("-")[0] for row in rows for key in row if key.endswith("-caption")]
    values = {name: value for row in rows for name, value in row.items()}
    return desk.post(f"{LIBRARY}complete/?photos={','.join(keys)}{part}", values)


def test_many_photos_are_completed_at_once(desk):
    first, second = make_photo(credit_line="", alt_text=""), make_photo(credit_line="")

    response = complete(desk, row(first, "N. Name/Agency", "A boat", "Still"), row(second, "B. Name"))

    assert response.status_code == 302
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.credit_line, first.alt_text, first.caption) == ("N. Name/Agency", "A boat", "Still")
    assert (second.credit_line, second.caption) == ("B. Name", "A street in spring")


def test_row_that_is_wrong_keeps_its_text_and_stops_no_other(desk):
    wrong, right = make_photo(credit_line=""), make_photo(credit_line="")

    response = complete(desk, row(wrong, "x" * 201, "A tower"), row(right, "B. Name"))

    page = response.content.decode()
    assert "x" * 201 in page
    assert "A tower" in page
    assert "at most 200 characters" in page
    assert {photo.credit_line for photo in Photo.objects.all()} == {"", "B. Name"}


@pytest.mark.parametrize("part", ["", "&part=rows"])
def test_what_was_written_about_a_photo_that_has_gone_since_is_shown_again(desk, part):
    gone, kept = make_photo(credit_line=""), make_photo(credit_line="")
    alone, beside = row(gone, "N. Name", "A tower"), row(kept, "B. Name")
    gone.delete()

    pages = [
        complete(desk, alone, part=part).content.decode(),
        complete(desk, alone, beside, part=part).content.decode(),
    ]

    assert [("A tower" in page, "It has since been deleted." in page) for page in pages] == [(True, True)] * 2
    assert [photo.credit_line for photo in Photo.objects.all()] == ["B. Name"]


def test_dialog_completes_a_photo_in_place(desk):
    photo = make_photo(credit_line="")

    refused = complete(desk, row(photo, "x" * 201), part="&part=rows")
    taken = complete(desk, row(photo, "N. Name"), part="&part=rows")

    assert refused.status_code == 422
    assert "<form" not in refused.content.decode()
    assert taken.json()["photos"][0]["credit_line"] == "N. Name"


def test_two_who_complete_one_photo_lose_nothing(desk):
    photo = make_photo(credit_line="", caption="")
    mine, theirs = row(photo, credit_line="Mine"), row(photo, credit_line="Theirs", caption="A caption")
    complete(desk, theirs)

    response = complete(desk, mine)

    assert "Theirs" in response.content.decode()
    photo.refresh_from_db()
    assert (photo.credit_line, photo.caption) == ("Theirs", "A caption")
    again = {**mine, f"{photo.pk.hex}-opened": json.dumps({"credit_line": "Theirs", "caption": ""})}
    complete(desk, again)
    photo.refresh_from_db()
    assert (photo.credit_line, photo.caption) == ("Mine", "A caption")


def test_several_are_chosen_in_the_library_to_be_completed_or_deleted(desk):
    used, free = make_photo(), make_photo()
    make_article(lead_photo=used, headline="With lead")
    chosen = {"_selected_action": [used.pk, free.pk], "index": "0", "select_across": "0"}

    to_complete = desk.post(LIBRARY, {**chosen, "action": "complete_selected"})
    refused = desk.post(LIBRARY, {**chosen, "action": "delete_selected", "post": "yes"})

    assert f"{LIBRARY}complete/?photos=" in to_complete.url
    assert "With lead" in refused.content.decode()
    assert Photo.objects.count() == 2


# One photo


def test_page_says_what_is_known_of_the_file_and_of_its_rights(desk):
    photo = make_photo(credit_line="", usable_until=timezone.now() + timedelta(days=5))
    Photo.objects.filter(pk=photo.pk).update(
        metadata={"iptc": {"Headline": "Flood <b>", "Keywords": ["one", "two"]}, "xmp": {}},
        notices=["The caption was cut."],
    )

    page = desk.get(page_of(photo)).content.decode()

    assert "Flood &lt;b&gt;" in page
    assert "one, two" in page
    assert "The caption was cut." in page
    assert "its credit line" in page
    assert "The rights to this photo end on" in page
    assert "Nothing yet." in page


def test_focal_point_is_saved_and_the_rest_stays(desk):
    photo = make_photo(caption="Before")
    Photo.objects.filter(pk=photo.pk).update(caption="Written meanwhile")
    opened = {"credit_line": photo.credit_line, "alt_text": photo.alt_text, "caption": "Before", "focal_x": 0.5}
    page = {**opened, "opened": json.dumps(opened), "focal_y": "0.5"}

    desk.post(page_of(photo), {**page, "focal_x": "0.25"})

    photo.refresh_from_db()
    assert (photo.focal_x, photo.focal_y, photo.caption) == (0.25, 0.5, "Written meanwhile")


def test_original_is_sent_to_those_who_may_change_photos_as_a_file_to_keep(desk):
    photo = make_photo(file=named("Повінь 1.jpg"))

    answer = desk.get(f"{LIBRARY}{photo.pk}/original/")

    assert answer.getvalue() == content_of(photo)
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_file_is_replaced_and_every_use_is_kept(desk, api):
    photo = make_photo(width=64, height=48)
    publish(make_article(slug="story", lead_photo=photo))

    question = desk.get(f"{LIBRARY}{photo.pk}/replace/").content.decode()
    answer = desk.post(f"{LIBRARY}{photo.pk}/replace/", {"file": make_picture(80, 60)})

    assert "Story" in question
    assert answer.status_code == 302
    photo.refresh_from_db()
    assert (photo.width, photo.credit_line) == (80, "A. Name/Agency")
    assert api("articles/story/")["lead_photo"]["width"] == 80


def test_file_that_is_no_picture_replaces_nothing(desk):
    photo, other = make_photo(), make_photo()

    refused = desk.post(f"{LIBRARY}{photo.pk}/replace/", {"file": SimpleUploadedFile("a.jpg", b"nothing")})
    twin = desk.post(f"{LIBRARY}{photo.pk}/replace/", {"file": SimpleUploadedFile("b.jpg", content_of(other))})

    assert "no picture" in refused.content.decode()
    assert "in the library already" in twin.content.decode()
    assert Photo.objects.get(pk=photo.pk).checksum == photo.checksum


# Where photos are used


def test_story_says_what_is_wrong_with_its_photos_before_it_is_published(desk):
    lead = make_photo(caption="Lead", credit_line="")
    body = make_photo(caption="Body", usable_until=timezone.now() + timedelta(days=2))
    fine = make_photo(caption="Fine")
    article = make_article(lead_photo=lead, body=[*body_with(body), {**body_with(fine)[0], "id": "b"}])

    told = desk.get(f"/admin/newsroom/article/{article.pk}/change/").context["problems"]
    told = [row for row in told if row["page"]]

    assert [told_row["page"] for told_row in told] == [page_of(lead), page_of(body)]
    assert told[0]["text"] == 'Give the photo "Lead" its credit line.'
    assert told[1]["text"].startswith("Body: The rights to this photo end on")


@pytest.mark.parametrize(
    ("path", "field"),
    [("article", "lead_photo"), ("blurb", "photo"), ("video", "poster"), ("byline", "portrait")],
)
def test_photo_is_chosen_in_the_library_wherever_one_is_wanted(desk, path, field):
    page = desk.get(f"/admin/newsroom/{path}/add/").content.decode()

    assert f'<input type="hidden" name="{field}" id="id_{field}" value="">' in page
    assert f'id="id_{field}_choose"' in page
    assert f'id="add_id_{field}"' not in page


# Who may do what


@pytest.fixture
def reporter(client):
    """Somebody who writes stories and may see photos."""
    user = User.objects.create_user("reporter", is_staff=True)
    codenames = ["view_photo", "add_article", "change_article", "view_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_reporter_picks_photos_and_can_do_nothing_else_to_them(reporter):
    photo = make_photo()
    library = reporter.get(f"{LIBRARY}choose/").content.decode()

    assert f'data-id="{photo.pk}"' in library
    assert 'type="file"' not in library
    assert 'type="file"' not in reporter.get(LIBRARY).content.decode()
    assert "Choose photo" in reporter.get("/admin/newsroom/article/add/").content.decode()
    assert reporter.get(page_of(photo)).status_code == 200
    statuses = [
        upload(reporter, make_picture()).status_code,
        reporter.get(f"{LIBRARY}complete/?photos={photo.pk}").status_code,
        complete(reporter, row(photo, "Stolen")).status_code,
        reporter.get(f"{LIBRARY}{photo.pk}/original/").status_code,
        reporter.get(f"{LIBRARY}{photo.pk}/replace/").status_code,
        reporter.post(f"{LIBRARY}{photo.pk}/replace/", {"file": make_picture()}).status_code,
        reporter.post(f"{LIBRARY}{photo.pk}/delete/", {"post": "yes"}).status_code,
    ]
    assert statuses == [403] * 7
    assert [kept.credit_line for kept in Photo.objects.all()] == ["A. Name/Agency"]


def test_library_is_closed_to_those_who_may_not_see_photos(reporter):
    photo = make_photo(caption="A secret boat")
    User.objects.get().user_permissions.remove(Permission.objects.get(codename="view_photo"))
    paths = ["", "choose/", f"complete/?photos={photo.pk}"]

    assert [reporter.get(f"{LIBRARY}{path}").status_code for path in paths] == [403] * 3
    hidden = [f"{photo.pk}/described/", f"{photo.pk}/look/", f"{photo.pk}/original/", f"{photo.pk}/replace/"]
    assert [reporter.get(f"{LIBRARY}{path}").status_code for path in hidden] == [404] * 4
    page = reporter.get("/admin/newsroom/article/add/").content.decode()
    assert "You may not see the photo library" in page
    assert "rights=ending" not in reporter.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "path", ["upload/", "choose/", "complete/?photos=1", "{}/original/", "{}/described/", "{}/look/"]
)
def test_nothing_is_answered_to_a_stranger(client, path):
    photo = make_photo()

    answer = client.get(f"{LIBRARY}{path.format(photo.pk)}")

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
