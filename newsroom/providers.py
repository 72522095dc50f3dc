"""Videos at providers: from the address of a page to a player that tells the provider as little as it can."""

import re
from html import escape

PROVIDERS = [
    (
        "youtube",
        re.compile(r"https://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:.*&)?v=|shorts/|live/)|youtu\.be/)([\w-]{11})"),
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    (
        "vimeo",
        re.compile(r"https://(?:www\.)?vimeo\.com/(?:video/)?(\d{1,12})"),
        "https://player.vimeo.com/video/{}?dnt=1",
    ),
]


def embed_of(url: str) -> dict | None:
    """{provider, url, html} of the player for a page's address; none for an address that we do not know."""
    for provider, pattern, player in PROVIDERS:
        found = pattern.match(url)
        if found:
            source = player.format(found[1])
            html = (
                f'<iframe src="{escape(source)}" width="1280" height="720" loading="lazy" '
                'allow="fullscreen; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin"></iframe>'
            )
            return {"provider": provider, "url": url, "html": html}
    return None
