"""schema.org, as search engines read it (https://schema.org, and Google's pages on structured data).

Every moment has its zone, every author and picture is an object, and nothing is named that there is not: a key that has
nothing to tell is left out, since an empty one is an error to those who check.
"""

from typing import Any

from django.conf import settings

from cms.api.formats import Shown, for_script
from cms.content import masthead
from cms.content.serializers import web_url
from media.photos.formats import CONTEXT, ai_use, image_object, told
from newsroom import providers
from newsroom.body import plain
from newsroom.formats import around
from newsroom.serializers.live import short as beginning
from newsroom.serializers.written import correction_name

ARTICLE = "NewsArticle"
GENRES = {
    "analysis": "AnalysisNewsArticle",
    "opinion": "OpinionNewsArticle",
    "review": "ReviewNewsArticle",
    "explainer": "BackgroundNewsArticle",
    "investigation": "ReportageNewsArticle",
    "interview": "ReportageNewsArticle",
    "live": "LiveBlogPosting",
}
TOPICS = {"person": "Person", "organisation": "Organization", "place": "Place", "event": "Event"}
OF_ROLE = {"editor": "editor", "translator": "translator", "photographer": "contributor", "contributor": "contributor"}
LONGEST_HEADLINE = 110  # characters of a headline that is made from a text
CAPTIONS = {"captions", "subtitles"}
CROPS = ("16x9", "1x1")  # besides the picture's own shape


def written(node: dict) -> bytes:
    return for_script({"@context": CONTEXT, **node})


# What all have


def publisher() -> dict:
    ours = masthead.known()
    return told({
        "@type": "NewsMediaOrganization",
        "name": ours.name,
        "url": f"{settings.FRONT_URL}/",
        "description": ours.description,
        "logo": image_object(ours.logo) if ours.logo else None,
        "sameAs": [link["url"] for link in ours.social],
    })  # fmt: skip


def is_free(document: dict) -> bool:
    """Whether everybody may read all of it."""
    return document.get("access", "free") == "free"


def creators(document: dict) -> dict[str, Any]:
    """Who has made an item, by what they did. Where nobody is named it is the newsroom."""
    placed = document["bylines"]
    bylines = around.by_slug("byline", [byline["slug"] for byline in placed])
    writers = [byline for byline in placed if byline["role"] == "writer"] or placed
    people: dict[str, list] = {"author": [_creator(byline, bylines) for byline in writers]}
    for byline in placed:
        if byline not in writers:
            people.setdefault(OF_ROLE.get(byline["role"], "contributor"), []).append(_creator(byline, bylines))
    return {**people, "author": people["author"] or [publisher()]}


def _creator(placed: dict, bylines: dict[str, dict]) -> dict:
    byline = bylines.get(placed["slug"], {})
    return told({
        "@type": "Organization" if byline.get("type") in {"agency", "collective"} else "Person",
        "name": placed["name"],
        "url": byline.get("web_url") or web_url("byline", slug=placed["slug"]),
        "jobTitle": byline.get("job_title"),
        "sameAs": [link["url"] for link in byline.get("links") or []],
    })  # fmt: skip


def topics(document: dict) -> list[dict]:
    placed = document["topics"]
    by_slug = around.by_slug("topic", [topic["slug"] for topic in placed])
    return [_topic({**topic, **by_slug.get(topic["slug"], {})}) for topic in placed]


def _topic(topic: dict) -> dict:
    return told({
        "@type": TOPICS.get(topic["type"], "Thing"),
        "name": topic["name"],
        "url": topic.get("web_url"),
        "description": topic.get("description"),
        "sameAs": topic.get("same_as"),
    })  # fmt: skip


def common(document: dict) -> dict:
    """What a story, a blurb and a video have in common, in the words of CreativeWork."""
    section = document["section"]
    return told({
        "url": document["web_url"],
        "inLanguage": document["language"],
        "articleSection": section and section["name"],
        "keywords": [topic["name"] for topic in document["topics"]],
        "about": topics(document),
        **creators(document),
        "publisher": publisher(),
        "creativeWorkStatus": "Draft" if document.get("preview") else None,
        "isAccessibleForFree": is_free(document),
        **ai_use(document),
    })  # fmt: skip


def page(document: dict, address: str) -> dict:
    """The page that an item is the main thing of, and the way to it from the first one."""
    return {"@type": "WebPage", "@id": address, "breadcrumb": breadcrumbs(document)}


def breadcrumbs(document: dict) -> dict:
    steps = [(masthead.known().name, f"{settings.FRONT_URL}/")]
    if section := document["section"]:
        full = around.by_slug("section", [section["slug"]]).get(section["slug"], {})
        steps.append((section["name"], full.get("web_url") or web_url("section", slug=section["slug"])))
    steps.append((document.get("headline") or short(document["text"]), document["web_url"]))
    return _breadcrumbs(steps)


def _breadcrumbs(steps: list[tuple[str, str]]) -> dict:
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def short(text: str) -> str:
    return beginning(text, LONGEST_HEADLINE)


# A story


def article(shown: Shown) -> bytes:
    document = shown.document
    kind = GENRES.get(document["genre"], ARTICLE)
    node = _article(document, kind)
    if kind == "LiveBlogPosting":
        node |= {
            "coverageStartTime": document["published_at"],
            "coverageEndTime": around.ended_at(shown),
            "liveBlogUpdate": _updates(shown),
        }
    return written(told(node))


def _article(document: dict, kind: str) -> dict:
    seo = document["seo"]
    return {
        "@type": kind,
        "@id": f"{document['web_url']}#article",
        "mainEntityOfPage": page(document, seo["canonical_url"]),
        "headline": document["headline"],
        "alternativeHeadline": seo["title"] if seo["title"] != document["headline"] else None,
        "description": seo["description"],
        "datePublished": document["published_at"],
        "dateModified": document["updated_at"],
        "dateline": document["dateline"],
        **common(document),
        "wordCount": document["word_count"],
        "timeRequired": f"PT{document['reading_minutes']}M",
        "image": images(document),
        "video": [video_object(video) for video in videos(document)],
        "correction": [_correction(note, document["language"]) for note in document["corrections"]],
        "workTranslation": [
            {"@type": ARTICLE, "url": other["web_url"], "inLanguage": other["language"]}
            for other in document["translations"]
        ],
        "isPartOf": [_series(part) for part in document["series"]],
    }


def _series(part: dict) -> dict:
    page = around.by_slug("topic", [part["slug"]]).get(part["slug"], {})
    return told({"@type": "CreativeWorkSeries", "name": part["name"], "url": page.get("web_url")})


def images(document: dict) -> list[dict]:
    """The pictures of a story, each once: first the one that stands for it, in the shapes that search engines like."""
    first = document["seo"]["image"] or (document["lead_video"] or {}).get("poster")
    others = [document["lead_photo"]]
    for block in document["body"]:
        others += {"photo": [block.get("photo")], "gallery": block.get("photos") or []}.get(block["type"], [])
    unlike = {photo["id"]: photo for photo in others if photo and not (first and photo["id"] == first["id"])}
    shapes = ("original", *CROPS) if first else ()
    return [image_object(first, crop) for crop in shapes] + [image_object(photo) for photo in unlike.values()]


def videos(document: dict) -> list[dict]:
    placed = [document["lead_video"], *(block.get("video") for block in document["body"] if block["type"] == "video")]
    return list({video["id"]: video for video in placed if video}.values())


def _correction(note: dict, language: str) -> dict:
    return {
        "@type": "CorrectionComment",
        "name": correction_name(note["type"], language),
        "text": note["text"],
        "datePublished": note["published_at"],
    }


def _updates(shown: Shown) -> list[dict]:
    return [_posting(card) for card in around.update_cards(shown)]


def _posting(blurb: dict) -> dict:
    """An update of a live story."""
    names = [{"@type": "Person", "name": byline["name"]} for byline in blurb["bylines"]]
    return told({
        "@type": "BlogPosting",
        "@id": blurb["web_url"],
        "headline": blurb.get("title") or short(blurb["text"]),
        "articleBody": blurb["text"],
        "datePublished": blurb["published_at"],
        "dateModified": blurb["updated_at"],
        "url": blurb["web_url"],
        "author": names or [publisher()],
        "image": [image_object(blurb["photo"])] if blurb["photo"] else None,
        **ai_use(blurb),
    })  # fmt: skip


# A blurb


def blurb(shown: Shown) -> bytes:
    document = shown.document
    source, story = document["source"], document["article"]
    node = {
        "@type": ARTICLE,
        "@id": f"{document['web_url']}#article",
        "mainEntityOfPage": page(document, document["web_url"]),
        "headline": document.get("title") or short(document["text"]),
        "datePublished": document["published_at"],
        "dateModified": document["updated_at"],
        **common(document),
        "articleBody": document["text"],
        "image": [image_object(document["photo"])] if document["photo"] else None,
        "video": [video_object(document["video"])] if document["video"] else None,
        "isBasedOn": source and (source["url"] or source["name"]),
        "mentions": story and {"@type": ARTICLE, "headline": story["headline"], "url": story["web_url"]},
    }
    return written(told(node))


# A video


def video(shown: Shown) -> bytes:
    document = shown.document
    whole = common(document)
    section = whole.pop("articleSection", None)  # which articles alone have
    node = {
        **video_object(document),
        **whole,
        "genre": section,
        "mainEntityOfPage": page(document, document["web_url"]),
    }
    return written(told(node))


def video_object(document: dict) -> dict:
    """A video, or the card of one, which tells of no file and no player."""
    poster = document["poster"]
    image = image_object(poster) if poster else {}
    source: dict = next(iter(document.get("sources") or []), {})
    embed = document.get("embed")
    return told({
        "@type": "VideoObject",
        "@id": f"{document['web_url']}#video",
        "url": document["web_url"],
        "name": document["headline"],
        "description": document["standfirst"] or document["headline"],
        "thumbnailUrl": [image["url"]] if "url" in image else None,
        "thumbnail": image,
        "uploadDate": document["published_at"],
        "dateModified": document["updated_at"],
        "duration": duration(document["duration_seconds"]),
        "contentUrl": source.get("url"),
        "encodingFormat": source.get("type"),
        "width": source.get("width"),
        "height": source.get("height"),
        "embedUrl": providers.player_of(embed["url"]) if embed else None,
        "caption": [_captions(track) for track in document.get("tracks") or [] if track["kind"] in CAPTIONS],
        "transcript": document.get("transcript"),
        "creditText": document.get("credit_line"),
        "copyrightNotice": document.get("copyright_notice"),
        "inLanguage": document["language"],
        **ai_use(document),
    })  # fmt: skip


def _captions(track: dict) -> dict:
    address, language = track["url"], track["language"]
    return {"@type": "MediaObject", "contentUrl": address, "encodingFormat": "text/vtt", "inLanguage": language}


def duration(seconds: int | None) -> str | None:
    """A length by ISO 8601: PT1H2M5S."""
    if not seconds:
        return None
    parts = [(seconds // 3600, "H"), (seconds // 60 % 60, "M"), (seconds % 60, "S")]
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


# What many share


def byline(shown: Shown) -> bytes:
    document = shown.document
    is_group = document["type"] in {"agency", "collective"}
    portrait = document["portrait"]
    return written(told({
        "@type": "ProfilePage",
        "@id": document["web_url"],
        "url": document["web_url"],
        "mainEntity": told({
            "@type": "Organization" if is_group else "Person",
            "name": document["name"],
            "url": document["web_url"],
            "jobTitle": None if is_group else document["job_title"],
            "description": plain(document["bio_html"] or ""),
            "email": document["email"],
            "image": image_object(portrait) if portrait else None,
            "sameAs": [link["url"] for link in document["links"] or []],
            "worksFor": publisher() if document["type"] == "staff" else None,
        }),
    }))  # fmt: skip


def section(shown: Shown) -> bytes:
    document = shown.document
    parent = document["parent"]
    steps = [(masthead.known().name, f"{settings.FRONT_URL}/")]
    if parent:
        full = around.by_slug("section", [parent["slug"]]).get(parent["slug"], {})
        steps.append((parent["name"], full.get("web_url") or web_url("section", slug=parent["slug"])))
    return written(told({
        "@type": "CollectionPage",
        "@id": document["web_url"],
        "url": document["web_url"],
        "name": document["name"],
        "description": document["description"],
        "publisher": publisher(),
        "breadcrumb": _breadcrumbs([*steps, (document["name"], document["web_url"])]),
    }))  # fmt: skip


def topic(shown: Shown) -> bytes:
    document = shown.document
    return written(told({
        "@type": "CollectionPage",
        "@id": document["web_url"],
        "url": document["web_url"],
        "name": document["name"],
        "description": document["description"],
        "publisher": publisher(),
        "about": _topic(document),
    }))  # fmt: skip
