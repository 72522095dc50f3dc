"""The tables of media, each kept with the rest of its thing."""

from media.photos.models import FormerSizes, Photo, original_path

__all__ = ["FormerSizes", "Photo", "original_path"]
