"""A film: our own, with captions; another site's, of which nothing is loaded before a click; or only its picture."""

from typing import Any

from front.paper import Paper

Json = dict[str, Any]


def shown(paper: Paper, video: Json, *, titled: bool = False) -> Json:
    """A film for its template, under the name of how it is shown. `titled`: with the way to its own page."""
    values = {
        "titled": titled,
        "href": paper.view.href(video["web_url"]),
        "headline": video["headline"],
        "credit_line": video.get("credit_line") or (video.get("poster") or {}).get("credit_line") or "",
        "picture": paper.view.picture(video.get("poster"), "film"),
    }
    if video.get("sources"):
        first = video["sources"][0]
        poster = (video.get("poster") or {}).get("src") or ""
        whole = {"sources": video["sources"], "tracks": video.get("tracks") or []}
        return {"own": {**values, **whole, "width": first["width"], "height": first["height"], "poster": poster}}
    if embed := video.get("embed"):
        return {
            "outside": {**values, "url": embed["url"], "player": embed["html"], "said": said(paper, embed["provider"])}
        }
    return {"still": values}


def player(video: Json) -> str:
    return (video.get("embed") or {}).get("html") or ""


def said(paper: Paper, provider: str) -> str:
    """Whose a film is, before anybody asks for it."""
    return str(paper.words["play_said"]).replace("{provider}", PROVIDERS.get(provider, provider))


PROVIDERS = {"youtube": "YouTube", "vimeo": "Vimeo", "dailymotion": "Dailymotion", "tiktok": "TikTok"}
