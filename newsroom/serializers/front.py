"""Fronts: the pages that editors arrange of containers."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.settings import api_settings

from cms.api.filters import FlagFilter, ReferenceFilter
from cms.api.hints import nearest
from cms.api.parameters import NotAmong
from cms.content.serializers import (
    LineField,
    LinkField,
    PublishableSerializer,
    SlugField,
    api_url,
)
from cms.notices import notice
from cms.publishing import kinds
from cms.publishing.kinds import Gathered, Place
from cms.publishing.links import is_link, key_of
from newsroom import checks, filling
from newsroom.body.addresses import address_or_path
from newsroom.filling import RULES
from newsroom.models import Front
from newsroom.models.front import HOME
from newsroom.serializers.seo import SeoSerializer, resolved

LAYOUTS = ("lead", "row", "list", "strip")
MOST_CONTAINERS = 40
MOST_ITEMS = 200  # on one front; those pinned, and those shown
USUAL_COUNT = 5

# What is written


class PinnedField(serializers.Field):
    """Something put on a front by hand: {"article": its slug or id}, or whatever else stands in the feed."""

    default_error_messages = {"form": 'write {{"article": "..."}}, or another of {kinds}'}

    def to_internal_value(self, data):
        known = filling.pinned_kinds()
        if is_link(data):
            data = {data["link"]: data}
        if not isinstance(data, Mapping) or len(data) != 1:
            self.fail("form", kinds=", ".join(known))
        ((kind, named),) = data.items()
        if kind not in known or named is None:
            self.fail("form", kinds=", ".join(known))
        link = LinkField(kind, allow_null=False)
        link.bind(kind, self)
        return {kind: link.run_validation(named)}

    def to_representation(self, value):
        return value


class RuleField(serializers.Field):
    """The feed's own parameters, by which a container is filled: {"kind": "article", "section": "world"}."""

    default_error_messages = {
        "form": 'write an object of the feed\'s parameters, such as {{"kind": "article", "section": "world"}}',
        "unknown": "there is no parameter {name}; {hint}",
        "value": "{name}: {text}",
    }

    def __init__(self, **kwargs):
        super().__init__(**{"allow_null": True, "required": False, "default": None, **kwargs})
        of_things = {name: by.kind for name, by in RULES.items() if isinstance(by, ReferenceFilter)}
        self.links = {name: LinkField(kind, allow_null=False) for name, kind in of_things.items()}
        for name, link in self.links.items():
            link.bind(name, self)

    def to_internal_value(self, data):
        if not isinstance(data, Mapping):
            self.fail("form")
        rule = {}
        for name, value in data.items():
            if name not in RULES:
                near = nearest(str(name), RULES)
                hint = f"did you mean {near}?" if near else f"write some of {', '.join(RULES)}"
                self.fail("unknown", name=f'"{str(name)[:64]}"', hint=hint)
            if value is None:  # as an export writes what points at something deleted: without it, it would find more
                notice("rule", f"rule: what {name} names is not there; the container is left without a rule")
                return None
            rule[name] = self._value(name, value)
        self._try(rule)
        return rule

    def _value(self, name, value):
        by, several = RULES[name], isinstance(value, list)
        given = value if several else [value]
        if isinstance(value, str) and by.field.takes_several and "," in value:
            several, given = True, [part.strip() for part in value.split(",")]
        if several and not by.field.takes_several:
            self.fail("value", name=name, text="write one value")
        if not given or not all(isinstance(each, str | bool) or is_link(each) for each in given):
            self.fail("value", name=name, text="write a text, or a list of texts")
        if name in self.links:
            made = [self._link(name, each) for each in given]
        elif isinstance(by, FlagFilter):
            made = [self._clean(name, given)]
        else:
            self._clean(name, given)
            made = [filling.written(each) for each in given]
        return made if several else made[0]

    def _link(self, name, value):
        try:
            return self.links[name].run_validation(value)
        except serializers.ValidationError as error:
            self.fail("value", name=name, text=str(error.detail[0]))

    def _clean(self, name, values):
        try:
            return RULES[name].field.clean([filling.written(each) for each in values])
        except NotAmong as error:
            self.fail("value", name=name, text=f'"{error.value[:64]}" is none of {", ".join(error.allowed)}')
        except ValidationError as error:
            self.fail("value", name=name, text=str(error.message))

    def _try(self, rule):
        """Whether it can be asked at all: of some things there is a most."""
        try:
            filling.filters_of(rule)
        except ValidationError as error:
            raise serializers.ValidationError(str(error.message)) from error

    def to_representation(self, value):
        return value


class ContainerLinkSerializer(serializers.Serializer):
    """Where a container's title leads."""

    label = LineField(max_length=200)  # type: ignore[assignment]  # the stubs take it for DRF's own option
    url = serializers.CharField(max_length=1000)

    def validate_url(self, value):
        """An address, or a path of the site itself."""
        url = None if value.startswith("//") else address_or_path(value)
        if not url:
            raise serializers.ValidationError("write an address such as https://example.org/, or a path such as /world")
        return url


class ContainerLineSerializer(serializers.Serializer):
    """A container of a front, as it is written."""

    id = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", required=False)
    layout = serializers.ChoiceField(LAYOUTS)
    title = LineField(max_length=200, allow_blank=True, default="")
    link = ContainerLinkSerializer(allow_null=True, default=None)
    pinned = serializers.ListField(child=PinnedField(), max_length=MOST_ITEMS, default=list)
    rule = RuleField()
    count = serializers.IntegerField(min_value=1, max_value=MOST_ITEMS, required=False)

    def to_internal_value(self, data):
        if isinstance(data, Mapping) and (strange := [name for name in data if name not in self.fields]):
            near = nearest(str(strange[0]), self.fields)
            hint = f"did you mean {near}?" if near else f"write some of {', '.join(self.fields)}"
            raise serializers.ValidationError({str(strange[0])[:64]: [f"there is no such key; {hint}"]})
        container = dict(super().to_internal_value(data))
        usual = len(container["pinned"]) if container["rule"] is None else max(len(container["pinned"]), USUAL_COUNT)
        container.setdefault("count", usual or 1)
        container["link"] = dict(container["link"]) if container["link"] else None
        return {name: container[name] for name in self.fields if name in container}


class CardsField(serializers.ListField):
    """What stands in a container: cards of the kinds that the feed shows."""

    is_of_any_kind = True


class ContainerSerializer(serializers.Serializer):
    """A part of a front, with what stands in it."""

    id = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    layout = serializers.ChoiceField(LAYOUTS)
    link = ContainerLinkSerializer(allow_null=True)
    items = CardsField()
    more = serializers.URLField(allow_null=True)


class ContainersField(serializers.ListField):
    """The containers of a front, each with an id that it keeps."""

    shape = ContainerSerializer

    default_error_messages = {
        "not_a_list": "write a list of containers",
        "many": "a front has at most {most} containers",
        "items": "a front has at most {most} items, and as many pinned; take some away",
        "container": "container {number}: {text}",
    }

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "child": ContainerLineSerializer()})

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > MOST_CONTAINERS:
            self.fail("many", most=MOST_CONTAINERS)
        containers, used = [], set()
        for number, given in enumerate(data, 1):
            try:
                container = self.child.run_validation(given)
            except serializers.ValidationError as error:
                self.fail("container", number=number, text=": ".join(first_of(error.detail)))
            own = container.pop("id", "")
            if not own or own in used:
                own = new_id(container, used)
            used.add(own)
            containers.append({"id": own, **container})
        if max(total(containers, "count"), total(containers, "pinned")) > MOST_ITEMS:
            self.fail("items", most=MOST_ITEMS)
        return containers

    def to_representation(self, value):
        return value


def total(containers: list[dict], name: str) -> int:
    return sum(value if isinstance(value := container[name], int) else len(value) for container in containers)


def first_of(detail: Any) -> list[str]:
    """The first message of DRF's nested errors, after the names on the way to it; places in a list count from 1."""
    if isinstance(detail, Mapping):
        name, inner = next((name, inner) for name, inner in detail.items() if inner)
        own = [str(name + 1) if isinstance(name, int) else str(name)]
        return [*(own if name != api_settings.NON_FIELD_ERRORS_KEY else []), *first_of(inner)]
    if isinstance(detail, list):
        return first_of(next(inner for inner in detail if inner))
    return [str(detail)]


def new_id(container: dict, used: Iterable[str]) -> str:
    """An id made from what the container says, so that importing a line again gives the same."""
    number = 0
    while True:
        digest = hashlib.blake2b(orjson.dumps([container, number]), digest_size=5).hexdigest()
        if digest not in used:
            return digest
        number += 1


class FrontSerializer(PublishableSerializer):
    """A page that editors arrange.

    Its kept JSON has, in the place of each container's items, what is to stand there: `gather` puts them in whenever
    somebody reads it. A version keeps what is pinned, and what a rule names, as links.
    """

    endpoint = "newsroom.views.FrontViewSet"
    web_path = "/fronts/{slug}"
    place = Place(_("Fronts"), _("Front"), new=_("New front"), go="f", position=50)
    is_in_feed = False
    called_by = "name"
    is_in_sitemap = False  # each changes with all that is published, and the site's menu leads to them
    gathers = True
    roles = {"Reporter": ()}
    checks = (checks.front_has_a_name, checks.front_has_a_slug, checks.front_is_arranged)
    reading_order = ("name", "description", "containers", "slug", "seo")
    words = {
        "canonical_url": _("original address"),
        "container": _("Container"),
        "containers": _("containers"),
        "count": _("holds"),
        "description": _("description"),
        "image": _("picture"),
        "in": _("in"),
        "label": _("called"),
        "layout": _("layout"),
        "lead": _("Lead"),
        "list": _("List"),
        "pinned": _("pinned"),
        "row": _("Row"),
        "rule": _("rule"),
        "seo": _("search engines"),
        "strip": _("Strip"),
        "title": _("title"),
        "title_link": _("its title leads to"),
        "url": _("address"),
    }

    name = LineField(max_length=200, allow_blank=True, required=False)
    slug = SlugField(allow_blank=True, required=False)
    description = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    containers = ContainersField(required=False)
    seo = SeoSerializer(required=False)

    class Meta:
        kind = "front"
        path = "fronts"
        model = Front
        validators: list = []
        card_fields = ["kind", "id", "slug", "name", "url", "web_url", "description", "updated_at"]
        fields = [*card_fields, "seo", "containers"]
        desk_fields: list = []
        own_kind_fields: list = []

    @classmethod
    def sort_name(cls, data):
        return data.get("name") or ""

    @classmethod
    def compared(cls, name, value):
        """Each container by itself, and below it each thing pinned in it: so one sees what came and what moved."""
        if name != "containers":
            return value
        return [piece for container in value or [] for piece in told_apart(container, cls.words)]

    # Readers

    @classmethod
    def kept_part(cls, data):
        """What is pinned is looked up at each reading, with what the rules find."""
        return {**data, "containers": [{**container, "pinned": []} for container in data.get("containers") or []]}

    def get_web_url(self, publication, data) -> str:
        return f"{settings.FRONT_URL}/" if publication.slug == HOME else super().get_web_url(publication, data)

    def get_seo(self, publication, data) -> dict:
        url = self.get_web_url(publication, data)
        return resolved(data.get("seo"), title=data.get("name"), description=data.get("description"), url=url)

    def get_containers(self, publication, data) -> list:
        kept = publication.shown.data.get("containers") or []
        goals = goals_of(kept)
        return [
            {
                "id": container["id"],
                "title": container["title"] or None,
                "layout": container["layout"],
                "link": whole_link(container["link"]),
                "items": {
                    "pinned": container["pinned"],
                    "rule": led_on(container["rule"], goals),
                    "count": container["count"],
                },
                "more": self.more(publication, shown["rule"]) if filling.filters_or_none(container["rule"]) else None,
            }
            for container, shown in zip(kept, data.get("containers") or [], strict=True)
        ]

    def more(self, publication, rule: dict) -> str | None:
        """The list that goes on below a container; none where what its rule names is not there."""
        pairs = []
        for name, value in rule.items():
            values = [slug_or_text(each) for each in (value if isinstance(value, list) else [value])]
            if None in values or not values:
                return None
            pairs.append((name, ",".join(values)))
        if publication.slug:
            pairs.append(("exclude_front", publication.slug))
        return f"{api_url('feed')}?{urlencode(pairs, safe=',')}"

    @classmethod
    def gather(cls, document, moment):
        front = orjson.loads(document)
        asked = filling.asked_of(container["items"] for container in front["containers"])
        rows = filling.standing(asked, moment.at)
        cards = filling.cards(rows, moment)
        keys, ends = [], []
        for container, row in zip(front["containers"], rows, strict=True):
            shown = [each.publication for each in row if each.publication.pk in cards]
            container["items"] = [orjson.Fragment(cards[publication.pk][0]) for publication in shown]
            keys += [publication.key for publication in shown]
            ends += [end for publication in shown if (end := cards[publication.pk][1])]
        return Gathered(orjson.dumps(front).decode(), keys, looked_through(asked), min(ends, default=None))

    @classmethod
    def gather_ahead(cls, document, at):
        asked = filling.asked_of(container["items"] for container in document["containers"])
        rows = filling.standing_then(asked, at)
        cards = filling.cards_then(rows, at)
        containers = [
            {**container, "items": [cards[each.publication.pk] for each in row if each.publication.pk in cards]}
            for container, row in zip(document["containers"], rows, strict=True)
        ]
        return {**document, "containers": containers}

    @classmethod
    def gathered(cls, document, moment):
        asked = filling.asked_of(container["items"] for container in orjson.loads(document)["containers"])
        return [each.publication.pk for row in filling.standing(asked, moment.at) for each in row]


def whole_link(link: dict | None) -> dict | None:
    """A link with its address in full, where an editor wrote a path of the site."""
    return {**link, "url": f"{settings.FRONT_URL}{link['url']}"} if link and link["url"].startswith("/") else link


def told_apart(container: dict, words: Mapping) -> Iterable[dict]:
    """A container as a piece of its own, and each thing that is pinned in it as one more."""
    layout = str(words[container["layout"]])
    about = {"title": container["title"], "layout": layout, "count": container["count"]}
    rule = {"title_link": container["link"], **(container["rule"] or {})}
    yield {"id": container["id"], "type": "container", **about, **rule}
    for pinned in container["pinned"]:
        yield from ({**link, "in": container["title"] or layout} for link in pinned.values())


def looked_through(asked: Iterable[filling.Asked]) -> set[str]:
    """The kinds among which rules look."""
    everything = [kind.Meta.kind for kind in kinds.in_feed()]
    return {kind for container in asked if container.rule for kind in container.rule.kinds or everything}


def slug_or_text(value: Any) -> str | None:
    """A value of a rule as it stands in an address: of what a link led to, its slug."""
    if isinstance(value, dict):
        return value["slug"]
    return None if value is None else filling.written(value)


def goals_of(containers: list[dict]) -> dict:
    """What the links of rules lead to, by kind and id: of a topic that was merged into another, that."""
    wanted: dict[str, set] = {}
    for container in containers:
        for value in (container["rule"] or {}).values():
            for link in value if isinstance(value, list) else [value]:
                if is_link(link):
                    wanted.setdefault(link["link"], set()).add(key_of(link))
    return {
        (kind, str(pk)): getattr(row, "redirects_to", pk)
        for kind, keys in wanted.items()
        for pk, row in kinds.named(kind).Meta.model._default_manager.in_bulk(list(keys)).items()
    }


def led_on(rule: dict | None, goals: dict) -> dict | None:
    """A rule with each link leading to its goal; one that leads nowhere is null, and finds nothing."""

    def goal(value):
        if not is_link(value):
            return value
        key = goals.get((value["link"], value["id"]))
        return {**value, "id": str(key)} if key else None

    if rule is None:
        return None
    return {name: [*map(goal, value)] if isinstance(value, list) else goal(value) for name, value in rule.items()}
