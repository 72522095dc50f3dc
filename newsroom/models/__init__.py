"""What the newsroom writes: articles, blurbs, videos, and the sections, topics and bylines that they share.

Django finds every file of this folder; the names below are those that others import from here.
"""

from importlib import import_module
from pkgutil import iter_modules

from newsroom.models.article import Article, ArticleByline, RelatedArticle
from newsroom.models.blurb import Blurb, BlurbByline
from newsroom.models.byline import Byline
from newsroom.models.correction import Correction
from newsroom.models.credits import Credit
from newsroom.models.front import Front
from newsroom.models.languages import LANGUAGE, content_language
from newsroom.models.page import Page
from newsroom.models.section import Section
from newsroom.models.site import Site
from newsroom.models.topic import Topic
from newsroom.models.video import Video, VideoByline, VideoTrack, files_of
from newsroom.models.web_addresses import check_labelled_links, check_web_addresses
from newsroom.models.written import Headlined, Written

__all__ = [
    "LANGUAGE",
    "Article",
    "ArticleByline",
    "Blurb",
    "BlurbByline",
    "Byline",
    "Correction",
    "Credit",
    "Front",
    "Headlined",
    "Page",
    "RelatedArticle",
    "Section",
    "Site",
    "Topic",
    "Video",
    "VideoByline",
    "VideoTrack",
    "Written",
    "check_labelled_links",
    "check_web_addresses",
    "content_language",
    "files_of",
]

for file in iter_modules(__path__):
    import_module(f"{__name__}.{file.name}")
