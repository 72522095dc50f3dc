"""Through the server's own door: what is kept ready-made is never another form's."""

import pytest

from tests.factories import make_article, make_section, publish, update

PATH = "/api/v1/articles/vote/"
FORMS = {
    "": "application/json",
    "application/json": "application/json",
    "text/html,application/xhtml+xml,*/*;q=0.8": "application/json",
    "text/markdown": "text/markdown; charset=utf-8",
    "text/markdown, */*;q=0.1": "text/markdown; charset=utf-8",
    "application/ld+json": "application/ld+json",
    "application/vnd.iptc.ninjs+json": "application/vnd.iptc.ninjs+json",
}


@pytest.fixture
def story(transactional_db):
    return publish(make_article(slug="vote", headline="The vote", section=make_section("World")))


def test_kept_answers_never_mix_up_forms(within, story):
    for _round in range(3):
        for accept, media_type in FORMS.items():
            response = within.get(PATH, **({"accept": accept} if accept else {}))
            assert (response.status, response.headers["content-type"]) == (200, media_type)
        for form, media_type in [("md", "text/markdown; charset=utf-8"), ("json", "application/json")]:
            response = within.get(f"{PATH}?format={form}", accept="application/ld+json")
            assert response.headers["content-type"] == media_type
        email = within.get("/api/v1/articles/?section=world&format=email")
        assert email.headers["content-type"] == "text/html; charset=utf-8"
        assert email.headers["content-security-policy"].startswith("sandbox")
        assert b"The vote" in email.body
        assert within.get("/api/v1/articles/?section=world").json()["results"][0]["slug"] == "vote"
    assert within.application.cache.hits >= 2 * len(FORMS)


def test_browsers_share_one_kept_answer(within, story):
    within.get(PATH)
    made = within.application.cache.made
    for accept in [
        "*/*",
        "application/json",
        "text/html,*/*;q=0.8",
        "image/avif,image/webp,*/*",
        "application/json, */*",
    ]:
        assert within.get(PATH, accept=accept).status == 200
    assert within.application.cache.made == made


def test_refusal_of_a_form_is_not_answered_from_what_is_kept(within, story):
    for _round in range(2):
        assert within.get(PATH).status == 200
        assert within.get(PATH, accept="application/json;q=0").status == 406
        assert within.get(PATH, accept="application/json;q=0, */*").headers["content-type"] == "application/ld+json"
        assert within.get("/api/v1/articles/", accept="text/markdown").status == 406
        assert within.get("/api/v1/articles/", accept="application/json;q=0").status == 406
        assert within.get("/api/v1/articles/").status == 200


def test_tag_of_one_form_is_no_other_s(within, story):
    tags = {accept: within.get(PATH, accept=accept).headers["etag"] for accept in FORMS if accept}
    for accept, tag in tags.items():
        for other, media_type in FORMS.items():
            expected = 304 if other and media_type == FORMS[accept] else 200
            if other:
                assert within.get(PATH, accept=other, if_none_match=tag).status == expected, (accept, other)


def test_every_form_is_new_after_an_update(within, story):
    paths = [(PATH, accept) for accept in FORMS] + [
        (f"{PATH}?format=email", ""),
        ("/api/v1/articles/?format=email", ""),
    ]
    for path, accept in paths:
        assert b"The vote" in within.get(path, accept=accept).body
    publish(update(story, headline="The second vote"))
    for path, accept in paths:
        assert b"The second vote" in within.get(path, accept=accept).body
