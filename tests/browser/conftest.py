"""One browser for all tests of a process. What it has loaded and compiled stays from one test to the next."""

import threading
import time

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.signals import request_finished, request_started

from tests.browser import begin_anew, settled, sync_api


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    item.has_failed = getattr(item, "has_failed", False) or call.excinfo is not None
    return (yield)


@pytest.fixture(scope="session")
def scripts_are_kept(live_server):
    """A browser keeps scripts and styles, as it does from a real server, which names them by what is in them."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(handler, request):
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=86400, immutable"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        yield


class Person:
    """Somebody's browser, with cookies and a storage of its own.

    One page of it stays open, and its process with it, which all pages after it share: reading and compiling the desk's
    scripts anew for every page takes a processor longer than most tests do.
    """

    def __init__(self, chromium, url):
        self.context = chromium.new_context(base_url=url)
        self.context.set_default_timeout(90_000)  # milliseconds: a busy machine is no fault of the desk
        self.first = self.context.new_page()
        self.first.goto("/healthz")

    def is_put_right(self):
        """Close and forget what a test has opened and left behind. False where something of it may still go on.

        A page that is closed amid loading leaves its files locked in the cache: the next one waits for them in vain. To
        be told of each request, a hundred a page, would take a tenth of the time of all tests in a browser.
        """
        if self.first.is_closed():
            return False
        try:
            for page in self.context.pages:
                if page is not self.first:
                    page.wait_for_load_state("networkidle", timeout=3000)  # milliseconds
                    page.close()
        except sync_api.Error:
            return False
        self.context.set_offline(False)
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.first.evaluate("localStorage.clear()")
        return True


@pytest.fixture(scope="session")
def people(chromium, live_server, scripts_are_kept):
    """`people()` is a browser that nobody else uses meanwhile; whoever is done with it appends it to `people.free`."""

    def somebody():
        return somebody.free.pop() if somebody.free else Person(chromium, live_server.url)

    somebody.free = []
    yield somebody
    for person in somebody.free:
        person.context.close()  # and with it what holds a thread of the server, and that one's way to the database


@pytest.fixture(scope="session")
def at_rest():
    """`at_rest()` returns when the server has answered all that it was asked."""
    busy = set()

    def begin(**_):
        busy.add(threading.get_ident())

    def end(**_):
        busy.discard(threading.get_ident())

    def is_busy():
        alive = {thread.ident for thread in threading.enumerate()}
        return busy & alive - {threading.main_thread().ident}

    def wait():
        until = time.monotonic() + 10
        while is_busy() and time.monotonic() < until:
            time.sleep(0.01)

    request_started.connect(begin)
    request_finished.connect(end)
    yield wait
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def open_desk(request, people, at_rest, live_server, client):
    """`open_desk("ann")` is a page of somebody who is logged in. A script's error fails the test."""
    present, errors = [], []

    def open_for(name="editor", width=1440, height=900):
        user, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
        client.force_login(user)
        present.append(people())
        context = present[-1].context
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        client.cookies.clear()
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_for
    for person in reversed(present):
        if person.is_put_right() and not request.node.has_failed:
            people.free.append(person)
        else:
            person.context.close()
    at_rest()
    assert errors == []


@pytest.fixture(scope="session")
def sheets(people):
    """Pages of a new story that stay open: to open one takes longer than most of what is tried on its text."""
    open_ones = []
    yield open_ones
    for page in open_ones:
        page.context.close()


@pytest.fixture
def sheet(request, sheets, people, at_rest, live_server, client):
    """The page of a new story with nothing in it, for what is tried on its text alone.

    Once it is there it is cut off, so that it asks the server for nothing in the midst of other tests.
    """
    if sheets:
        page = sheets.pop()
    else:
        page = people().context.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        client.force_login(User.objects.create_superuser("editor"))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto("/admin/newsroom/article/add/")
        settled(page)
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        at_rest()
    errors = []

    def note(error):
        errors.append(str(error))

    page.on("pageerror", note)
    begin_anew(page)
    yield page
    page.remove_listener("pageerror", note)
    if request.node.has_failed:
        page.context.close()
    else:
        page.evaluate("localStorage.clear()")
        sheets.append(page)
    assert errors == []


@pytest.fixture
def open_paper(chromium, at_rest, live_server, settings):
    """`open_paper()` is a page of somebody who reads the newspaper. A script's error fails the test.

    A browser of its own: pages may be kept for some seconds, and the next test's would be those of the one before.
    """
    settings.FRONT, settings.ROOT_URLCONF = "demo", "tests.front.urls"
    settings.PREVIEW_PAGE = "front.pages.anywhere.preview"
    settings.PUBLIC_URL = settings.FRONT_URL = live_server.url
    present, errors = [], []

    def open_for(width=1280, height=900):
        present.append(Person(chromium, live_server.url))
        page = present[-1].context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_for
    for person in reversed(present):
        person.context.close()
    at_rest()
    assert errors == []
