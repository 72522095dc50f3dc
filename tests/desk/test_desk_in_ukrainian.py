"""The desk as a Ukrainian editor sees it: a word in Latin letters is one that nobody has marked or translated."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User

from cms.previews import previews
from cms.publishing import press
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.apart]

SAID = {"title", "alt", "aria-label", "placeholder", "value", "label"}
# What is the same in Ukrainian, and what the stock admin says in English in every language.
NAMES = (
    r"CACHE_TAG_HEADER|Standard Webhooks|Cloudflare Pages|Authorization: Bearer|Cloudflare|purge_select|xkey-purge|"
    r"Cache-Tag|its-slug|article|Delete|home|IndexNow|Varnish|Netlify|Vercel|GitHub|Fastly|nginx|PURGE|tags|xkey|"
    r"Single Sign-On|pbkdf2_sha256|md5|Authenticator|canonical|Microsoft|1Password|YouTube|English|"
    r"Control|Command|FreeOTP|Galley|WebVTT|Google|Search|H\.264|Vimeo|Shift|Enter|en-GB|"
    r"Aegis|False|JSON|WebM|JPEG|IPTC|EXIF|Ctrl|HTML|slug|LDAP|True|API|Alt|UTC|MP4|SRT|"
    r"XMP|Cmd|Esc|Tab|Mac|AI|MB|en|uk|QR"
)
NO_WORDS = re.compile(
    r"^[\w ]+: може|\S+\*{9,}|(?:[A-Z2-7]{4} ?){8}|https?://\S+|%\(\w+\)s|picture-\d+\.jpeg|<[^>]*>"
    rf"|\b(?:{NAMES})\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


class Words(HTMLParser):
    """What a page shows, reads out or asks for, and where it leads."""

    SILENT = ("script", "style", "textarea")

    def __init__(self, html):
        super().__init__()
        self.said, self.links, self.silent = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.silent += tag in self.SILENT
        is_typed = tag == "input" and values.get("type") not in {"submit", "button"}
        if tag == "a":
            self.links.append(values.get("href") or "")
        for name, value in attrs:
            if name in SAID and not (name == "value" and (is_typed or tag not in {"input"})):
                self.said.append(value or "")
            elif name.startswith("data-") and " " in (value or "") and not value.startswith(("{", "[", "/", "<")):
                self.said.append(value)

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, text):
        if not self.silent:
            self.said.append(text)


@pytest.fixture
def newsroom(db):
    """One of everything, named in Cyrillic letters."""
    section, topic = make_section("Місто", slug="1"), make_topic("Повінь", slug="2")
    chief = User.objects.create_superuser("шеф", "", "x", first_name="Олена", last_name="Шеф")
    byline = make_byline("Іван Автор", slug="3", user=chief)
    photo = make_photo(credit_line="І. Автор", alt_text="Вулиця", caption="Вулиця навесні")
    make_photo(credit_line="", alt_text="", caption="Без опису")
    common = {"section": section, "topics": [topic], "bylines": [byline], "language": "uk"}
    article = make_article(headline="Міст", slug="4", lead_photo=photo, corrections=["Було інакше."], **common)
    other = make_article(headline="Річка", slug="5", related=[article], **common)
    publish(other)
    video = make_video(headline="Фільм", slug="6", label="Відео", credit_line="І. Автор", poster=photo, **common)
    blurb = make_blurb(text_html="Коротко.", label="Стрічка", **common)
    for item in (article, video, blurb):
        publish(item)
    article.headline = "Новий міст"
    press.save(article, by=chief)
    press.submit(article, by=chief)
    previews.make(article, by=chief)
    gone = publish(make_article(headline="Старе", slug="7", **common))
    press.withdraw(gone, "error", by=chief)
    return chief


def test_every_page_of_the_desk_is_in_ukrainian(newsroom, client):
    client.force_login(newsroom)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "uk"
    waiting, seen, wrong = ["/admin/"], set(), {}

    while waiting:
        address = waiting.pop()
        kind = re.sub(r"[0-9a-f-]{36}|\d+", "N", address.split("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        response = client.get(address)
        assert response.status_code in {200, 302}, address
        if "text/html" not in response.get("Content-Type", ""):
            continue
        page = Words(response.content.decode())
        texts = {" ".join(text.split()) for text in page.said}
        wrong |= {text: kind for text in texts if LATIN.search(NO_WORDS.sub("", text))}
        links = [link.split("#")[0] for link in page.links]
        waiting += [link for link in links if link.startswith("/admin/") and "original" not in link]

    assert len(seen) > 40, seen
    assert wrong == {}
