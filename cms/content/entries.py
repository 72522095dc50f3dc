"""What an item is to other programs: a feed's entry, with all that is named and credited in it."""

from typing import NamedTuple


class Person(NamedTuple):
    """Somebody, or an agency, as printed."""

    name: str
    url: str = ""  # of their page


class Picture(NamedTuple):
    """A picture, with the credit that it never appears without."""

    url: str
    credit_line: str
    alt_text: str = ""
    caption: str = ""
    copyright_notice: str = ""
    width: int = 0
    height: int = 0
    type: str = "image/jpeg"


class Recording(NamedTuple):
    """A film or a sound: a file of it, or the page of whoever plays it."""

    url: str = ""  # of the file
    player: str = ""  # where it is played, if there is no file of ours
    type: str = ""
    medium: str = ""  # as Media RSS calls it: a sound is "audio"
    title: str = ""
    seconds: int = 0
    width: int = 0
    height: int = 0
    credit_line: str = ""
    copyright_notice: str = ""
    poster: str = ""


class Note(NamedTuple):
    """A public note on what was wrong in it."""

    type: str
    text: str
    published_at: str


class Entry(NamedTuple):
    """An item, for feeds. Moments are written as the API writes them."""

    id: str
    url: str
    published_at: str
    updated_at: str
    title: str = ""  # empty: it has none
    summary: str = ""  # plain text
    html: str = ""  # all of it, with absolute addresses
    language: str = ""
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # the one that stands for it first
    recordings: tuple[Recording, ...] = ()
    notes: tuple[Note, ...] = ()
    source_url: str = ""  # whence it is, where that is elsewhere
