"""The newsroom's pages at the desk."""

from newsroom.admin.article import ArticleAdmin
from newsroom.admin.blurb import BlurbAdmin
from newsroom.admin.byline import BylineAdmin
from newsroom.admin.section import SectionAdmin
from newsroom.admin.topic import TopicAdmin
from newsroom.admin.video import VideoAdmin

__all__ = ["ArticleAdmin", "BlurbAdmin", "BylineAdmin", "SectionAdmin", "TopicAdmin", "VideoAdmin"]
