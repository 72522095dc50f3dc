"""A newsroom as deploy/ describes it, every part of it running, asked through nginx as readers and editors would."""

import http.client
import itertools
import json
import os
import re
import shutil
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from deploy.rehearse import nginx, rehearsal
from newsroom.management.commands.load_demo import USERNAME
from tests.serving import until

SERVER = os.environ.get("REHEARSAL_DATABASE_URL")
pytestmark = [
    pytest.mark.programs,
    pytest.mark.skipif(
        not (SERVER and shutil.which(nginx()) and shutil.which("redis-server")),
        reason="there is no nginx, no redis-server or no PostgreSQL (REHEARSAL_DATABASE_URL)",
    ),
]


@pytest.fixture(scope="module")
def house():
    with rehearsal(SERVER) as running:
        yield running


def ask(house, path, method="GET", body=None, **headers):
    """The answer and its body, by a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(house.url).port, timeout=30)
    named = {"Host": f"localhost:{urlsplit(house.url).port}"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def fields_of(page):
    """The fields of a page's form, as a browser would send them back."""
    form = LexborHTMLParser(page.decode()).css_first("form[id$=_form]:not(#logout-form)")
    sent = {}
    for field in form.css("input, textarea, select"):
        given = field.attributes
        if field.tag == "select":
            chosen = field.css_first("option[selected]")
            value = chosen.attributes["value"] if chosen else None
        elif field.tag == "textarea":
            value = field.text().removeprefix("\n")
        else:
            is_off = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            value = None if is_off or given.get("type") in {"file", "submit", "button"} else given.get("value") or ""
        if given.get("name") and value is not None:
            sent[given["name"]] = value
    return sent


def path_of(url):
    return urlsplit(url).path


class Desk:
    """An editor's browser, as far as forms go."""

    def __init__(self, house):
        self.house, self.cookies = house, {}

    def get(self, path):
        return self._keep(ask(self.house, path, Cookie=self._cookies()))

    def post(self, path, values):
        values = {**values, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        form = {"Content_Type": "application/x-www-form-urlencoded", "Referer": self.house.url + path}
        body = urlencode(values, doseq=True)
        return self._keep(ask(self.house, path, "POST", body, Cookie=self._cookies(), **form))

    def _cookies(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep(self, answer):
        for line in answer[0].headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


@pytest.fixture(scope="module")
def desk(house):
    desk = Desk(house)
    desk.get("/admin/login/")
    password = (house.folder / "data/demo_login").read_text()
    response, _body = desk.post("/admin/login/", {"username": USERNAME, "password": password, "next": "/admin/"})
    assert response.status == 302
    return desk


def a_section(desk):
    asked = urlencode({"app_label": "newsroom", "model_name": "blurb", "field_name": "section", "term": ""})
    return json.loads(desk.get(f"/admin/autocomplete/?{asked}")[1])["results"][0]["id"]


def test_reader_walks_the_feed_and_sees_its_pictures(house):
    response, body = ask(house, "/api/v1/feed/?page_size=5")
    rows = json.loads(body)["results"]
    assert (response.status, len(rows)) == (200, 5)
    assert rows[0]["url"].startswith(house.url)

    photo = json.loads(ask(house, "/api/v1/photos/?page_size=1")[1])["results"][0]
    template = photo["template"].format(crop="original", width=320, format="jpg") if "template" in photo else None
    address = path_of(template or re.search(r'"(http[^"]+?\.jpg)"', json.dumps(photo))[1])
    response, picture = ask(house, address)
    assert (response.status, picture[:2]) == (200, b"\xff\xd8")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    assert ask(house, address, If_None_Match=response.headers["ETag"])[0].status == 304


def test_player_gets_parts_of_a_film(house):
    videos = json.loads(ask(house, "/api/v1/videos/?page_size=100")[1])["results"]
    details = [json.loads(ask(house, path_of(video["url"]))[1]) for video in videos]
    film = next(path_of(one["sources"][0]["url"]) for one in details if one["sources"])

    whole = ask(house, film)[1]
    response, part = ask(house, film, Range="bytes=100-199")

    assert (response.status, part) == (206, whole[100:200])
    assert response.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


@pytest.mark.parametrize("path", ["/uploads/", "/uploads/originals/", "/metrics", "/uploads/../secret_key"])
def test_what_is_inside_stays_there(house, path):
    assert ask(house, path)[0].status in (400, 404)


def test_another_host_is_refused(house):
    assert ask(house, "/api/v1/feed/", Host="evil.example")[0].status == 400


def test_large_body_is_refused_where_no_film_may_come(house):
    assert ask(house, "/api/v1/feed/", "POST", b"x" * 2_000_000)[0].status == 413


def test_scripts_of_the_desk_are_there_for_ever(house, desk):
    _response, page = desk.get("/admin/")
    scripts = re.findall(r'src="(/static/[^"]+\.js)"', page.decode())
    answers = [ask(house, script)[0] for script in scripts]
    assert scripts
    assert {(answer.status, answer.headers["Content-Type"]) for answer in answers} == {(200, "text/javascript")}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)


def test_what_is_published_shows_at_both_processes_and_goes_when_it_is_withdrawn(house, desk):
    written = fields_of(desk.get("/admin/newsroom/blurb/add/")[1])
    written |= {"text_html": "<p>The harbour is open again.</p>", "section": a_section(desk)}
    response, page = desk.post("/admin/newsroom/blurb/add/", {**written, "_publish": "1"})
    assert response.status == 302, re.findall(r'class="errorlist[^>]*>.*?</ul>', page.decode(), re.S)
    address = path_of(response.headers["Location"])

    def shown():
        answers = [ask(house, "/api/v1/blurbs/?page_size=1")[1] for _time in range(6)]
        return {"The harbour is open again." in answer.decode() for answer in answers}

    until(shown, {True})  # nginx keeps an answer for a second or two

    page = fields_of(desk.get(address)[1])
    response, _page = desk.post(address, {**page, "_withdraw": "1", "reason": "error"})
    assert response.status == 302
    until(shown, {False})


def test_who_listens_through_nginx_hears_at_once_and_waits_for_nobody_else_who_listens(house, desk):
    connections = [http.client.HTTPConnection("127.0.0.1", urlsplit(house.url).port, timeout=60) for _time in range(3)]
    host = f"localhost:{urlsplit(house.url).port}"
    streams = []
    for connection in connections:
        connection.request("GET", "/api/v1/changes/stream/", headers={"Host": host, "Accept-Encoding": "gzip"})
        streams.append(connection.getresponse())
    opened = [(stream.status, stream.headers["Content-Type"]) for stream in streams]
    newest = json.loads(ask(house, "/api/v1/changes/?page_size=1")[1])["edition"]
    slug = f"heard-{time.time_ns()}"
    section = fields_of(desk.get("/admin/newsroom/section/add/")[1])
    response, _page = desk.post("/admin/newsroom/section/add/", {**section, "name": "Heard", "slug": slug})
    assert response.status == 302

    assert opened == [(200, "text/event-stream")] * 3
    for stream in streams:
        lines = iter(lambda stream=stream: stream.readline().decode(), "")
        rows = (json.loads(line[5:]) for line in lines if line.startswith("data:"))
        row = next(row for row in rows if row["slug"] == slug)  # pictures of the demo may be made meanwhile
        assert row["edition"] > newest
    answer, body = ask(house, f"/api/v1/changes/?after={newest}&wait=20&page_size=100")
    assert answer.headers["Cache-Control"] == "no-store"
    assert slug in {row["slug"] for row in json.loads(body)["results"]}
    for connection in connections:
        connection.close()


def test_a_new_release_is_brought_out_and_no_reader_and_no_editor_meets_a_failure(house, desk):
    """One process after the other, while readers ask for what is kept and for what is not, and an editor publishes.

    Some forty requests a second: as many as can be would have the new processes wait for a processor.

    For a while two releases run side by side: the newspaper's name is a part of what each makes.
    """
    is_over, seen, texts = threading.Event(), Counter(), []
    port = urlsplit(house.url).port

    def read(paths):
        """On one connection, as browsers and other proxies do."""
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as reader:
            for path in paths:
                if is_over.wait(0.05):
                    return
                reader.request("GET", path, headers={"Host": f"localhost:{port}"})
                response = reader.getresponse()
                response.read()
                seen["read", response.status] += 1

    def write():
        address = "/admin/newsroom/blurb/add/"
        while not is_over.wait(0.2):
            page = fields_of(desk.get(address)[1])
            texts.append(f"The water stands at {len(texts)}.")
            changed = {**page, "section": section, "text_html": f"<p>{texts[-1]}</p>", "_publish": "1"}
            response, _page = desk.post(address, changed)
            seen["written", response.status] += 1
            address = path_of(response.headers.get("Location") or address)

    section = a_section(desk)
    kept = itertools.cycle(f"/api/v1/articles/?page_size={number}" for number in range(1, 6))
    anew = (f"/api/v1/feed/?published_before=2030-01-01T00:00:00.{number:06}Z" for number in itertools.count())
    also = (f"/api/v1/videos/?published_before=2030-01-01T00:00:00.{number:06}Z" for number in itertools.count())
    with ThreadPoolExecutor() as hands:
        busy = [hands.submit(read, paths) for paths in (kept, anew, also)] + [hands.submit(write)]
        try:
            house.environment["SITE_NAME"] = "Brought out later"
            for number in range(len(house.web)):
                house.replace_web(number)
        finally:
            is_over.set()
        for one in busy:
            one.result()

    assert set(seen) == {("read", 200), ("written", 302)}
    assert min(seen.values()) > 3
    until(lambda: texts[-1] in ask(house, "/api/v1/blurbs/?page_size=1")[1].decode(), True)


def test_each_request_is_known_by_a_word_of_its_own_though_nginx_keeps_the_answer(house):
    words = [ask(house, "/api/v1/topics/")[0].headers.get_all("X-Request-ID") for _time in range(3)]
    assert [len(of_one) for of_one in words] == [1, 1, 1]
    assert len({of_one[0] for of_one in words}) == 3


def test_nobody_passes_for_another_by_what_they_say_of_where_they_come_from(house):
    form = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"{house.url}/admin/login/"}
    desk = Desk(house)
    desk.get("/admin/login/")
    body = urlencode({"username": "bob", "password": "wrong", "csrfmiddlewaretoken": desk.cookies["csrftoken"]})
    pages = [
        ask(house, "/admin/login/", "POST", body, Cookie=desk._cookies(), X_Forwarded_For=f"203.0.113.{number}", **form)
        for number in range(7)
    ]
    assert 429 in {response.status for response, _page in pages}


def test_nginx_may_read_what_it_sends_and_nobody_else_anything(house):
    """Its account is in Galley's group."""
    data = house.folder / "data"
    sent = [data, *(path for folder in ("static", "uploads") for path in [data / folder, *(data / folder).rglob("*")])]
    modes = {(path.is_dir(), path.stat().st_mode & 0o077) for path in sent if path.suffix != ".gz"}  # nginx packs anew
    assert modes == {(True, 0o050), (False, 0o040)}


def test_where_nobody_serves_any_more_programs_are_told_so_in_their_own_form(house):
    """The last one: nothing is started again."""
    for process in house.web:
        process.terminate()
    for process in house.web:
        process.wait(40)
    response, body = ask(house, "/api/v1/bylines/?page_size=7")
    assert (response.status, response.headers["Content-Type"]) == (503, "application/problem+json")
    assert (response.headers["Retry-After"], response.headers["Access-Control-Allow-Origin"]) == ("5", "*")
    assert json.loads(body)["request_id"] == response.headers["X-Request-ID"]
