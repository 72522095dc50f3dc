"""Pages of the desk that are drawn when a test looks at them: drawing is most of what a page costs.

What the view does is done all the same: the page's forms are there, and what it says. Whether a template fails on a
page that no test looks at is seen in the round on PostgreSQL, which draws each page at once.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

from django.contrib.messages import get_messages
from django.db import connection
from django.template.response import SimpleTemplateResponse
from django.utils import translation


class Page:
    """A response whose HTML is made on demand, in the language that it was answered in, where it is not made yet."""

    def __init__(self, response):
        self.response = response

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
    with _nothing_drawn():
        return Page(client.get(address, **options))


def post(client, address, values, **options):
    with _nothing_drawn():
        return Page(client.post(address, values, **options))


@contextmanager
def _nothing_drawn():
    token = _is_drawn.set(False)
    try:
        yield
    finally:
        _is_drawn.reset(token)


def _drawn(response):
    if _is_drawn.get() or connection.vendor == "postgresql":
        return _draw(response)
    list(get_messages(response._request))  # which are told once, here as on the page
    response.language = translation.get_language()
    return ""


# Each thread has its own: tests send several pages in one moment.
_is_drawn = ContextVar("is_drawn", default=True)
_draw = SimpleTemplateResponse.rendered_content.fget
SimpleTemplateResponse.rendered_content = property(_drawn)
