"""Every page of the newspaper."""

from django.urls import path, re_path

from front.pages.anywhere import anywhere
from front.pages.collections import feed
from front.pages.front import home
from front.pages.parts import parts
from front.pages.search import search

# What others answer, and say themselves that it is not there.
NOT_OURS = "api|admin|media|static|feeds|sitemaps|mcp|preview"

urlpatterns = [
    path("", home, name="front-home"),
    re_path(r"^feed/?$", feed, name="front-feed"),
    re_path(r"^search/?$", search, name="front-search"),
    re_path(r"^parts/(?P<digest>[0-9a-f]{16})\.json$", parts, name="front-parts"),
    re_path(rf"^(?!(?:{NOT_OURS})(?:/|$))(?P<path>.+)$", anywhere, name="front-anywhere"),
]
