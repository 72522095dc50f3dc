"""The newsroom's kinds, in the order in which they are imported and exported: a new one is a line here.

Each with where its contract stands (see cms/contract.py for what that says). Imports nothing: settings read it.
"""

KINDS = {
    "section": "newsroom.serializers.section.SectionSerializer",
    "topic": "newsroom.serializers.topic.TopicSerializer",
    "byline": "newsroom.serializers.byline.BylineSerializer",
    "video": "newsroom.serializers.video.VideoSerializer",
    "article": "newsroom.serializers.article.ArticleSerializer",
    "blurb": "newsroom.serializers.blurb.BlurbSerializer",
    "page": "newsroom.serializers.page.PageSerializer",
    "front": "newsroom.serializers.front.FrontSerializer",
    "site": "newsroom.serializers.site.SiteSerializer",
    "translations": "newsroom.serializers.translations.TranslationsSerializer",
}
# What comes in the form of other systems, each with what makes lines of it.
FORMS = {"ninjs": "newsroom.formats.incoming.Ninjs"}
