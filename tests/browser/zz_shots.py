import os, json
from pathlib import Path
from tests.browser import MARKS, expect, settled
from tests.factories import *
from django.core.files.uploadedfile import SimpleUploadedFile
pytestmark = MARKS
OUT = Path("/tmp/yshots")

def photo(name, **v):
    data = Path(f"newsroom/demo/photos/{name}.jpg").read_bytes()
    return make_photo(file=SimpleUploadedFile(f"{name}.jpg", data, "image/jpeg"), **v)

def story():
    lead = photo("harbour", credit_line="I. Kovalenko/Calder Meridian", caption="The harbour on Tuesday morning, before the rain.", alt_text="Boats in a harbour")
    second = photo("lighthouse", credit_line="N. Name/Agency", caption="The lighthouse.", alt_text="A lighthouse")
    older = publish(make_article(headline="The flood wall that nobody wanted", slug="older", standfirst="Ten years on, the council looks back.", lead_photo=second))
    body = [
        {"id": "a1", "type": "paragraph", "html": "The river rose by <strong>forty centimetres</strong> overnight, and by morning three streets of the old town were closed. “We have seen worse,” said the harbour master, who has kept the log since 1989."},
        {"id": "a2", "type": "paragraph", "html": "Volunteers filled sandbags at the market hall until four. The <a href=\"https://example.org/report\">council’s report</a> of last spring had warned of exactly this."},
        {"id": "a3", "type": "related", "article": {"link": "article", "id": str(older.pk)}},
        {"id": "a4", "type": "heading", "level": 2, "html": "What happens next"},
        {"id": "a5", "type": "paragraph", "html": "The peak is expected on Thursday at noon."},
        {"id": "a6", "type": "photo", "photo": {"link": "photo", "id": str(second.pk), "caption": "", "alt_text": ""}},
        {"id": "a7", "type": "quote", "html": "<p>Nobody here is leaving.</p>", "attribution": "A. Resident"},
        {"id": "a8", "type": "paragraph", "html": "It happened again."},
    ]
    return publish(make_article(headline="Three streets closed as the river rises over the harbour wall", kicker="Weather", slug="river", standfirst="The peak is expected on Thursday; the council asks people to stay away from the quays.", section=make_section("City"), topics=[make_topic("Floods")], bylines=[make_byline("Ann Writer")], lead_photo=lead, body=body))

def test_shots(open_desk):
    item = story()
    update(item, headline="Three streets closed as the river rises over the harbour wall again")
    which = os.environ.get("SHOTS", "story,new,more,tools,menu,find").split(",")
    sizes = [tuple(map(int, s.split("x"))) for s in os.environ.get("SIZES", "1440x900,390x844,834x1112").split(",")]
    page = open_desk()
    page.set_default_timeout(15000)
    if os.environ.get("UK"):
        page.set_extra_http_headers({"Accept-Language": "uk"})
    for scheme in os.environ.get("SCHEMES", "light").split(","):
        page.emulate_media(color_scheme=scheme)
        for w, h in sizes:
            page.set_viewport_size({"width": w, "height": h})
            tag = f"{w}-{scheme}"
            def shot(name, **k):
                page.screenshot(path=OUT / f"{name}-{tag}.png", **k)
            if "new" in which:
                page.goto("/admin/newsroom/article/add/"); settled(page); page.wait_for_timeout(300); shot("new")
            page.goto(f"/admin/newsroom/article/{item.pk}/change/"); settled(page); page.wait_for_timeout(400)
            if "story" in which:
                shot("story")
            if "full" in which:
                shot("full", full_page=True)
            text = page.locator(".field-body .ProseMirror[contenteditable]").first
            if "more" in which:
                page.locator(".desk-more > summary").click(); shot("more"); page.keyboard.press("Escape")
            if "tools" in which:
                text.locator("> p").nth(1).click(); page.keyboard.press("Home"); page.keyboard.press("Control+Shift+ArrowRight"); page.wait_for_timeout(200); shot("tools")
            if "menu" in which:
                text.locator("> p").nth(1).click(); page.keyboard.press("End"); page.keyboard.press("Enter"); page.keyboard.type("/flood"); page.wait_for_timeout(700); shot("menu"); page.keyboard.press("Escape")
            if "find" in which:
                text.locator("> p").first.click(); page.keyboard.press("Control+f"); page.keyboard.type("the"); page.wait_for_timeout(200); shot("find")

def test_bytes(open_desk):
    paragraphs_ = [{"id": f"p{n}", "type": "paragraph", "html": " ".join(f"word{n}x{k}" for k in range(100))} for n in range(200)]
    item = make_article(headline="Long", body=paragraphs_)
    page = open_desk()
    sizes = []
    page.on("request", lambda r: sizes.append((r.url.rsplit('/',2)[-2], len(r.post_data_buffer or b""))) if r.method == "POST" else None)
    page.goto(f"/admin/newsroom/article/{item.pk}/change/"); settled(page)
    page.locator(".field-body .ProseMirror[contenteditable] > p").first.click()
    for n in range(4):
        page.keyboard.type(" more words")
        page.wait_for_timeout(5500)
    print(sizes)
