"""Videos at providers: from the address of a page to a player that tells the provider as little as it can.

Players are made here, from an id that a pattern has found; no HTML of a provider's is ever used. What its oEmbed says
of a video (title, maker, length, picture) is text and a picture to be checked like any other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms import outbound


@dataclass(frozen=True)
class Provider:
    """Where videos stand: the addresses of their pages, their player, and whom to ask about one."""

    name: str
    label: str
    pages: tuple[re.Pattern, ...]
    player: str  # {id}, and what else a pattern has names for
    oembed: str = ""
    pictures: tuple[str, ...] = ()  # larger ones than oEmbed names, the best first
    width: int = 1280
    height: int = 720
    page: str = ""  # the page to link to for the address of a player

    def found(self, url: str) -> dict[str, str] | None:
        for page in self.pages:
            if found := page.fullmatch(url):
                return {name: value or "" for name, value in found.groupdict().items()}
        return None


def pages(*patterns: str) -> tuple[re.Pattern, ...]:
    """Patterns of addresses, each to its end; query and fragment may follow where a pattern leaves them open."""
    return tuple(re.compile(rf"https?://{pattern}", re.ASCII) for pattern in patterns)


REST = r"(?:[?#].*)?"
PROVIDERS = (
    Provider(
        "youtube",
        "YouTube",
        pages(
            r"(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com/watch\?(?:[^#]*&)?v=(?P<id>[\w-]{11})(?:[&#].*)?",
            r"(?:(?:www|m)\.)?youtube(?:-nocookie)?\.com/(?:shorts|live|embed)/(?!videoseries)(?P<id>[\w-]{11})/?"
            + REST,
            r"(?:www\.)?youtube(?:-nocookie)?\.com/[ve]/(?P<id>[\w-]{11})(?:[?#&].*)?",
            r"youtu\.be/(?P<id>[\w-]{11})/?" + REST,
        ),
        "https://www.youtube-nocookie.com/embed/{id}",
        "https://www.youtube.com/oembed",
        ("https://i.ytimg.com/vi/{id}/maxresdefault.jpg",),
        page="https://www.youtube.com/watch?v={id}",
    ),
    Provider(
        "vimeo",
        "Vimeo",
        pages(
            r"(?:www\.)?vimeo\.com/(?:video/|channels/[\w-]+/|showcase/\d+/video/)?(?P<id>\d{1,12})/?" + REST,
            r"(?:www\.)?vimeo\.com/(?P<id>\d{1,12})/(?P<key>[0-9a-f]{6,20})/?" + REST,  # not listed
            r"player\.vimeo\.com/video/(?P<id>\d{1,12})/?\?(?:[^#]*&)?h=(?P<key>[0-9a-f]{6,20})(?:[&#].*)?",
            r"player\.vimeo\.com/video/(?P<id>\d{1,12})/?" + REST,
        ),
        "https://player.vimeo.com/video/{id}?dnt=1{key:&h=}",
        "https://vimeo.com/api/oembed.json",
        page="https://vimeo.com/{id}{key:/}",
    ),
    Provider(
        "dailymotion",
        "Dailymotion",
        pages(
            r"(?:www\.)?dailymotion\.com/(?:embed/)?video/(?P<id>[A-Za-z0-9]{3,20})(?:_[^/?#]*)?/?" + REST,
            r"dai\.ly/(?P<id>[A-Za-z0-9]{3,20})/?" + REST,
            r"geo\.dailymotion\.com/player(?:/\w+)?\.html\?(?:[^#]*&)?video=(?P<id>[A-Za-z0-9]{3,20})(?:[&#].*)?",
        ),
        "https://geo.dailymotion.com/player.html?video={id}",
        "https://www.dailymotion.com/services/oembed",
        page="https://www.dailymotion.com/video/{id}",
    ),
    Provider(
        "ted",
        "TED",
        pages(r"(?:www\.|embed\.)?ted\.com/talks/(?P<id>\w{3,200})/?" + REST),
        "https://embed.ted.com/talks/{id}",
        "https://www.ted.com/services/v1/oembed.json",
        page="https://www.ted.com/talks/{id}",
    ),
    Provider(
        "tiktok",
        "TikTok",
        pages(
            r"(?:www\.|m\.)?tiktok\.com/@[\w.-]{1,50}/video/(?P<id>\d{10,25})/?" + REST,
            r"(?:www\.)?tiktok\.com/(?:embed(?:/v[23])?|player/v1)/(?P<id>\d{10,25})/?" + REST,
        ),
        "https://www.tiktok.com/player/v1/{id}?rel=0",
        "https://www.tiktok.com/oembed",
        width=720,
        height=1280,
    ),
)


@lru_cache(maxsize=8)
def _of_the_site(declared: bytes) -> tuple[Provider, ...]:
    """The providers that VIDEO_PROVIDERS adds. The settings have checked their form."""
    return tuple(
        Provider(
            entry["name"],
            entry.get("label") or entry["name"],
            tuple(
                re.compile(re.escape(page).replace(r"\{id\}", r"(?P<id>[\w-]{1,100})") + "/?" + REST, re.ASCII)
                for page in entry["pages"]
            ),
            entry["player"],
            entry.get("oembed") or "",
        )
        for entry in orjson.loads(declared)
    )


def known() -> tuple[Provider, ...]:
    return PROVIDERS + _of_the_site(orjson.dumps(settings.VIDEO_PROVIDERS))


def players() -> Iterator[str]:
    """The addresses of all players there are."""
    return (provider.player for provider in known())


def find(url: str) -> tuple[Provider, dict[str, str]] | None:
    """Whose page an address is, and what the address says of the video."""
    for provider in known():
        if found := provider.found(url.strip()):
            return provider, found
    return None


OF_A_PLAYER = re.compile(r"https?://(?:player|embed|geo)\.|https?://[^/]+/(?:embed|player|v|e)/")


def page_of(url: str) -> str:
    """The page of the video whose player an address is; any other address as it is."""
    found = find(url) if OF_A_PLAYER.match(url) else None
    return _filled(found[0].page, found[1]) if found and found[0].page else url


def check(url: str) -> None:
    """Refuse the address of a page that we have no player for."""
    if not find(url):
        raise ValidationError(refusal(url), code="unknown-provider")


def refusal(url: str) -> str:
    """Why an address cannot be embedded, and what can."""
    labels = ", ".join(provider.label for provider in known())
    host = (urlsplit(url).hostname or url)[:64] if "//" in url[:10] else url[:64]
    return _(
        "This is no page of a video that can be shown here (%(host)s). Give the address of the video's own page at one "
        "of these: %(labels)s. Or link to it in the text."
    ) % {"host": host, "labels": labels}


def player_of(url: str) -> str | None:
    """The address of the player for a page's address; none for an address that we do not know."""
    found = find(url)
    return _filled(found[0].player, found[1]) if found else None


def embed_of(url: str) -> dict | None:
    """{provider, url, html} of the player for a page's address; none for an address that we do not know."""
    found = find(url)
    if not found:
        return None
    provider = found[0]
    html = (
        f'<iframe src="{escape(player_of(url) or "")}" title="{escape(provider.label)}" width="{provider.width}" '
        f'height="{provider.height}" loading="lazy" allow="fullscreen; picture-in-picture; encrypted-media" '
        'referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )
    return {"provider": provider.name, "url": url, "html": html}


def _filled(template: str, said: dict[str, str]) -> str:
    """A template with what an address said; {key:&h=} is &h= and the key, or nothing where there is none."""
    filled = re.sub(r"\{(\w+):([^}]*)\}", lambda part: part[2] + said[part[1]] if said.get(part[1]) else "", template)
    return filled.replace("{id}", said["id"])


@dataclass
class About:
    """What a provider says of a video."""

    title: str = ""
    author: str = ""
    seconds: int | None = None
    pictures: list[str] = field(default_factory=list)  # addresses to try, the best first


def ask(url: str) -> About:
    """Ask a video's provider about it. Raises outbound.Refused where it does not tell."""
    found = find(url)
    if not found:
        raise outbound.Refused(_("it is not a known provider"))
    provider, said = found
    if not provider.oembed:
        raise outbound.Refused(_("%(provider)s tells nothing about its videos") % {"provider": provider.label})
    query = urlencode({"url": url, "format": "json", "maxwidth": 1280})
    answer = outbound.fetch(f"{provider.oembed}{'&' if '?' in provider.oembed else '?'}{query}")
    if answer.status in {401, 403, 404}:
        raise outbound.Refused(
            _("%(provider)s knows no such video, or shows it to some only") % {"provider": provider.label}
        )
    try:
        told = orjson.loads(answer.body) if answer.status == 200 else None
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise outbound.Refused(_("%(provider)s gave no answer that can be read") % {"provider": provider.label})
    pictures = [_filled(picture, said) for picture in provider.pictures]
    return About(
        title=_text(told.get("title"), 300),
        author=_text(told.get("author_name"), 150),
        seconds=_seconds(told.get("duration")),
        pictures=[*pictures, *_addresses(told.get("thumbnail_url"))],
    )


def _text(value: Any, most: int) -> str:
    """A provider's text as one line of ours, without what no text needs."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:most].strip()


def _seconds(value: Any) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return round(value) if is_number and 0 < value <= 1_000_000 else None


def _addresses(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) and len(value) < 2000 and value.startswith(("https://", "http://")) else []


def picture(about: About) -> bytes | None:
    """The first of a video's pictures that can be had."""
    for address in about.pictures:
        try:
            answer = outbound.fetch(address)
        except outbound.Refused:
            continue
        if answer.status == 200 and answer.body:
            return answer.body
    return None
