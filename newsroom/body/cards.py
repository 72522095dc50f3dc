"""The cards in a story's body: what each shows at the desk, and where an editor finds what to put on one."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import Resolver404, path, resolve, reverse
from django.utils.translation import gettext as _

from cms import permissions
from cms.database.fields import fold
from cms.desk.moments import in_brief
from cms.desk.status import statuses
from cms.publishing import kinds, slugs
from cms.publishing.links import key_of, things
from cms.text import spelling
from cms.text.letters import slug_from
from media.models import Photo
from media.photos.library import page_of, thumbnails, uuids, warnings
from newsroom import providers
from newsroom.body import plain
from newsroom.models import Article, Video

OF_API = "/api/v1/articles/"
MOST = 10  # results of a search
LATELY = 5000  # stories whose headlines are looked through for words; of older ones the beginning is looked up
LONGEST = 200  # characters of a search
MOST_WORDS = 8
MOST_PHOTOS = 100
WIDTH = 960  # pixels of a card's picture

Written = type[Article] | type[Video]


class Cards:
    """What the cards in a body show, looked up in bulk."""

    def __init__(self, blocks: list[dict]):
        keys: dict[str, set] = {"photo": set(), "video": set(), "article": set()}
        for kind, key in things(blocks):
            keys.setdefault(kind, set()).add(key)
        photos = Photo.objects.in_bulk(list(keys["photo"])) if keys["photo"] else {}
        self.photos = shown_photos(photos.values())
        self.items: dict[tuple[str, str], dict] = {}
        for model in (Article, Video):
            if keys[model.kind]:
                rows = _light(model.objects.filter(pk__in=list(keys[model.kind])))
                self.items |= {(model.kind, row["id"]): row for row in shown_items(model, rows)}

    def __call__(self, block: dict) -> dict:
        return getattr(self, block["type"])(block)

    def _photo_name(self, link: dict) -> str:
        photo = self.photos.get(str(key_of(link)))
        if photo is None:
            return _("deleted")
        return " — ".join(filter(None, [link.get("caption") or photo["name"], photo["credit_line"]]))

    def _of(self, links: list[dict]) -> dict:
        keys = [str(key_of(link)) for link in links]
        return {"photos": {key: self.photos[key] for key in keys if key in self.photos}}

    def _item(self, link: dict) -> dict:
        return self.items.get((link["link"], str(key_of(link))), {})

    def photo(self, block: dict) -> dict:
        return {"label": _("Photo: %s") % self._photo_name(block["photo"]), **self._of([block["photo"]])}

    def gallery(self, block: dict) -> dict:
        links = block["photos"]
        names = "; ".join(self._photo_name(link) for link in links[:3])
        label = _("Gallery, %(number)d photos: %(names)s") % {"number": len(links), "names": names}
        return {"label": label, **self._of(links)}

    def video(self, block: dict) -> dict:
        video = self._item(block["video"])
        return {"label": _("Video: %s") % video.get("headline", _("deleted")), "item": video}

    def related(self, block: dict) -> dict:
        story = self._item(block["article"])
        return {"label": _("Related story: %s") % story.get("headline", _("deleted")), "item": story}

    def embed(self, block: dict) -> dict:
        label = _("Embed: %s") % " — ".join(filter(None, [block.get("title"), block["url"]]))
        return {"label": label, **shown_embed(block["url"])}

    def paywall(self, block: dict) -> dict:
        return {"label": _("Free up to here")}

    def factbox(self, block: dict) -> dict:
        return {"label": _("Fact box: %s") % (block.get("title") or plain(block["html"])[:120])}


def shown_photos(photos: Iterable[Photo]) -> dict[str, dict]:
    """Photos by id, as a card shows them."""
    return {str(photo.pk): _shown_photo(photo) for photo in photos}


def _shown_photo(photo: Photo) -> dict:
    has_text = bool(photo.alt_text or photo.is_decorative)
    lacks = [name for name, is_there in [("credit_line", photo.credit_line), ("alt_text", has_text)] if not is_there]
    return {
        "name": str(photo),
        "picture": photo.address(WIDTH) or photo.placeholder,
        "width": photo.width,
        "height": photo.height,
        "caption": photo.caption,
        "alt_text": photo.alt_text,
        "credit_line": photo.credit_line,
        "address": page_of(photo),
        "lacks": lacks,
        "warnings": warnings(photo),
    }


def shown_embed(url: str) -> dict:
    """Whose player an address gives, and the player."""
    found = providers.find(url)
    return {"provider": found[0].label if found else "", "player": providers.player_of(url) or ""}


def shown_items(model: Written, items: Iterable[Article | Video]) -> list[dict]:
    """Stories or videos as a card and a list of results show them: a few more queries, however many."""
    items = list(items)
    photos = {item.pk: getattr(item, "lead_photo_id" if model is Article else "poster_id") for item in items}
    wanted = [key for key in photos.values() if key]
    pictures = thumbnails(wanted) if wanted else {}
    shown = []
    for item, status in zip(items, statuses(items), strict=True):
        publication = status.publication
        moment = publication.published_at if publication and publication.published_at else item.modified_at
        shown.append(
            {
                "id": str(item.pk),
                "headline": str(item),
                "standfirst": item.standfirst[:300],
                "picture": pictures.get(photos[item.pk], ""),
                "state": str(status),
                "state_name": status.name,
                "when": in_brief(moment),
                "address": reverse(f"{admin.site.name}:newsroom_{model.kind}_change", args=[item.pk]),
                "web": status.addresses.get("web", ""),
            }
        )
    return shown


def _light(rows: QuerySet) -> QuerySet:
    """Without the texts, which a card does not show."""
    photo = "lead_photo" if rows.model is Article else "poster"
    return rows.only("headline", "slug", "standfirst", "modified_at", "head", photo)


def search(model: Written, asked: str, but: Any = None) -> list[Article | Video]:
    """What has these words in its headline, the newest first.

    However large the archive, little is read: all words must occur in the headline or the slug of something that was
    saved lately, or else the headline of anything, however old, begins with them.
    """
    asked = asked.replace("\x00", "")[:LONGEST].strip()
    rows = _light(model.objects.filter(is_retired=False).order_by("-modified_at"))
    rows = rows.exclude(pk=but) if but else rows
    words = fold(asked).split()[:MOST_WORDS]
    if not words:
        return list(rows[:MOST])
    lately = model.objects.order_by("-modified_at").values_list("modified_at", flat=True)[LATELY : LATELY + 1]
    since = next(iter(lately), None)
    recent = rows.filter(modified_at__gt=since) if since else rows
    for word in words:
        recent = recent.filter(search_text__contains=word)
    results = list(recent[:MOST])
    # By the tables of the newsroom's language, or in the letters that it was given.
    for start in {slug_from(asked, settings.CONTENT_LANGUAGE), slug_from(asked, "")} - {""} if since else ():
        if len(results) >= MOST:
            break
        known = {row.pk for row in results}
        older = rows.order_by("slug").filter(**_begins_with(start))[: MOST * 2]
        results += sorted((row for row in older if row.pk not in known), key=lambda row: row.modified_at, reverse=True)
    # What says it in its headline comes before what has it in its address only; both stay the newest first.
    results.sort(key=lambda row: not all(word in fold(row.headline) for word in words))
    return results[:MOST]


def _begins_with(start: str) -> dict[str, str]:
    """A condition that the index of the slugs answers."""
    if connection.vendor == "sqlite":
        return {"slug__gte": start, "slug__lt": f"{start}\U0010ffff"}
    return {"slug__startswith": start}


def story_at(address: str, host: str) -> Article | None:
    """The story of ours that an address leads to: on the site, in the API, or at the desk."""
    parts = urlsplit(address)
    where, way = f"{parts.scheme}://{parts.netloc}", unquote(parts.path)
    name = ""
    if where in {settings.PUBLIC_URL, f"http://{host}", f"https://{host}"}:
        if story := _story_at_the_desk(parts.path):
            return story
        if way.startswith(OF_API):
            name = way.removeprefix(OF_API).strip("/")
    return _story_called(name or kinds.in_web_url(Article.kind, address))


def _story_called(name: str) -> Article | None:
    """The story with a slug, that of former days too, or with an id."""
    if not name or "/" in name or "\x00" in name:
        return None
    slug = spelling.normalised(name[:200])
    rows = _light(Article.objects.all())
    if key := slugs.owner(Article.kind, slug):
        return rows.filter(pk=key).first()
    return rows.filter(slug=slug, is_retired=False).first() or rows.filter(pk__in=uuids(name)).first()


def _story_at_the_desk(way: str) -> Article | None:
    try:
        page = resolve(way)
    except Resolver404:
        return None
    if page.url_name != "newsroom_article_change":
        return None
    keys = uuids(page.kwargs["object_id"])
    return _light(Article.objects.filter(pk__in=keys)).first() if keys else None


class CardsMixin:
    """The desk's page of a story answers what its cards ask."""

    def get_urls(self):
        views = {"stories": self.stories_view, "videos": self.videos_view, "photos": self.photos_view}
        views |= {"address": self.address_view}
        own = [
            path(f"cards/{name}/", self.admin_site.admin_view(view), name=f"newsroom_cards_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def stories_view(self, request: HttpRequest) -> JsonResponse:
        """Stories with these words, or the newest."""
        return self._results(request, Article)

    def videos_view(self, request: HttpRequest) -> JsonResponse:
        return self._results(request, Video)

    def _results(self, request: HttpRequest, model: Written) -> JsonResponse:
        if not any(permissions.has(request.user, verb, model) for verb in ("view", "change")):
            raise PermissionDenied
        but = next(iter(uuids(request.GET.get("but", ""))), None)
        return _json({"results": shown_items(model, search(model, request.GET.get("q", ""), but))})

    def photos_view(self, request: HttpRequest) -> JsonResponse:
        """What cards show of these photos."""
        if not any(request.user.has_perm(f"media.{verb}_photo") for verb in ("view", "change")):
            raise PermissionDenied
        keys = uuids(request.GET.get("ids", ""))[:MOST_PHOTOS]
        photos = shown_photos(Photo.objects.filter(pk__in=keys)) if keys else {}
        may = request.user.has_perm("media.change_photo")
        return _json({"photos": {key: {**photo, "may_mend": may} for key, photo in photos.items()}})

    def address_view(self, request: HttpRequest) -> JsonResponse:
        """What an address can become: a card of a story of ours, a player, or nothing, and then why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        url = request.GET.get("url", "").strip().replace("\x00", "")
        url = url if "://" in url else f"https://{url}"
        try:
            story = story_at(url, request.get_host())
            if not story:
                URLValidator(["http", "https"])(url[:1001])
        except (ValidationError, ValueError):  # urlsplit raises the latter
            return _json({"refusal": _('"%s" is no web address; write one such as https://example.org/.') % url[:64]})
        if story:
            link = {"link": Article.kind, "id": str(story.pk)}
            shown = {"item": shown_items(Article, [story])[0]}
            return _json({"block": {"type": "related", "article": link}, "shown": shown})
        if not (provider := providers.find(url)) or len(url) > 1000:
            return _json({"refusal": providers.refusal(url)})
        block = {"type": "embed", "provider": provider[0].name, "url": url, "title": None}
        return _json({"block": block, "shown": shown_embed(url)})


def _json(data: dict) -> JsonResponse:
    return JsonResponse(data, headers={"Cache-Control": "no-store"})
