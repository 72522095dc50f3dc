"""Pages of the desk that are drawn when a test looks at them: drawing is most of what a page costs.

What the view does is done all the same: the page's forms are there, and what it says. The page that an answer leads to
is opened when a test looks at it too. Whether a page that no test looks at fails is seen in the round on PostgreSQL. It
opens each that is the first after its act, and draws each that is the first of its kind: where no page of the same
template had the same of what it may have, or not.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

from django.contrib.messages import get_messages
from django.db import connection
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils import translation


class Page:
    """A response whose HTML is made on demand, in the language that it was answered in, where it is not made yet.

    With a client it is the page that the answer leads to, which that client opens on demand.
    """

    def __init__(self, answer, client=None):
        self.answer = answer
        self.client = client

    def open(self):
        return self.response

    @cached_property
    def response(self):
        response, passed = self.answer, []
        while self.client and response.status_code in (301, 302):
            passed.append((response.headers["Location"], response.status_code))
            with _nothing_drawn():
                response = self.client.get(passed[-1][0])
        if self.client:
            response.redirect_chain = passed
        return response

    def __getattr__(self, name):
        return getattr(self.response, name)

    def __getitem__(self, header):
        return self.response[header]

    @cached_property
    def content(self):
        if not hasattr(self.response, "language"):
            return self.response.content
        with translation.override(self.response.language):
            return self.response.rendered_content.encode()

    @cached_property
    def context(self):
        if not isinstance(self.response, SimpleTemplateResponse):
            return self.response.context
        return {**self.response.context_data, "messages": get_messages(self.response._request)}


def get(client, address, **options):
    client.leads_to = None  # this page says it
    with _nothing_drawn():
        return Page(client.get(address, **options))


def post(client, address, values, *, follow=False, **options):
    if former := getattr(client, "leads_to", None):
        former.open()  # or what it says would be said by the next page
    with _nothing_drawn():
        page = Page(client.post(address, values, **options), client if follow else None)
    if connection.vendor == "postgresql" and _is_first(act_of(address, values)):
        page.open()
    client.leads_to = page
    return page


@contextmanager
def _nothing_drawn():
    token = _is_drawn.set(False)
    try:
        yield
    finally:
        _is_drawn.reset(token)


def _drawn(response):
    if _is_drawn.get() or (connection.vendor == "postgresql" and _is_first(kind_of(response))):
        return _draw(response)
    list(get_messages(response._request))  # which are told once, here as on the page
    response.language = translation.get_language()
    return ""


def act_of(address, values):
    return resolve(address.partition("?")[0]).url_name, *sorted(name for name in values if name.startswith("_"))


def kind_of(response):
    plain = bool | int | str | list | tuple | dict
    has = {name for name, value in response.context_data.items() if isinstance(value, plain) and value}
    return str(response.template_name), frozenset(has)


def _is_first(kind):
    is_first = kind not in _kinds
    _kinds.add(kind)
    return is_first


_kinds = set()  # of this process
# Each thread has its own: tests send several pages in one moment.
_is_drawn = ContextVar("is_drawn", default=True)
_draw = SimpleTemplateResponse.rendered_content.fget
SimpleTemplateResponse.rendered_content = property(_drawn)
