"""The contract of each kind of the newsroom: what the desk saves, and what readers get."""

from newsroom.serializers.article import ArticleSerializer
from newsroom.serializers.blurb import BlurbSerializer, NewsSourceSerializer
from newsroom.serializers.byline import BylineSerializer, LabelledLinkSerializer
from newsroom.serializers.correction import CorrectionSerializer
from newsroom.serializers.credits import BylinePlacementSerializer
from newsroom.serializers.front import ContainerLinkSerializer, ContainerSerializer, FrontSerializer
from newsroom.serializers.named import NamedSerializer
from newsroom.serializers.section import SectionLinkSerializer, SectionSerializer
from newsroom.serializers.seo import SeoSerializer
from newsroom.serializers.topic import TopicSerializer
from newsroom.serializers.track import TrackSerializer
from newsroom.serializers.translations import TranslationSerializer, TranslationsSerializer
from newsroom.serializers.video import EmbedSerializer, VideoSerializer, VideoSourceSerializer, file_path
from newsroom.serializers.written import WrittenSerializer

__all__ = [
    "ArticleSerializer",
    "BlurbSerializer",
    "BylinePlacementSerializer",
    "BylineSerializer",
    "ContainerLinkSerializer",
    "ContainerSerializer",
    "CorrectionSerializer",
    "EmbedSerializer",
    "FrontSerializer",
    "LabelledLinkSerializer",
    "NamedSerializer",
    "NewsSourceSerializer",
    "SectionLinkSerializer",
    "SectionSerializer",
    "SeoSerializer",
    "TopicSerializer",
    "TrackSerializer",
    "TranslationSerializer",
    "TranslationsSerializer",
    "VideoSerializer",
    "VideoSourceSerializer",
    "WrittenSerializer",
    "file_path",
]
