"""How editors fill in what is written."""

from newsroom.forms.article import ArticleForm
from newsroom.forms.blurb import BlurbForm
from newsroom.forms.byline import BylineForm
from newsroom.forms.front import FrontForm
from newsroom.forms.section import SectionForm
from newsroom.forms.topic import TopicForm
from newsroom.forms.video import VideoForm

__all__ = ["ArticleForm", "BlurbForm", "BylineForm", "FrontForm", "SectionForm", "TopicForm", "VideoForm"]
