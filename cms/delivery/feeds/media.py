"""Pictures and recordings with their credits, as Media RSS has them, which is written into RSS and Atom alike.

None has a media:title: some readers' programs take it for that of an item which has none.
"""

from typing import Any

from cms.content.entries import Entry, Picture, Recording

MEDIA = "http://search.yahoo.com/mrss/"
NAMESPACE = {"xmlns:media": MEDIA}


def add_media(handler: Any, entry: Entry) -> None:
    """All that is seen and heard in an entry, each with who is to be named."""
    for recording in entry.recordings:
        add_recording(handler, recording)
    for picture in entry.pictures:
        add_picture(handler, picture)


def add_picture(handler: Any, picture: Picture) -> None:
    handler.startElement("media:content", attributes(picture, url=picture.url, type=picture.type, medium="image"))
    add_text(handler, "media:description", picture.caption or picture.alt_text, type="plain")
    add_text(handler, "media:credit", picture.credit_line)
    add_text(handler, "media:copyright", picture.copyright_notice)
    handler.endElement("media:content")


def add_recording(handler: Any, recording: Recording) -> None:
    named = {"url": recording.url, "type": recording.type} if recording.url else {}
    seconds = {"duration": str(recording.seconds)} if recording.seconds else {}
    handler.startElement("media:content", attributes(recording, **named, medium=recording.medium, **seconds))
    if recording.player:
        handler.addQuickElement("media:player", "", {"url": recording.player})
    add_text(handler, "media:credit", recording.credit_line)
    add_text(handler, "media:copyright", recording.copyright_notice)
    if recording.poster:
        handler.addQuickElement("media:thumbnail", "", {"url": recording.poster})
    handler.endElement("media:content")


def attributes(seen: Picture | Recording, **others: str) -> dict[str, str]:
    size = {"width": str(seen.width), "height": str(seen.height)} if seen.width and seen.height else {}
    return {name: value for name, value in others.items() if value} | size


def add_text(handler: Any, name: str, text: str, **attrs: str) -> None:
    if text:
        handler.addQuickElement(name, text, attrs)
