"""ninjs 3.1, IPTC's form for news between newsrooms (https://www.iptc.org/std/ninjs/).

The body is HTML in which pictures, films and related stories stand as places: `<figure data-association="photo-1">` is
where the association of that name belongs. So the text holds no picture whose maker is not named.
"""

from html import escape
from typing import Any

import orjson

from cms.api.formats import Shown
from cms.content import masthead
from media.photos.formats import NINJS, ai_note, named_source_type, picture, texts, told, urn
from newsroom import providers
from newsroom.body import body_html, plain
from newsroom.body.words import count
from newsroom.formats import around

GENRES = "http://cv.iptc.org/newscodes/genre/"
CODES = {
    "news": "Current",
    "analysis": "Analysis",
    "opinion": "Opinion",
    "interview": "Interview",
    "investigation": "Special_Report",
    "explainer": "Background",
    "review": "Review",
    "live": "Update",
}
MOST_URGENT = 1
TOPICS = {"person": "people", "organisation": "organisations", "place": "places", "event": "events"}


def written(item: dict) -> bytes:
    return orjson.dumps({**told(item), "standard": NINJS})


def html_text(role: str, value: str, **more: Any) -> dict:
    return {"role": role, "contentType": "text/html", **more, "value": value}


def common(document: dict) -> dict:
    """What a story, a blurb and a video have in common."""
    is_draft = document.get("preview")
    return {
        "uri": urn(document["id"]),
        "representationType": "full" if document.get("is_whole", True) else "partial",
        "digitalSourceType": named_source_type(document),
        "firstCreated": document["published_at"],
        "versionCreated": document["updated_at"],
        "pubStatus": "withheld" if is_draft else "usable",
        "urgency": MOST_URGENT if document.get("breaking") else None,
        "language": document["language"],
        "copyrightHolder": masthead.known().publisher["name"],
        "by": document["byline"],
        "infoSources": sources(document),
        **subjects(document),
        "altIds": [
            {"role": role, "value": value}
            for role, value in [("slug", document.get("slug")), ("url", document["web_url"]), ("api", document["url"])]
            if value
        ],
    }


def sources(document: dict) -> list[dict]:
    """Those who have made it, each with what they did."""
    placed = document["bylines"]
    bylines = around.by_slug("byline", [byline["slug"] for byline in placed])
    return [
        told({
            "name": byline["name"],
            "role": byline["role"],
            "uri": bylines.get(byline["slug"], {}).get("web_url"),
            "literal": byline["slug"],
        })
        for byline in placed
    ]  # fmt: skip


def subjects(document: dict) -> dict[str, list]:
    """The section and the topics, each where ninjs has its kind."""
    by_place: dict[str, list] = {"subjects": [], "people": [], "organisations": [], "places": [], "events": []}
    if section := document["section"]:
        one = {"name": section["name"], "rel": "section", "uri": section["url"], "literal": section["slug"]}
        by_place["subjects"].append(one)
    known = around.by_slug("topic", [topic["slug"] for topic in document["topics"]])
    for topic in document["topics"]:
        same_as = known.get(topic["slug"], {}).get("same_as") or []
        one = {
            "name": topic["name"],
            "rel": "about",
            "uri": next(iter(same_as), topic["url"]),
            "literal": topic["slug"],
        }
        by_place[TOPICS.get(topic["type"], "subjects")].append(one)
    return by_place


# A story


def article(shown: Shown) -> bytes:
    document = shown.document
    associations = Associations()
    lead_photo, lead_video = document["lead_photo"], document["lead_video"]
    if lead_photo:
        associations.add("lead-photo", picture(lead_photo), "lead")
    if lead_video:
        associations.add("lead-video", video_item(lead_video), "lead")
    text = body(document["body"], associations)
    for number, other in enumerate(document["related"], 1):
        associations.add(f"related-{number}", story(other), "related")
    code = CODES.get(document["genre"])
    return written({
        **common(document),
        "type": "text",
        "slugline": document["slug"],
        "title": document["headline"],
        "headlines": texts(
            main=document["headline"], kicker=document["kicker"], seo=of_its_own(document, "title", "headline")
        ),
        "descriptions": [
            *texts(
                summary=document["standfirst"],
                seo=of_its_own(document, "description", "standfirst"),
                **{f"{note['type']} {number}": note["text"] for number, note in enumerate(document["corrections"], 1)},
            ),
            *ai_note(document),
        ],
        "bodies": [html_text("main", text, wordCount=document["word_count"], charCount=len(plain(text)))],
        "located": document["dateline"],
        "genres": [told({"name": document["genre"], "uri": code and GENRES + code, "literal": document["genre"]})],
        "edNote": "\n".join(map(note_of, document["corrections"])),
        "associations": associations.items,
    })  # fmt: skip


def of_its_own(document: dict, name: str, usual: str) -> str | None:
    """What search engines are told, where that is not what everybody is."""
    words = document["seo"][name]
    return words if words != document[usual] else None


def note_of(correction: dict) -> str:
    """A correction in words, for the editors of others."""
    return f"{correction['type'].title()}, {correction['published_at']}: {correction['text']}"


class Associations:
    """What stands beside a text: each thing once, by the name that its place in the text has."""

    def __init__(self) -> None:
        self.items: list[dict] = []

    def add(self, name: str, item: dict, rel: str = "") -> str:
        self.items.append({**told({"name": name, "rel": rel}), **item})
        return name

    def next_name(self, start: str) -> str:
        """The next name that begins so."""
        return f"{start}-{1 + sum(item['name'].startswith(f'{start}-') for item in self.items)}"


def body(blocks: list[dict], associations: Associations) -> str:
    """A body as HTML, in which what is kept beside it has its places."""
    return "".join(_block(block, associations) for block in blocks)


def _block(block: dict, associations: Associations) -> str:
    match block["type"]:
        case "photo":
            return _place("photo", [picture(block["photo"])], associations)
        case "gallery":
            return _place("gallery", [picture(photo) for photo in block["photos"]], associations)
        case "video":
            return _place("video", [video_item(block["video"])], associations)
        case "related":
            return _place("story", [story(block["article"])], associations)
        case "embed":
            return f'<p><a href="{escape(block["url"])}">{escape(block["title"] or block["url"])}</a></p>'
    return body_html([block])


def _place(start: str, items: list[dict], associations: Associations) -> str:
    names = [associations.add(associations.next_name(start), item, start) for item in items]
    return "".join(f'<figure data-association="{name}"></figure>' for name in names)


def story(card: dict) -> dict:
    """A related story, by its headline and its address."""
    return told({
        "uri": urn(card["id"]),
        "type": "text",
        "representationType": "partial",
        "headlines": texts(main=card["headline"]),
        "descriptions": texts(summary=card["standfirst"]),
        "altIds": [{"role": "url", "value": card["web_url"]}],
    })  # fmt: skip


# A blurb


def blurb(shown: Shown) -> bytes:
    document = shown.document
    associations = Associations()
    if document["photo"]:
        associations.add("photo-1", picture(document["photo"]), "photo")
    if document["video"]:
        associations.add("video-1", video_item(document["video"]), "video")
    if document["article"]:
        associations.add("story-1", story(document["article"]), "story")
    item = common(document)
    if source := document["source"]:
        item["infoSources"].append(told({"name": source["name"], "role": "source", "uri": source["url"]}))
    words, length = count(document["text"]), len(document["text"])
    return written({
        **item,
        "type": "text",
        "headlines": texts(main=document.get("title"), kicker=document["label"]),
        "descriptions": ai_note(document),
        "bodies": [html_text("main", document["text_html"], wordCount=words, charCount=length)],
        "associations": associations.items,
    })  # fmt: skip


# A video


def video(shown: Shown) -> bytes:
    document = shown.document
    poster = document["poster"]
    associations = Associations()
    if poster:
        associations.add("poster", picture(poster), "poster")
    transcript = document["transcript_html"]
    return written({
        **video_item(document),
        **told({**common(document), "by": document["credit_line"], "copyrightHolder": None}),
        "slugline": document["slug"],
        "title": document["headline"],
        "bodies": [html_text("transcript", transcript)] if transcript else [],
        "associations": associations.items,
    })  # fmt: skip


def video_item(document: dict) -> dict:
    """A video, or the card of one."""
    seconds = document["duration_seconds"]
    files = [
        told({
            "name": f"video-{number}",
            "href": source["url"],
            "contentType": source["type"],
            "width": source["width"],
            "height": source["height"],
            "duration": seconds,
        })
        for number, source in enumerate(document.get("sources") or [], 1)
    ]  # fmt: skip
    embed = document.get("embed")
    if embed:
        page = {"name": "page", "href": embed["url"], "contentType": "text/html", "title": embed["provider"]}
        files.append(told({**page, "duration": seconds}))
        files.append({"name": "player", "href": providers.player_of(embed["url"]), "contentType": "text/html"})
    files += [
        {
            "name": f"{track['kind']}-{track['language']}-{number}",
            "href": track["url"],
            "contentType": "text/vtt",
            "title": track["label"],
        }
        for number, track in enumerate(document.get("tracks") or [], 1)
    ]
    return told({
        "uri": urn(document["id"]),
        "type": "video",
        "representationType": "full" if "sources" in document else "partial",
        "headlines": texts(main=document["headline"], kicker=document["label"]),
        "descriptions": [*texts(summary=document["standfirst"]), *ai_note(document)],
        "digitalSourceType": named_source_type(document),
        "by": document.get("credit_line") or document["byline"],
        "copyrightNotice": document.get("copyright_notice"),
        "firstCreated": document["published_at"],
        "versionCreated": document["updated_at"],
        "language": document["language"],
        "altIds": [{"role": "url", "value": document["web_url"]}],
        "renditions": files,
    })  # fmt: skip
