"""ninjs that comes in: what an agency or another newsroom sends, as lines of an import (1.x, 2.x, 3.x).

The versions differ in how a key is spelt (`headline`, `headlines`; `versioncreated`, `versionCreated`) and agencies in
what they put where, so keys are read in small letters and each value by whatever name it comes under. What stands at
the desk already is left as the desk has it: its slug, a byline's name, a photo's credit. What is not kept is said.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from html import escape, unescape
from itertools import count
from typing import Any

import orjson

from cms.content.serializers import rfc3339
from cms.notices import notice
from cms.text import letters, moments, spelling
from cms.transfer.foreign import Files
from cms.transfer.lines import BadLine
from cms.transfer.resolver import key_from_id
from media import ai_use, gate
from media.models import Photo
from media.photos.formats import AI_NOTE
from newsroom import providers
from newsroom.body import blocks_from_html, plain
from newsroom.models import LANGUAGE, Article, Blurb, Byline, Section, Topic, Video

KNOWN = {"text", "composite", "picture", "graphic", "video"}
GENRES = {"background": "explainer", "special report": "investigation", "special_report": "investigation"}
TOPICS = {
    "people": "person", "person": "person", "organisations": "organisation", "organisation": "organisation",
    "places": "place", "place": "place", "events": "event", "event": "event",
    "subjects": "keyword", "subject": "keyword", "objects": "keyword", "object": "keyword",
}  # fmt: skip
SUMMARIES = ("summary", "standfirst", "abstract", "short", "ingress", "lead", "text", "")
CAPTIONS = ("caption", "text", "summary", "")
ALT_TEXTS = ("alt", "alt_text", "alttext", "alternative")
ROLES = {"writer", "photographer", "editor", "translator", "contributor"}
SAYS_BY = re.compile(r"^(?:By|BY|by|Von|Par|Por|Av|Af|Door)\s+")
APART = re.compile(r"\s*[,;]\s*|\s+(?:and|und|et|og|och|en|y|e|&|та|і)\s+")
FIGURE = re.compile(r"<figure\b[^>]*>.*?</figure>|<img\b[^>]*>", re.DOTALL | re.IGNORECASE)
PLACED = re.compile(r"""data-association=["']([^"']+)["']""")
SOURCE = re.compile(r"""\bsrc=["']([^"']+)["']""")
NOTE = re.compile(r"(\w+), (\d{4}-[^ ]+Z): (.+)")  # a correction, as we write it for others
OF_ASSOCIATIONS = ("lead", "featuremedia", "featureimage", "mainpic", "main")
URN = "urn:uuid:"
LONGEST_BLURB = 999
# What is said of an item that has no place here.
UNKEPT = {
    "copyrightnotice": "copyrightNotice", "usageterms": "usageTerms", "rightsinfo": "rightsInfo", "expires": "expires",
    "embargoeduntil": "embargoedUntil", "trustindicators": "trustIndicators", "eventdetails": "eventDetails",
    "plannedcoverage": "plannedCoverage",
}  # fmt: skip


def id_of(uri: str) -> str:
    """What a line calls the thing: our own ids as they are, any other URI whole."""
    return uri.removeprefix(URN)


def small(value: Any) -> Any:
    """An item with its keys in small letters, at every depth, but for the names of associations and renditions."""
    if isinstance(value, list):
        return [small(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name.lower(): _named(inner) if name in {"associations", "renditions"} else small(inner)
        for name, inner in value.items()
    }


def _named(value: Any) -> list[dict]:
    """Associations or renditions, which 1.x keeps under names, as a list in which each has its name."""
    if isinstance(value, dict):
        value = [{"name": name, **each} for name, each in value.items() if isinstance(each, dict)]
    return [small(each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def rows(item: dict, name: str) -> list[dict]:
    value = item.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def word(item: dict, *names: str, most: int = 0) -> str:
    """The first of these that is a text, as one line; cut, and said, where it is too long."""
    for name in names:
        if isinstance(value := item.get(name), str) and (text := " ".join(value.split())):
            return cut(text, most, names[0])
    return ""


def cut(text: str, most: int, name: str) -> str:
    if not most or len(text) <= most:
        return text
    notice("long", f"{name}: it is longer than {most} characters, and is cut")
    return text[:most]


def text_of(item: dict, name: str, roles: tuple[str, ...], most: int = 0) -> str:
    """The text of one role among headlines or descriptions, of the first role that there is."""
    by_role: dict[str, str] = {}
    for row in rows(item, name):
        value = row.get("value")
        if isinstance(value, str) and value.strip():
            text = plain(value) if row.get("contenttype") == "text/html" else " ".join(value.split())
            by_role.setdefault(str(row.get("role") or "").lower(), text)
    found = next((by_role[role] for role in roles if role in by_role), "")
    return cut(found, most, name)


def source_type(item: dict) -> str:
    """How something came about, in IPTC's terms."""
    told = item.get("digitalsourcetype")
    return str(told.get("uri") or "").rpartition("/")[2] if isinstance(told, dict) else ""


def ai_use_of(item: dict) -> dict[str, dict]:
    """What is said of AI, as a line has it; nothing where nothing is said."""
    levels = {term: level for level, term in ai_use.OF_LEVEL.items()}
    level = levels.get(source_type(item))
    note = text_of(item, "descriptions", (AI_NOTE,), ai_use.LONGEST_NOTE)
    return {"ai_use": {"level": str(level), "note": note or None}} if level else {}


def moment(value: Any, name: str) -> str | None:
    if not value:
        return None
    try:
        return rfc3339(moments.read(value))
    except (ValueError, OverflowError, TypeError):
        notice("time", f"{name}: {str(value)[:64]!r} is no time that can be read, and is not kept")
        return None


class Ninjs:
    """Reads the items of one file."""

    def __init__(self, files: Files, *, publishes: bool):
        self.files, self.publishes = files, publishes
        self.sent: set[tuple[str, str]] = set()  # what lines there are already: (kind, slug or id)
        self.photos: dict[str, dict] = {}  # the words of those that the file has brought

    @classmethod
    def is_one(cls, document: dict) -> bool:
        """It has a uri, and something that only news has."""
        names = {name.lower() for name in document}
        standard = document.get("standard")
        says_so = isinstance(standard, dict) and standard.get("name") == "ninjs"
        news = {
            "headlines",
            "headline",
            "bodies",
            "body_text",
            "body_html",
            "body_xhtml",
            "versioncreated",
            "renditions",
        }
        return "uri" in names and (says_so or bool(names & news))

    def lines(self, document: dict) -> Iterator[dict]:
        item = small(document)
        uri, kind = item.get("uri"), item.get("type") or "text"
        if not isinstance(uri, str) or not uri.strip():
            raise BadLine("uri: it is missing; each item of ninjs has one")
        if kind not in KNOWN:
            raise BadLine(f"type: {str(kind)[:64]!r} is nothing that is kept here; {', '.join(sorted(KNOWN))} are")
        for name, said in UNKEPT.items():
            if item.get(name) and not (
                kind in {"picture", "graphic", "video"} and name in {"copyrightnotice", "usageterms", "expires"}
            ):
                notice("key", f"{said} is not kept: {str(item[name])[:80]!r}")
        if kind in {"picture", "graphic"}:
            yield from self.photo(item, is_asked_for=True)
        elif kind == "video":
            yield from self.video(item)
        else:
            yield from self.text(item)

    def is_new(self, kind: str, name: str) -> bool:
        """Whether no line of the file has brought it yet."""
        if (kind, name) in self.sent:
            return False
        self.sent.add((kind, name))
        return True

    def state(self, item: dict, key: Any, model: Any) -> dict:
        """What a line says of its state: a draft, unless what is usable is to be published at once."""
        status = item.get("pubstatus") or "usable"
        is_known = model.objects.filter(pk=key).exists()
        if status != "usable":
            if is_known:
                notice("state", f"pubStatus is {status}: it is taken down, if readers have it")
            return {"status": "draft"} if is_known or not self.publishes else {}
        if not self.publishes:
            return {}
        first = moment(
            item.get("embargoeduntil") or item.get("firstcreated") or item.get("versioncreated"), "firstCreated"
        )
        return {"status": "published", **({"published_at": first} if first else {})}

    # Texts

    def text(self, item: dict) -> Iterator[dict]:
        headline = text_of(item, "headlines", ("main", "headline", "title", ""), 300) or word(
            item, "headline", "title", most=300
        )
        name = id_of(item["uri"])
        body = Body(item, headline)
        if not headline and 0 < len(plain(body.html)) <= LONGEST_BLURB:
            yield from self.blurb(item, body)
            return
        if not headline:
            raise BadLine("headlines: it has none")
        key = key_from_id(name)
        language = self.language(item)
        placed = Placed(self, item)
        blocks = body.blocks(placed, language)
        yield from placed.lines
        line: dict[str, Any] = {
            "kind": "article",
            "id": name,
            "headline": headline,
            "standfirst": self.standfirst(item, body),
            "kicker": text_of(item, "headlines", ("kicker", "vignette", "overline"), 100),
            "dateline": word(item, "located", most=100),
            "body": blocks,
            "breaking": item.get("urgency") == 1,
            **ai_use_of(item),
        }
        if not Article.objects.filter(pk=key).exists():
            line["slug"] = self.slug(Article, item, headline, language)
        if language:
            line["language"] = language
        if genre := self.genre(item):
            line["genre"] = genre
        yield from self.named(item, line, language)
        line |= placed.leads
        if corrections := self.corrections(item):
            line["corrections"] = corrections
        seo = {
            "title": text_of(item, "headlines", ("seo",), 300),
            "description": text_of(item, "descriptions", ("seo",), 1000),
        }
        if any(seo.values()):
            line["seo"] = {name: value for name, value in seo.items() if value}
        yield {**line, **self.state(item, key, Article)}

    def standfirst(self, item: dict, body: "Body") -> str:
        """The summary; not where an agency puts the beginning of its text there, which readers would read twice."""
        summary = text_of(item, "descriptions", SUMMARIES) or word(item, "description_text")
        start = " ".join(summary.split())[:120]
        if start and start in " ".join(plain(body.html).split())[:2000]:
            notice("description", "descriptions: it is the beginning of the text, and no summary; it is not kept twice")
            return ""
        return cut(summary, 1000, "descriptions")

    def blurb(self, item: dict, body: "Body") -> Iterator[dict]:
        name = id_of(item["uri"])
        language = self.language(item)
        placed = Placed(self, item)
        line: dict[str, Any] = {"kind": "blurb", "id": name, "text_html": body.html, **ai_use_of(item)}
        if label := text_of(item, "headlines", ("kicker",), 100):
            line["label"] = label
        if language:
            line["language"] = language
        yield from placed.lines
        if photo := next((block for block in placed.blocks.values() if block and block["type"] == "photo"), None):
            line["photo"] = photo["photo"]["photo"]
        if source := next(
            (row for row in rows(item, "infosources") if row.get("role") == "source" and row.get("name")), None
        ):
            line["source"] = {"name": source["name"], "url": source.get("uri")}
        yield from self.named(item, line, language)
        yield {**line, **self.state(item, key_from_id(name), Blurb)}

    def language(self, item: dict) -> str:
        language = word(item, "language").replace("_", "-")
        if language and not re.match(LANGUAGE, language):
            language = language[:1].lower() + language[1:]
            if not re.match(LANGUAGE, language):
                notice("language", f"language: {language[:40]!r} is no code such as en or pt-BR, and is not kept")
                return ""
        return language

    def slug(self, model: Any, item: dict, headline: str, language: str) -> str:
        """Its own, if it says one that is free; else one made of its headline."""
        own = next((row["value"] for row in rows(item, "altids") if row.get("role") == "slug" and row.get("value")), "")
        key = key_from_id(id_of(item["uri"]))
        slug = spelling.normalised(str(own)) or letters.slug_from(headline, language or "en") or str(key)[:8]
        others = model.objects.exclude(pk=key)
        for number in count(2):
            if self.is_new(f"{model.kind}'s slug", slug) and not others.filter(slug=slug).exists():
                return slug
            slug = f"{re.sub(r'-[0-9]+$', '', slug) if number > 2 else slug}-{number}"
        raise AssertionError  # there is always a next one

    def genre(self, item: dict) -> str:
        genres = [*rows(item, "genres"), *rows(item, "genre")]
        for row in genres:
            for name in (
                row.get("literal"),
                row.get("name"),
                str(row.get("uri") or "").rpartition("/")[2],
                row.get("code"),
            ):
                spelt = str(name or "").lower()
                genre = GENRES.get(spelt, spelt)
                if genre in Article.Genre.values:
                    return genre
        for row in genres:
            notice("genre", f"genres: {word(row, 'name', 'literal')[:64]!r} is none of ours, and is not kept")
        return ""

    def corrections(self, item: dict) -> list[dict]:
        """Those that stand in a note of ours. Any other note is for editors, and is said to them."""
        note = item.get("ednote")
        if not isinstance(note, str) or not note.strip():
            return []
        notes = [NOTE.fullmatch(line) for line in note.splitlines()]
        if not all(notes):
            notice("note", f"edNote is not kept: {' '.join(note.split())[:200]!r}")
            return []
        return [{"type": each[1].lower(), "published_at": each[2], "text": each[3]} for each in notes if each]

    # What many share

    def named(self, item: dict, line: dict, language: str) -> Iterator[dict]:
        """The lines of the topics and bylines that are new here. What the item says of them is put into its line."""
        line["bylines"] = []
        for name, role, slug in self.people(item):
            slug = slug or letters.slug_from(name, language or "en")
            if not slug:
                continue
            if not Byline.objects.filter(slug=slug).exists() and self.is_new("byline", slug):
                # No staff of ours, as one would be who is not said to be anything.
                yield {"kind": "byline", "slug": slug, "name": name, "type": "freelance"}
            line["bylines"].append({"byline": slug, "role": role})
        topics: dict[str, None] = {}
        for key, kind in TOPICS.items():
            for row in rows(item, key):
                if row.get("rel") == "section":
                    self.section(row, line)
                    continue
                name, literal = word(row, "name", most=200), spelling.normalised(word(row, "literal"))
                is_known = literal and Topic.objects.filter(slug=literal).exists()
                slug = literal if is_known or is_a_slug(literal, name) else letters.slug_from(name, language or "en")
                if not slug:
                    notice("topic", f"{key}: one without a name is not kept ({str(row)[:80]})")
                    continue
                if not Topic.objects.filter(slug=slug).exists() and self.is_new("topic", slug):
                    same_as = [uri] if (uri := word(row, "uri")).startswith("http") and "/api/" not in uri else []
                    yield {"kind": "topic", "slug": slug, "name": name or slug, "type": kind, "same_as": same_as}
                topics[slug] = None
        line["topics"] = list(topics)

    def section(self, row: dict, line: dict) -> None:
        slug = spelling.normalised(word(row, "literal"))
        if slug and Section.objects.filter(slug=slug).exists():
            line["section"] = slug
        else:
            notice("section", f"section: there is none called {(slug or word(row, 'name'))[:64]!r} here; choose one")

    def people(self, item: dict) -> Iterator[tuple[str, str, str]]:
        """Those who have made it: name, role, and slug where that is told."""
        told = [row for row in [*rows(item, "infosources"), *rows(item, "authors")] if word(row, "name")]
        told = [row for row in told if str(row.get("role") or "writer").lower() in ROLES]
        if told and (word(item, "by", "byline") == "" or any(row.get("role") for row in told)):
            for row in told:
                literal = spelling.normalised(word(row, "literal"))
                slug = literal if is_a_slug(literal, word(row, "name")) else ""
                yield word(row, "name", most=200), str(row.get("role") or "writer").lower(), slug
            return
        for name in APART.split(SAYS_BY.sub("", word(item, "by", "byline"))):
            if name.strip():
                yield cut(name.strip(), 200, "by"), "writer", ""

    # Pictures

    def photo(self, item: dict, *, is_asked_for: bool = False) -> Iterator[dict]:
        """The line of a photo that is not here yet; nothing where its file cannot be had."""
        name = id_of(item["uri"])
        if Photo.objects.filter(pk=key_from_id(name)).exists():
            if is_asked_for:
                notice("photo", "it is here already, and stays as the desk has it")
            return
        if not self.is_new("photo", name):
            return
        file = self.file(item)
        if file is None:
            self.sent.discard(("photo", name))
            if is_asked_for:
                raise BadLine("renditions: no picture of it can be had")
            return
        values = {"kind": "photo", "id": name, "file": file, **self.facts(item)}
        self.photos[name] = {key: values[key] or "" for key in ("caption", "alt_text")}
        yield {key: value for key, value in values.items() if value not in (None, "")}

    def words_of(self, name: str) -> dict | None:
        """A photo's own caption and alt text, where there is such a photo, here or in the file."""
        if name in self.photos:
            return self.photos[name]
        row = Photo.objects.filter(pk=key_from_id(name)).values("caption", "alt_text").first()
        return dict(row) if row else None

    def file(self, item: dict) -> str | None:
        """The largest of its pictures that can be had."""
        pictures = [row for row in rows(item, "renditions") if word(row, "href") and _is_picture(row)]
        pictures.sort(key=lambda row: -(_whole(row.get("width")) * _whole(row.get("height"))))
        what = f"the picture {word(item, 'name') or id_of(item['uri'])[:80]!r}"
        if not pictures:
            notice("file", f"{what} has no file that is a picture, and is left out")
        for row in pictures:
            if file := self.files.take(word(row, "href"), gate.MAX_BYTES, what):
                return file
        return None

    def facts(self, item: dict) -> dict[str, Any]:
        headline = text_of(item, "headlines", ("main", ""), 300) or word(item, "headline", most=300)
        caption = text_of(item, "descriptions", CAPTIONS, 2000) or word(item, "description_text", most=2000)
        alt = text_of(item, "descriptions", ALT_TEXTS, 500)
        credit = text_of(item, "descriptions", ("creditline", "credit"), 200) or self.credit(item)
        if not credit:
            notice("credit", "a photo without a credit: give it one, or it cannot be published")
        if not alt and (text := headline or caption):
            alt = text[:500]
            notice("alt text", "a photo has no alt text; its headline or caption stands for it. Look at it")
        term = source_type(item)
        return {
            "headline": headline,
            "alt_text": alt,
            "extended_description": text_of(item, "descriptions", ("extended",), 5000),
            "caption": caption,
            "credit_line": credit,
            "creator": _source(item, "creator", "photographer"),
            "source": _source(item, "source", "provider") or word(item, "source", most=200),
            "copyright_notice": word(item, "copyrightnotice", most=500),
            "usage_terms": word(item, "usageterms", most=2000),
            "usable_until": moment(item.get("expires"), "expires"),
            "taken_at": moment(item.get("contentcreated"), "contentCreated"),
            "digital_source_type": term if term in Photo.SourceType.values else None,
            "focal_point": _focal_point(item),
            **ai_use_of(item),
        }

    def credit(self, item: dict) -> str:
        """Who is named under it: the line as it came, or the maker and whose it is."""
        by = SAYS_BY.sub("", word(item, "creditline", "by", "byline"))
        holder = word(item, "copyrightholder")
        is_named = not holder or holder.lower() in by.lower() or "/" in by
        return cut(by if is_named else f"{by}/{holder}" if by else holder, 200, "by")

    # Videos

    def video(self, item: dict) -> Iterator[dict]:
        name = id_of(item["uri"])
        language = self.language(item)
        headline = text_of(item, "headlines", ("main", ""), 300) or word(item, "headline", "title", most=300)
        placed = Placed(self, item)
        yield from placed.lines
        line: dict[str, Any] = {
            "kind": "video",
            "id": name,
            "headline": headline,
            "standfirst": text_of(item, "descriptions", (*SUMMARIES, "caption"), 1000),
            "credit_line": self.credit(item),
            "copyright_notice": word(item, "copyrightnotice", most=500),
            "provider_url": _page_of_film(item) or "",
            "transcript": _transcript(item),
            **ai_use_of(item),
        }
        if not line["provider_url"]:
            notice("film", "its film is no page of a provider's; upload the file at the desk")
        if language:
            line["language"] = language
        if not Video.objects.filter(pk=key_from_id(name)).exists():
            line["slug"] = self.slug(Video, item, headline, language)
        if photo := next((block for block in placed.blocks.values() if block and block["type"] == "photo"), None):
            line["poster"] = photo["photo"]["photo"]
        seconds = next((row["duration"] for row in rows(item, "renditions") if row.get("duration")), None)
        if isinstance(seconds, int | float) and 0 < seconds < 100_000:
            line["duration_seconds"] = round(seconds)
        yield from self.named(item, line, language)
        yield {
            **{key: value for key, value in line.items() if value != ""},
            **self.state(item, key_from_id(name), Video),
        }


class Placed:
    """What stands beside a text: the block that each thing becomes, by its name and by the addresses of its files."""

    def __init__(self, reader: Ninjs, item: dict):
        self.lines: list[dict] = []
        self.blocks: dict[str, dict | None] = {}
        self.addresses: dict[str, str] = {}
        self.rels: dict[str, str] = {}
        self.used: set[str] = set()
        for number, other in enumerate(rows(item, "associations"), 1):
            name = str(other.get("name") or f"association-{number}")
            self.rels[name] = str(other.get("rel") or name).lower()
            self.blocks[name] = self._block(reader, other, name)
            self.addresses |= {word(row, "href"): name for row in rows(other, "renditions") if word(row, "href")}

    def _block(self, reader: Ninjs, other: dict, name: str) -> dict | None:
        uri, kind = word(other, "uri"), other.get("type") or "picture"
        if not uri:
            notice("association", f"{name} has no uri, and is left out")
            return None
        if kind in {"picture", "graphic"}:
            return self._photo(reader, other, uri)
        key = key_from_id(id_of(uri))
        if kind == "video" and Video.objects.filter(pk=key).exists():
            return {"type": "video", "video": str(key)}
        if kind == "video" and (page := _page_of_film(other)):
            return {"type": "embed", "url": page, "title": text_of(other, "headlines", ("main", ""), 300) or None}
        if kind in {"text", "composite"} and Article.objects.filter(pk=key).exists():
            return {"type": "related", "article": str(key)}
        title = text_of(other, "headlines", ("main", "")) or word(other, "headline", "title") or uri
        notice("association", f"{name}, of type {str(kind)[:20]}, is left out: {title[:100]!r}")
        return None

    def _photo(self, reader: Ninjs, other: dict, uri: str) -> dict | None:
        name = id_of(uri)
        lines = list(reader.photo(other))
        self.lines += lines
        own = reader.words_of(name)
        if own is None:
            return None
        here = {
            "caption": text_of(other, "descriptions", CAPTIONS, 2000) or word(other, "description_text", most=2000),
            "alt_text": text_of(other, "descriptions", ALT_TEXTS, 500),
        }
        told = {key: value for key, value in here.items() if value and value != own[key]}
        return {"type": "photo", "photo": {"photo": name, **told}}

    def place(self, name: str) -> dict | None:
        """The block for a place in the text."""
        self.used.add(name)
        return self.blocks.get(name)

    def named_by(self, address: str) -> str:
        return self.addresses.get(address, "")

    def is_lead(self, name: str) -> bool:
        return self.rels[name] in OF_ASSOCIATIONS or name.lower().startswith(OF_ASSOCIATIONS)

    @cached_property
    def leads(self) -> dict:
        """What is above the text: what is said to be it, else the first picture that has no place in the text.

        To be asked for once the text has been read, which says what has a place in it.
        """
        free = {name: block for name, block in self.blocks.items() if block and name not in self.used}
        line: dict[str, Any] = {}
        for kind in ("photo", "video"):
            names = [name for name, block in free.items() if block["type"] == kind]
            name = next(filter(self.is_lead, names), names[0] if names and kind == "photo" else "")
            if name:
                line[f"lead_{kind}"] = free[name][kind]
                self.used.add(name)
        related = [block["article"] for block in free.values() if block["type"] == "related"]
        return {**line, "related": related} if related else line

    def rest(self) -> list[dict]:
        """What has no place in the text and is not above it: it follows the text."""
        self.leads  # noqa: B018 - which takes what it shows
        return [
            block
            for name, block in self.blocks.items()
            if block and name not in self.used and block["type"] != "related"
        ]


class Body:
    """The text of an item: HTML if it has any, else its lines."""

    def __init__(self, item: dict, headline: str):
        self.headline = headline
        texts = [row for row in rows(item, "bodies") if isinstance(row.get("value"), str) and row["value"].strip()]
        as_html = [
            row["value"] for row in texts if "html" in str(row.get("contenttype") or row.get("role") or "").lower()
        ]
        older = [item[name] for name in ("body_html", "body_html5", "body_xhtml", "body_richhtml5") if item.get(name)]
        as_text = [row["value"] for row in texts if "xml" not in str(row.get("contenttype") or "")]
        if isinstance(item.get("body_text"), str):
            as_text.append(item["body_text"])
        html = next((value for value in [*as_html, *older] if isinstance(value, str)), None)
        self.html = html if html is not None else _paragraphs(as_text[0]) if as_text else ""

    def blocks(self, placed: Placed, language: str) -> list[dict]:
        blocks = blocks_from_html(FIGURE.sub(lambda found: self._figure(found[0], placed), self.html), language)
        if blocks and blocks[0]["type"] == "heading" and plain(blocks[0]["html"]) == self.headline:
            blocks = blocks[1:]  # which stands above the text here
        return [*blocks, *placed.rest()]

    def _figure(self, written: str, placed: Placed) -> str:
        """A place in the text as a card of ours; what is no place stays as it is."""
        name = found[1] if (found := PLACED.search(written)) else ""
        if not name and (address := SOURCE.search(written)):
            name = placed.named_by(unescape(address[1]))
        if not name or name not in placed.blocks:
            return written
        block = placed.place(name)
        return f'<div data-block="{escape(orjson.dumps(block).decode())}"></div>' if block else ""


def _paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph for each line, or where blank lines part them, for each part."""
    parts = re.split(r"\n\s*\n" if re.search(r"\n\s*\n", text.strip()) else r"\n", text)
    return "".join(
        f"<p>{'<br>'.join(escape(line.strip()) for line in part.strip().splitlines())}</p>"
        for part in parts
        if part.strip()
    )


def is_a_slug(literal: str, name: str) -> bool:
    """Whether what an item is called elsewhere is a slug such as ours, and no code ("20000003", "medtop:123")."""
    if not literal or not any(map(str.isalpha, literal)):
        return False
    if not literal.isascii():
        return not spelling.strange_characters(literal)
    words = set(literal.split("-")) & set(letters.slug_from(name, "en").split("-"))
    return literal == letters.slug_from(literal, "en") and bool(words)


def _is_picture(row: dict) -> bool:
    kind = str(row.get("contenttype") or row.get("mimetype") or "").lower()
    return (
        kind.startswith("image/") if kind else bool(re.search(r"\.(jpe?g|png|webp|avif|gif)(\?|$)", row["href"], re.I))
    )


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _source(item: dict, *roles: str) -> str:
    names = [word(row, "name", most=200) for row in rows(item, "infosources") if row.get("role") in roles]
    return next(filter(None, names), "")


def _focal_point(item: dict) -> dict | None:
    for row in rows(item, "renditions"):
        point, width, height = row.get("poi"), _whole(row.get("width")), _whole(row.get("height"))
        if isinstance(point, dict) and width and height:
            x, y = (point.get(axis) for axis in "xy")
            if isinstance(x, int) and isinstance(y, int) and 0 <= x <= width and 0 <= y <= height:
                return {"x": round(x / width, 4), "y": round(y / height, 4)}
    return None


def _page_of_film(item: dict) -> str | None:
    return next((word(row, "href") for row in rows(item, "renditions") if providers.find(word(row, "href"))), None)


def _transcript(item: dict) -> str:
    found = next(
        (row["value"] for row in rows(item, "bodies") if row.get("role") == "transcript" and row.get("value")), ""
    )
    return "\n\n".join(plain(block["html"]) for block in blocks_from_html(found) if block.get("html"))
