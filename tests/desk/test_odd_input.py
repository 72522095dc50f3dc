"""What people really paste into the plain fields of the desk: words come back, and never a broken page."""

import pytest
from django import forms

from cms.publishing.models import Publication
from tests.desk import drawing
from tests.desk.test_pages_articles import log_in
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

pytestmark = pytest.mark.django_db
MAKE = {
    "newsroom/article": make_article,
    "newsroom/blurb": make_blurb,
    "newsroom/video": make_video,
    "newsroom/byline": make_byline,
    "newsroom/topic": make_topic,
    "newsroom/section": make_section,
    "media/photo": make_photo,
}
LEGAL = {
    "emoji": "👩‍👩‍👧‍👦 🇺🇦 👍🏽",
    "right to left": "\u202eשלום עולם\u202c مرحبا",
    "accents on accents": "Z" + "\u0301" * 40,
    "markup": "<script>alert(1)</script>&amp;<b>",
    "a template": "{{ 7|add:7 }} {% now 'Y' %} %(when)s %s {0}",
    "a quote": "'; DROP TABLE newsroom_article; --",
}
ODD = {
    "a line of 5,000 letters": "x" * 5000,
    "5,000 words": "word " * 5000,
    "a NUL": "before\x00after",
    "control characters": "a\x07b\x1bc\x7f\x0b\x0c\u2028\u2029",
    "a byte order mark": "\ufeffTitle",
    "all that is legal": " ".join(LEGAL.values()),
}


def fields_of(page):
    """A page's fields, and the names of those that take plain text."""
    context = page.context
    sent = {"base": context.get("base") or "", "key": str(context.get("key") or "")}
    plain = []
    forms_of_page = [context["adminform"].form]
    for inline in context.get("inline_admin_formsets", []):
        forms_of_page += [inline.formset.management_form, *inline.formset.forms]
    for form in forms_of_page:
        for field in form:
            value = field.value()
            if isinstance(field.field, forms.CharField) and not isinstance(field.field.widget, forms.HiddenInput):
                plain.append(field.html_name)
            if value is not None and value is not False:
                sent[field.html_name] = "on" if value is True else value
    return sent, plain


BELOW = {"ai_use_level": "ai_use_note"}  # a note on what is not chosen is said of the choice


def errors_of(answer):
    pages = [answer.context["adminform"].form]
    for inline in answer.context.get("inline_admin_formsets", []):
        pages += inline.formset.forms
    return [form.add_prefix(name) for form in pages for name in form.errors]


# A blurb and a video are stored as a story is.
@pytest.mark.parametrize(
    "place",
    [pytest.param(place, marks=[pytest.mark.apart] * place.endswith(("blurb", "video"))) for place in MAKE],
)
def test_odd_text_in_any_field_is_kept_or_refused_in_words(client, place):
    """One text after the other, each in all fields of the same page; at the end the list shows all that was added."""
    log_in(client)
    where = f"/admin/{place}/{MAKE[place]().pk}/"
    shown = client.get(f"{where}change/")
    before, _ = fields_of(shown)
    for name, odd in ODD.items():
        sent, plain = fields_of(shown)
        assert plain
        everywhere = {**sent, **dict.fromkeys(plain, odd)}
        page = {**everywhere, "_save": "1"}
        answer = drawing.post(client, f"{where}change/", page)
        for _look in ("at the fields", "at what they make together"):
            if answer.status_code == 302:
                break
            refused = errors_of(answer)  # what is refused says so; all the rest is taken as it is
            refused += [BELOW[field] for field in refused if field in BELOW]
            assert refused, name
            page |= {field: before.get(field, "") for field in refused}
            answer = drawing.post(client, f"{where}change/", page)
        assert answer.status_code == 302, (name, errors_of(answer))
        if "base" in shown.context:
            for act in ("autosave/", "check/"):
                kept = client.post(f"{where}{act}", {**everywhere, "page": sent["key"]})
                assert kept.status_code == 200, (name, act)
        assert client.post(f"/admin/{place}/add/", everywhere).status_code in (200, 302), name
        shown = client.get(f"{where}change/")
        assert shown.status_code == 200, name
        assert client.get(f"/admin/{place}/", {"q": odd[:500]}).status_code in (200, 302), name
    assert client.get(f"/admin/{place}/").status_code == 200


@pytest.mark.parametrize("name", LEGAL)
def test_odd_headline_and_byline_reach_readers_letter_by_letter(client, api, name):
    odd = LEGAL[name]
    byline = make_byline(odd, slug="odd")
    publish(make_article(headline=odd, slug="odd", bylines=[byline]))

    document = api("articles/odd/")

    assert (document["headline"], document["bylines"][0]["name"]) == (odd, odd)
    assert Publication.objects.get().is_live
