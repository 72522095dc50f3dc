"""What the API's description says of the newsroom's kinds, and of the blocks of a body: each file tells its own."""

from newsroom.schema import article, blurb, body, byline, section, topic, video, written

__all__ = ["article", "blurb", "body", "byline", "section", "topic", "video", "written"]
