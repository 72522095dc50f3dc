"""Pages that stand outside the news, written by programs."""

import pytest

pytestmark = pytest.mark.django_db


def test_program_writes_a_page_publishes_it_and_takes_it_down(desk, api):
    made = desk.post("pages/", {"title": "Jobs", "slug": "jobs", "body_html": "<p>We look for a night editor.</p>"})
    assert [made.status_code, made.json()["state"], api("pages/")["results"]] == [201, "draft", []]

    key = made.json()["id"]
    assert desk.post(f"pages/{key}/publish/", {}, If_Match=made["ETag"]).status_code == 200
    assert api("pages/jobs/")["body_html"] == "<p>We look for a night editor.</p>"

    one = desk.get(f"pages/{key}/")
    changed = desk.patch(f"pages/{key}/", {"standfirst": "Apply by May."}, one)
    assert [changed.status_code, changed.json()["state"]] == [200, "live with changes"]
    assert api("pages/jobs/")["standfirst"] is None

    assert desk.post(f"pages/{key}/withdraw/", {"reason": "withdrawn"}, If_Match=changed["ETag"]).status_code == 200
    assert api.get("pages/jobs/").status_code == 410


def test_reporters_program_may_not_write_pages(program):
    refused = program("write", "drafts", role="Reporter").post("pages/", {"title": "Jobs"})

    assert refused.status_code == 403


def test_site_is_no_list_to_write_to(desk):
    assert desk.get("site/").status_code == 404
