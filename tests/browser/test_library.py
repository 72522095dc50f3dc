"""The photo library in a real browser."""

import base64
import re

from django.utils import timezone

from media.models import Photo
from media.photos.images import CROPS
from media.pixels.shapes import crop_box
from newsroom.models import Article
from tests.browser import MARKS, choose_photo, expect, press, settled
from tests.factories import FILMS, make_article, make_photo, make_picture, publish
from tests.media.pictures import CORPUS

pytestmark = MARKS


def drop(page, *files):
    """Let files fall on the page, as a hand would from its folder."""
    sent = [(name, base64.b64encode(content).decode()) for name, content in files]
    carried = page.evaluate_handle(
        """(files) => {
          const carried = new DataTransfer();
          for (const [name, content] of files) {
            const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
            carried.items.add(new File([bytes], name, { type: "image/jpeg" }));
          }
          return carried;
        }""",
        sent,
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("body", event, {"dataTransfer": carried})


def is_as_wide_as_the_screen(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_photos_are_dropped_and_completed_in_one_go(open_desk):
    credited = (CORPUS / "iptc-utf8-ukrainian.jpg").read_bytes()
    page = open_desk()
    page.goto("/admin/media/photo/")

    plain = make_picture().read()
    drop(page, ("flood.jpg", credited), ("plain.jpg", plain), ("letter.jpg", b"Dear editor"))

    rows = page.locator(".upload-queue li")
    expect(page.locator(".upload-after [role=status]")).to_have_text("2 of 3 photos added.")
    expect(rows.first).to_contain_text("letter.jpg Not taken")
    expect(rows.filter(has_text="flood.jpg")).to_contain_text("Олена Ґудзь/Галера Фото")
    expect(rows.filter(has_text="plain.jpg").locator(".badge")).to_have_text(["No credit", "No alt text"])
    drop(page, ("again.jpg", plain))
    expect(rows.filter(has_text="again.jpg")).to_contain_text("In the library already")

    page.get_by_role("link", name="Check credits, captions and alt texts").click()
    page.locator("[data-fill]").fill("N. Name/Agency")
    page.get_by_role("button", name="Fill in").click()
    for box in page.locator(".field-alt_text textarea").all():
        box.fill("Water in a street")
    page.get_by_role("button", name="Save all").click()

    expect(page.locator(".messagelist")).to_have_text("2 photos saved.")
    expect(page.locator(".photo-card")).to_have_count(2)
    expect(page.locator(".badge")).to_have_count(0)
    assert {photo.credit_line for photo in Photo.objects.all()} == {"Олена Ґудзь/Галера Фото", "N. Name/Agency"}


def test_photo_is_found_by_its_photographer_with_what_uses_it_and_no_other_page_is_loaded(open_desk):
    mine = make_photo(caption="The river in May", credit_line="I. Kovalenko/Agency")
    make_photo(caption="A street")
    publish(make_article(headline="The flood", lead_photo=mine))
    page = open_desk()
    page.goto("/admin/media/photo/")
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame))

    page.keyboard.type("kovalenko")  # the search has the focus
    expect(page.locator(".photo-card")).to_have_count(1)
    page.locator(".photo-card a").click()

    look = page.get_by_role("dialog")
    expect(look.locator("h2")).to_have_text("The river in May")
    expect(look).to_contain_text("I. Kovalenko/Agency")
    expect(look.locator(".uses li")).to_have_text(["Story: The flood Live"])
    page.keyboard.press("Escape")
    expect(look).to_have_count(0)
    assert page.url.endswith("/admin/media/photo/?q=kovalenko")
    page.locator(".action-select").check()
    expect(page.locator(".library-chosen [role=status]")).to_have_text("1 photo selected")
    assert [frame.url for frame in loads if "?q=" not in frame.url] == []


def test_photo_is_uploaded_and_described_on_the_way_to_a_story(open_desk, api, tmp_path):
    make_photo(caption="The river in May")
    path = tmp_path / "boat.jpg"
    path.write_bytes(make_picture().read())
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.keyboard.type("The river rises")

    choose_photo(page, "lead_photo", "river may")
    expect(page.locator("#id_lead_photo_choose")).to_be_focused()
    expect(page.locator(".photo-preview .credit")).to_have_text("A. Name/Agency")
    page.locator("#id_lead_photo_choose").click()
    dialog = page.locator("dialog.photo-library")
    dialog.locator("input[type=file]").set_input_files(path)
    dialog.locator(".field-credit_line input[type=text]").fill("N. Name/Agency")
    dialog.locator(".field-alt_text textarea").fill("A boat")
    page.keyboard.press("Enter")
    expect(page.locator(".photo-preview .credit")).to_have_text("N. Name/Agency")
    press(page, "Publish")

    expect(page.locator(".standing .state")).to_have_text("Live")
    shown = api("articles/the-river-rises/")["lead_photo"]
    assert (shown["credit_line"], shown["alt_text"]) == ("N. Name/Agency", "A boat")


def test_focal_point_is_set_by_click_and_by_keyboard_and_crops_follow(open_desk):
    photo = make_photo(width=643, height=427)
    page = open_desk()
    page.goto(f"/admin/media/photo/{photo.pk}/change/")
    picture = page.locator(".focal-picture")

    def shown():
        return {crop.get_attribute("data-name"): crop.get_attribute("data-box") for crop in page.locator(".crop").all()}

    def expected(x, y):
        boxes = {name: crop_box(643, 427, ratio, (x, y)) for name, ratio in CROPS.items() if ratio}
        return {name.replace("x", ":"): " ".join(map(str, box)) for name, box in boxes.items()}

    assert shown() == expected(0.5, 0.5)
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.25})
    x, y = (float(page.locator(f"#id_focal_{axis}").input_value()) for axis in "xy")
    assert (round(x, 1), round(y, 2)) == (0.8, 0.25)
    assert shown() == expected(x, y)
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    moved = (round(x - 0.1, 4), round(y + 0.01, 4))
    assert shown() == expected(*moved)
    expect(page.locator(".focal-point")).to_have_attribute("aria-label", re.compile(r"70% from the left, 26%"))
    page.get_by_role("button", name="Save", exact=True).click()

    page.locator(".messagelist").wait_for()
    photo.refresh_from_db()
    assert (photo.focal_x, photo.focal_y) == moved


def test_photo_is_picked_on_a_phone_and_one_without_rights_is_not(open_desk):
    make_photo(caption="Ended", usable_until=timezone.now())
    for caption in ("Anchor", "Barge", "Canal", "Dinghy"):
        make_photo(caption=caption, width=64, height=48)
    page = open_desk("editor", 390, 844)
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.keyboard.type("Kept")

    page.locator("#id_lead_photo_choose").click()
    dialog = page.locator("dialog.photo-library[open]")
    chosen = dialog.locator("[aria-selected=true]")
    expect(chosen).to_contain_text("Dinghy")
    assert is_as_wide_as_the_screen(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Barge")
    page.keyboard.press("ArrowRight")
    expect(chosen).to_contain_text("Anchor")
    dialog.locator("[role=option]", has_text="Ended").click(force=True)
    expect(dialog.locator(".photo-library-foot")).to_contain_text("The rights to this photo have expired")
    expect(dialog.get_by_role("button", name="Choose", exact=True)).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#id_lead_photo_choose")).to_be_focused()
    assert page.locator("#id_lead_photo").input_value() == ""

    page.keyboard.press("Enter")
    dialog.locator("[role=option]", has_text="Canal").click()
    dialog.get_by_role("button", name="Choose", exact=True).click()
    expect(page.locator(".photo-preview .caption")).to_have_text("Canal")
    page.locator(".photo-choice").get_by_role("button", name="Remove").click()
    choose_photo(page, "lead_photo", "barge")
    press(page, "Save draft")
    article = Article.objects.get()
    assert (article.headline, article.lead_photo.caption) == ("Kept", "Barge")

    page.goto(f"/admin/media/photo/{article.lead_photo_id}/change/")
    assert is_as_wide_as_the_screen(page)
    page.goto("/admin/media/photo/?lacks=any")
    assert is_as_wide_as_the_screen(page)


def test_upload_that_does_not_go_through_says_why_and_is_sent_again(open_desk):
    page = open_desk()
    page.goto("/admin/media/photo/")
    answers = [
        lambda route: route.fulfill(status=413, content_type="text/html", body="<h1>413</h1>"),
        lambda route: route.fulfill(status=503, content_type="text/html", body="<h1>503</h1>"),
        lambda route: route.abort(),
        lambda route: route.continue_(),
    ]
    page.route("**/upload/", lambda route: answers.pop(0)(route))
    row = page.locator(".upload-list li")
    drop(page, ("boat.jpg", make_picture().read()))

    expect(row).to_contain_text("save it smaller and send it again")
    drop(page, ("boat.jpg", make_picture().read()))
    expect(row.last).to_contain_text("The server could not take it.")
    row.last.get_by_role("button", name="Try again").click()
    expect(row.last).to_contain_text("The server cannot be reached.")
    row.last.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-outcome=added]")).to_have_count(1)

    assert Photo.objects.count() == 1


def test_film_is_sent_as_soon_as_it_is_chosen(open_desk):
    page = open_desk()
    page.goto("/admin/newsroom/video/add/")
    film = page.locator(".film")
    film.locator("input[type=file]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"No film."})
    expect(film.locator(".film-said.is-wrong")).to_be_visible()
    film.locator("input[type=file]").set_input_files(FILMS / "tiny.mp4")

    expect(film.locator(".film-said")).to_contain_text("Stored. Save the page to keep it.")
    expect(film.locator(".film-facts")).to_contain_text("video/mp4, ")
