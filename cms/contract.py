"""The contract: what is asked of a kind of thing, by the engine and by every room above it.

The base serializers (cms/content/serializers.py) fulfil it. Which kinds there are stands in cms/publishing/kinds.py; no
room asks an app by name: whatever is done with a kind stands below.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:  # types alone: what these modules do with kinds, they find here
    from django.utils.functional import _StrPromise

    from cms.content.entries import Entry, Picture
    from cms.content.masthead import Masthead
    from cms.content.publishable import Publishable
    from cms.content.shared import Shared
    from cms.publishing.checks import Check
    from cms.publishing.links import Target, Thing
    from cms.publishing.models import Publication
    from cms.publishing.reading import Moment


Words: TypeAlias = "str | _StrPromise"  # in the language of whoever reads them

SINGLE = uuid.UUID("00000000-0000-4000-8000-000000000001")  # the id of the one thing of its kind
COMMON = 100  # the rank of what lets most through

WRITTEN, SHARED, OFFICE = range(3)  # the groups of the desk's menu


class Place(NamedTuple):
    """A place on the desk's menu, and what the desk calls the things that are found there."""

    label: "Words"
    one: "Words" = ""  # one of its things; empty: as the model has it
    new: "Words" = ""  # what its "New" button says; empty: it has none in the menu
    mine: "Words" = ""  # the list of somebody's own; empty: as for all kinds
    group: int = WRITTEN
    new_page: str = "add"  # or "changelist", where things are added in the list
    key: str = ""  # that makes a new one
    go: str = ""  # that leads to the list, after g
    position: int = 99


class Searched(NamedTuple):
    """The texts by which a thing is found: what counts most, what counts more than the rest, and the rest."""

    headline: str = ""
    prominent: Sequence[str] = ()
    rest: Sequence[str] = ()


class Gathered(NamedTuple):
    """Readers' JSON with what was looked up for one reading of it."""

    document: str
    publications: Sequence[uuid.UUID] = ()  # the ids of those that it shows
    kinds: Collection[str] = ()  # what is published of these may change it, whatever it is
    until: datetime | None = None  # when something that was looked up ends


class Beside(NamedTuple):
    """What is shown with an item besides what its snapshot says: more of a snapshot, and when something in it ends."""

    data: dict[str, Any]
    until: datetime | None = None


class Kind:
    """What is asked of every kind."""

    class Meta:
        kind: ClassVar[str]  # its name, in links, lines and addresses
        path: ClassVar[str]  # its place in the API; empty: it has none
        model: ClassVar[type[models.Model]]
        fields: ClassVar[list[str]]  # of readers' JSON, in its order

    is_publishable: ClassVar[bool] = False
    is_shared: ClassVar[bool] = False
    is_group: ClassVar[bool] = False  # it stands for all members of a group, each of which mentions it
    is_single: ClassVar[bool] = False  # there is one of it: at `path` itself, and with no slug or id to tell it by
    words: ClassVar[Mapping[str, Any]] = {}  # what the newsroom calls the names and closed values in a snapshot

    endpoint: ClassVar[str] = ""  # the dotted name of the viewset that serves it at `path`
    web_path: ClassVar[str] = ""  # where the front end shows one, unless WEB_PATH_... says otherwise; empty: nowhere
    web_parts: ClassVar[frozenset[str]] = frozenset({"slug", "id"})  # what may stand in braces in that
    is_in_sitemap: ClassVar[bool] = True  # where the front end shows each on a page of its own
    place: ClassVar[Place | None] = None  # on the desk's menu
    rank: ClassVar[int] = COMMON  # as a filter: what lets least through has the lowest, and is looked for first
    # Besides JSON, on the page of one: the dotted name of what writes it so, by format (cms/api/formats.py).
    other_formats: ClassVar[Mapping[str, str]] = {}
    roles: ClassVar[Mapping[str, Sequence[str]]] = {}  # what the first groups may do with it, where not the usual

    @classmethod
    def shared_instance(cls) -> Self:
        """One instance for reading: making one costs more than using it."""
        raise NotImplementedError

    @classmethod
    def load(cls, keys: Iterable[uuid.UUID], at: datetime) -> "dict[uuid.UUID, Target]":
        """What links to these things lead to, as far as readers may see it at a moment; one query."""
        raise NotImplementedError

    @classmethod
    def load_ahead(cls, keys: Iterable[uuid.UUID], at: datetime) -> "dict[uuid.UUID, Target]":
        """The same at a moment that may be still to come."""
        return cls.load(keys, at)

    @classmethod
    def implied(cls, keys: Iterable[uuid.UUID]) -> "dict[uuid.UUID, list[Thing]]":
        """What else is mentioned with each of these things."""
        return {}

    @classmethod
    def pictures(cls, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The addresses at which the desk finds a small picture of these things."""
        return {}

    @classmethod
    def searched(cls, shown: dict) -> Searched | None:
        """The texts by which readers find one; none: its kind is not searched.

        `shown` is readers' JSON of what many share; of what is published it is the snapshot, in which what many share
        and is no name of its own (a photo with its caption) stands in the place of its link, and other links are null
        or stand as they are.
        """
        return None


class SharedKind(Kind):
    """A kind that many items point at. It has no drafts: a change shows at once wherever it is mentioned."""

    class Meta(Kind.Meta):
        model: "ClassVar[type[Shared]]"
        link_fields: ClassVar[list[str]]  # what an item shows of it
        writable_fields: ClassVar[list[str]]  # what a line of an import may say of it

    is_shared = True
    narrows: ClassVar[bool] = False  # whoever is told of changes may ask for those alone that mention one of it
    is_always_public: ClassVar[bool] = False  # else readers have it only while something live mentions it
    # What mentions it is found by its name as well, which is looked up when somebody asks: nothing else is indexed anew
    # when it is renamed. Else its texts stand in the entries of what shows it.
    is_found_by_name: ClassVar[bool] = False
    # Keys of a line that hold an object: the columns that its keys are kept in.
    composed_fields: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    @classmethod
    def for_list(cls, rows: models.QuerySet) -> models.QuerySet:
        """The rows with all that `show_row` reads, in a fixed number of queries."""
        return rows

    def show_row(self, row: models.Model, at: datetime) -> tuple[dict, datetime | None]:
        """Readers' JSON of one, and when something in it comes to its end."""
        raise NotImplementedError

    @classmethod
    def holder_of(cls, file: Any) -> models.Model | None:
        """The one that has this very file already; it is known by its bytes, and not decoded for that."""
        return None

    @classmethod
    def refusal_status(cls, error: ValidationError) -> int:
        """What a program is told of a file, or of anything else that cannot be taken: the HTTP status."""
        return 400

    @classmethod
    def first_seen(cls, moments: dict[uuid.UUID, datetime]) -> None:
        """These have come before readers, at these moments."""

    @classmethod
    def ended(cls, since: datetime, until: datetime) -> list[models.Model]:
        """Those that came to their end in this time."""
        return []

    @classmethod
    def end_of(cls, row: Any) -> datetime | None:
        """When one of those came to its end."""
        return None

    @classmethod
    def next_end(cls, after: datetime) -> datetime | None:
        """When the next of them comes to its end."""
        return None


class PublishableKind(Kind):
    """A kind that is written at the desk and published. A *snapshot* is an item of it as a version keeps it."""

    class Meta(Kind.Meta):
        model: "ClassVar[type[Publishable]]"
        card_fields: ClassVar[list[str]]  # the part of `fields` that lists and related cards show
        desk_fields: ClassVar[list[str]]  # what is written, and not shown to readers
        own_kind_fields: ClassVar[list[str]]  # links to others of the kind that the desk keeps as keys

    is_publishable = True
    later_keys: ClassVar[frozenset[str]] = frozenset()  # of a snapshot: older ones lack them, and are read so
    only_added: ClassVar[tuple[str, ...]] = ()  # of its lists: of what was said in public nothing is taken back
    reading_order: ClassVar[tuple[str, ...]] = ()  # in which two snapshots are compared
    is_copied: ClassVar[bool] = True  # whether another one can be begun from it
    not_copied: ClassVar[tuple[str, ...]] = ("slug",)  # keys that belong to this very item
    facet_ranks: ClassVar[Mapping[str, int]] = {}  # of what `facets` yields, as `rank`
    called_by: ClassVar[str] = "headline"  # the key of a snapshot, and of readers' JSON, that says what it is called
    checks: "ClassVar[tuple[Check, ...]]" = ()  # what is looked at before one is published
    web_parts = frozenset({"slug", "id", "yyyy", "mm", "dd"})
    linked_web_parts: ClassVar[Mapping[str, str]] = {}  # more of these: the link of a snapshot whose slug each is
    is_in_feed: ClassVar[bool] = True  # else it is no news: lists that merge kinds, and feeds, leave it out
    is_news: ClassVar[bool] = False  # for two days the sitemap of news has it, by headline and language
    is_masthead: ClassVar[bool] = False  # what the newsroom says of itself (see masthead.py)
    new_status: ClassVar[str] = "draft"  # that a line gives to what is new where it says none, as lines call it

    # The desk

    @classmethod
    def written(cls) -> Mapping[str, Any]:
        """The fields of a snapshot, by name."""
        raise NotImplementedError

    @classmethod
    def snapshot(cls, item: models.Model, rows: dict[str, list] | None = None) -> dict:
        """An item of the desk as it stands, to be kept as a version. `rows` are those that are not stored yet."""
        raise NotImplementedError

    @classmethod
    def blank(cls) -> dict:
        """The snapshot of an item that nobody has written anything in."""
        raise NotImplementedError

    @classmethod
    def copied(cls, data: dict) -> dict:
        """What another item begins with that is begun from one that says this."""
        return {name: value for name, value in data.items() if name not in cls.not_copied}

    @classmethod
    def complete(cls, key: uuid.UUID, data: dict) -> None:
        """Make a snapshot agree with the item that it is of."""

    @classmethod
    def assign(cls, item: models.Model, data: dict) -> None:
        """Put a snapshot's columns on an item, without saving it."""
        raise NotImplementedError

    @classmethod
    def store(cls, pairs: "list[tuple[Publishable, dict]]") -> None:
        """Write snapshots to the desk, in bulk: the items' columns, then the rows that belong to them."""
        raise NotImplementedError

    @classmethod
    def store_part(cls, item: models.Model, data: dict, names: Iterable[str]) -> None:
        """Write some of a snapshot to the desk, and leave the rest there as it is."""
        raise NotImplementedError

    @classmethod
    def compared(cls, name: str, value: Any) -> Any:
        """What a snapshot says under a name as two of them are compared: where that is a list, piece by piece."""
        return value

    # Lines of an import

    @classmethod
    def reading(cls, names: Any) -> Self:
        """An instance that reads lines, and finds what they link to by these names."""
        raise NotImplementedError

    @classmethod
    def from_line(cls, given: dict) -> dict:
        """What an imported line says, under the names of a snapshot."""
        return given

    @classmethod
    def as_before(cls, given: dict, former: dict) -> dict:
        """What an imported line says, with what it leaves to us and we chose when it was imported before."""
        return given

    @classmethod
    def without_itself(cls, key: uuid.UUID, data: dict) -> dict:
        """What an imported line says, checked, without what points at the very item that it is of."""
        return data

    @classmethod
    def take_files(cls, given: dict, take: Callable[[str, Any, Callable], dict]) -> dict:
        """What an imported line says, the files that it names taken in: `take(key, path, gate)` makes one Stored."""
        return given

    def checked(self, given: dict) -> dict:
        """The part of a snapshot that some of its keys make. Only these keys may be left out."""
        raise NotImplementedError

    # The press

    @classmethod
    def title(cls, data: dict) -> str:
        """What a snapshot, or readers' JSON, is called."""
        return data.get(cls.called_by) or ""

    @classmethod
    def sort_name(cls, data: dict) -> str | None:
        """What a list of the kind is put in order by, where it goes by names; none: it goes by dates."""
        return None

    @classmethod
    def facets(cls, data: dict) -> Iterable[tuple[str, str]]:
        """The closed values that an item can be found by, as (name, value)."""
        return ()

    @classmethod
    def rights_end(cls, data: dict) -> datetime | None:
        """When the rights to what a snapshot holds run out, whatever end the desk has chosen."""
        return None

    @classmethod
    def shown_beside(cls, mentioned: "set[Thing]", moved: "set[Thing]") -> "Iterable[models.QuerySet[Publication]]":
        """The live publications that show something of items of this kind without a link to them (see `beside`).

        `mentioned` is all that these items mention or mentioned before; `moved` the part of it that gains or loses one
        of them, or has one in another place. What is found here is rendered again.
        """
        return ()

    # Readers

    @classmethod
    def beside(
        cls, publications: "Sequence[Publication]", at: datetime, *, ahead: bool = False
    ) -> "dict[uuid.UUID, Beside]":
        """By key what is shown with these besides what their snapshots say, looked up for all of them together.

        It may hold links. With `ahead` it is as it will be at a moment that may be still to come.
        """
        return {}

    @classmethod
    def free_part(cls, data: dict) -> dict:
        """Of a snapshot what anybody may have; the very same where that is all of it.

        Whatever is published, kept or found by a search is made of this part. The rest goes to those alone who show a
        preview's link, or a key that opens it.
        """
        return data

    @classmethod
    def in_detail(cls, data: dict) -> dict:
        """The snapshot as it is shown at its own address: with the links marked whose whole stands there."""
        return data

    # Readers, of what is looked up at each reading: what is newest in a section, say

    gathers: ClassVar[bool] = False  # its kept JSON lacks what `gather` adds whenever somebody reads it

    @classmethod
    def kept_part(cls, data: dict) -> dict:
        """Of a snapshot what its kept JSON is made of; the very same where nothing is left to be gathered."""
        return data

    @classmethod
    def gather(cls, document: str, moment: "Moment") -> Gathered:
        """Kept JSON with all that readers see in it at a moment; in two statements."""
        raise NotImplementedError

    @classmethod
    def gather_ahead(cls, document: dict, at: datetime) -> dict:
        """The same as it will be at a moment that may be still to come."""
        raise NotImplementedError

    @classmethod
    def gathered(cls, document: str, moment: "Moment") -> Collection[int]:
        """Which publications that adds at a moment, by their primary keys; in one statement."""
        raise NotImplementedError

    @classmethod
    def preview_template(cls) -> str:
        """The page that shows a preview where the front end has none; `item` in it is readers' JSON."""
        return f"preview/{cls.Meta.kind}.html"

    def show(self, publication: "Publication", data: dict, names: Iterable[str]) -> dict:
        """Readers' JSON, from a publication and its expanded snapshot."""
        raise NotImplementedError

    @classmethod
    def card_of(cls, document: dict) -> dict:
        """What lists show of readers' JSON."""
        return {name: document[name] for name in cls.Meta.card_fields}

    @classmethod
    def masthead(cls, document: dict) -> "Masthead":
        """What the newsroom says of itself, made of readers' JSON; of the one kind that is for that."""
        raise NotImplementedError

    @classmethod
    def entry(cls, document: dict) -> "Entry":
        """What feeds have of it, made of readers' JSON."""
        raise NotImplementedError

    @classmethod
    def pictures_of(cls, card: dict) -> "tuple[Picture, ...]":
        """The pictures that stand for it, the first one foremost, made of readers' JSON in lists."""
        return ()

    def unwritten(self) -> dict:
        """Readers' JSON of one in which nobody has written anything: of a single one, until it is published."""
        raise NotImplementedError

    def get_url(self, publication: "Publication", data: dict) -> str:
        """Where it is in the API."""
        raise NotImplementedError

    def get_web_url(self, publication: "Publication", data: dict) -> str:
        """Where readers find it at the front end."""
        raise NotImplementedError

    @classmethod
    def web_urls_of(cls, publications: "Iterable[Publication]") -> dict[uuid.UUID, str]:
        """The same of what is live, by key; what their paths go by is looked up for all of them together."""
        raise NotImplementedError
