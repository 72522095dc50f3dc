"""The desk's pages of media, each kept with the rest of its thing."""

from media.photos.admin import PhotoAdmin

__all__ = ["PhotoAdmin"]
