"""What is being written, kept every few seconds before it is saved, and offered again after a crash.

Only its writer meets an autosave: neither the working copy nor what readers have knows of it. It holds the fields of
the page as they stood, so that a page which could not be saved yet comes back as it was left.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.desk.editing.autosave_changes import mark, whole_page
from cms.desk.ids import is_key
from cms.desk.models import Autosave
from cms.desk.moments import in_brief
from cms.desk.pages.page_state import page_state
from cms.desk.versions.comparing import compare
from cms.desk.words import author_of
from cms.publishing import kinds
from cms.publishing.links import is_link
from cms.publishing.models import Act, Version

MOST = 1_000_000  # characters of a page
MOST_EACH = 100  # of each kind, that one person may leave lying
KEPT = timedelta(days=31)
OFFERED = 5


class AutosavingMixin:
    """Keeps a page while it is being written, and gives it back."""

    def get_urls(self):
        return [
            self.page("add/autosave/", "autosave_new", self.autosave_view),
            self.page("autosaves/<int:pk>/forget/", "forget", self.forget_view),
            self.page("<path:object_id>/autosave/", "autosave", self.autosave_view),
            *super().get_urls(),
        ]

    def autosave_view(self, request, object_id=None):
        """Keep a page as it stands, right or wrong; or forget what was kept of it. Nothing of it is saved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.is_still_theirs(request)
        state = page_state(request)
        page, key = state.page, state.key
        name = unquote(object_id) if object_id else str(key)
        item = self.get_object(request, name)
        if object_id and item is None:
            key = self.deleted_key(name)
            if key is None:
                raise Http404
        may = self.has_change_permission(request, item) if item else self.has_add_permission(request)
        if not may:
            raise PermissionDenied
        if page is None or not (item or key):
            return JsonResponse({"error": _("This page is out of date. Reload it.")}, status=400)
        mine = Autosave.objects.filter(author=request.user, kind=self.model.kind, key=item.pk if item else key)
        if "forget" in request.POST:
            mine.filter(page=page).delete()
            return JsonResponse({})
        if "changes" in request.POST:
            whole = whole_page(request.POST, mine.filter(page=page).only("written", "created_at").first())
            if whole is None:
                return JsonResponse({"code": "send-whole"}, status=409)
            request.POST = whole
        fields = worth_keeping(request.POST)
        if sum(len(name) + len(value) for name, value in fields) > MOST:
            text = _("This text is too long to autosave. Save it yourself.")
            return JsonResponse({"error": text}, status=413)
        _item, data, _problems = self._as_written(request, item, key)
        at = timezone.now() - age(request)
        kept = {"data": data, "written": fields, "base_id": self._base(request, item), "created_at": at}
        last = mine.filter(page=page).values("pk").first()
        if last:  # what comes from a browser that was offline may be older
            Autosave.objects.filter(pk=last["pk"], created_at__lte=at).update(**kept)
        else:
            whose = {"kind": self.model.kind, "key": item.pk if item else key, "author": request.user}
            Autosave.objects.create(**whose, page=page, **kept)
            self._clear_out(request)
        return JsonResponse({"at": in_brief(at), "since": mark(at), **self._newest(request, item)})

    def deleted_key(self, name: str) -> uuid.UUID | None:
        """The id of an item that was there once, and was deleted."""
        if not is_key(name, self.model) or self.model._default_manager.filter(pk=name).exists():
            return None
        deleted = Act.objects.filter(kind=self.model.kind, key=name, verb=Act.Verb.DELETED)
        return deleted.values_list("key", flat=True).first()

    def keep_of_deleted(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Keep the page of an item that was deleted while it was written, and offer to make it anew."""
        act = Act.objects.filter(kind=self.model.kind, key=key, verb=Act.Verb.DELETED)[0]
        if not self.has_add_permission(request):
            raise PermissionDenied
        _item, data, _problems = self._as_written(request, None, key)
        page = page_state(request).page or uuid.uuid4()
        kept = {"data": data, "written": worth_keeping(request.POST), "base_id": None}
        mine = {"kind": self.model.kind, "key": key, "author": request.user, "page": page}
        autosave, _is_new = Autosave.objects.update_or_create(**mine, defaults={**kept, "created_at": timezone.now()})
        text = _("%(who)s has deleted this. What you wrote is still here: save it to bring it back.")
        self.message_user(request, text % {"who": act.by_name or _("Somebody")}, messages.WARNING)
        return self._to(request, f"{self.address('add')}?take_up={autosave.pk}")

    def is_still_theirs(self, request: HttpRequest) -> None:
        """A page that goes on by itself says whose it is: somebody else may have logged in meanwhile, beside it."""
        if request.headers.get("X-Saving", str(request.user.pk)) != str(request.user.pk):
            raise PermissionDenied

    def _base(self, request: HttpRequest, item: Any | None) -> int | None:
        base = page_state(request).base
        if item is None or base is None or base == item.head_id:
            return base if item else None
        versions = Version.objects.filter(pk=base, kind=item.kind, key=item.pk)
        return base if versions.exists() else None

    def _newest(self, request: HttpRequest, item: Any | None) -> dict:
        """The version that was saved last, and who saved it where that is not what the page goes on from."""
        head = item.head_id if item else None
        if head is None or head == page_state(request).base:
            return {"head": head}
        newest = Version.objects.select_related("author").defer("data").get(pk=head)
        who = _("You, on another page,") if newest.author == request.user else author_of(newest)
        return {"head": head, "by": who, "head_at": in_brief(newest.created_at)}

    def _clear_out(self, request: HttpRequest) -> None:
        """Bounds what is left lying: after a month, and by number. Done when something is added to it."""
        many = self._own(request).order_by("-created_at").values("pk")[MOST_EACH:]
        old = Autosave.objects.filter(created_at__lt=timezone.now() - KEPT).values("pk")[:MOST_EACH]
        gone = [row["pk"] for row in [*many[:MOST_EACH], *old]]
        if gone:
            Autosave.objects.filter(pk__in=gone).delete()

    def forget_page(self, request: HttpRequest, item: Any) -> None:
        """What was kept of a page goes once the page is saved: that save holds it, or a later text."""
        page = page_state(request).page
        if page and (keys := list(self._own(request).filter(page=page).values_list("pk", flat=True))):
            Autosave.objects.filter(pk__in=keys).delete()

    def forget_view(self, request, pk):
        """Throw away what was kept, at its writer's wish."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        autosave = self._own(request).filter(pk=pk).first()
        if autosave:
            Autosave.objects.filter(pk=pk).delete()
            self.message_user(request, _("Discarded."), messages.SUCCESS)
            if self.model._default_manager.filter(pk=autosave.key).exists():
                return HttpResponseRedirect(self.address("change", quote(autosave.key)))
        return HttpResponseRedirect(self.address("changelist"))

    def _own(self, request: HttpRequest) -> QuerySet:
        return Autosave.objects.filter(author=request.user, kind=self.model.kind)

    def offers(self, request: HttpRequest, item: Any | None = None) -> list[Autosave]:
        """What somebody wrote and did not save: of an item, or of items that have not been saved even once."""
        autosaves = self._own(request).order_by("-created_at")
        if item:
            autosaves = autosaves.filter(key=item.pk)
        else:
            autosaves = autosaves.filter(~Exists(self.model._default_manager.filter(pk=OuterRef("key"))))
        rows = list(autosaves[: 2 * OFFERED])
        serializer = kinds.publishable_named(self.model.kind)
        for row in rows:
            row.when = in_brief(row.created_at)
            row.title = serializer.title(row.data)
            row.differences = compare(item, item.head.data, row.data).fields if item and item.head else []
            target = self.address("change", quote(item.pk)) if item else self.address("add")
            row.take_up = f"{target}?take_up={row.pk}"
            row.forget = self.address("forget", row.pk)
        # What a save holds already is not offered, nor what says nothing.
        if item and item.head:
            unsaved = [row for row in rows if row.differences]
            return [row for row in unsaved if row.base_id == item.head_id or adds(item.head.data, row.data)][:OFFERED]
        blank = serializer.blank()
        return [row for row in rows if says_something(row.data, blank)][:OFFERED]

    def saving_context(self, request: HttpRequest, item: Any | None, can_save: bool) -> dict:
        """What a page needs to be saved in place, and while it is being written."""
        if not can_save:
            return {}
        is_post, state = request.method == "POST", page_state(request)
        return {
            "autosave_address": self.address("autosave", quote(item.pk)) if item else self.address("autosave_new"),
            "page": state.page if is_post or state.taken_up else uuid.uuid4(),
            "saved_at": in_brief(item.modified_at) if item and item.head_id else "",
            "saved_by": author_of(item.head) if item and item.head and item.head.author_id else "",
            "login_address": reverse(f"{self.admin_site.name}:login"),
            "offers": [] if is_post or state.taken_up else self.offers(request, item),
            "is_taken_up": state.taken_up is not None,
        }

    # Taking it up again

    def take_up(self, request, object_id):
        """Show the page with what was written on it, as if it had just been typed; where it is elsewhere, lead there.

        It is saved when its writer saves it.
        """
        name = request.GET["take_up"]
        autosave = self._own(request).filter(pk=name).first() if name.isdecimal() and len(name) < 19 else None
        if autosave and object_id is None and self.model._default_manager.filter(pk=autosave.key).exists():
            return HttpResponseRedirect(f"{self.address('change', quote(autosave.key))}?take_up={autosave.pk}")
        if autosave is None or (object_id and unquote(object_id) != str(autosave.key)):
            self.message_user(request, _("That text has since been saved or discarded."), messages.INFO)
            here = self.address("change", object_id) if object_id else self.address("add")
            return HttpResponseRedirect(here)
        page_state(request).taken_up = autosave
        return None

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        autosave = page_state(request).taken_up
        return filled_with(form, autosave.fields) if autosave else form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        autosave = page_state(request).taken_up
        return {**kwargs, "data": autosave.fields, "files": {}} if autosave else kwargs


def says_something(data: dict, blank: dict) -> bool:
    """Whether somebody has written, and not only chosen from lists, or had a page fill itself in."""
    return any(_has_words(value) for name, value in data.items() if value != blank.get(name))


def _has_words(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return not is_link(value) and any(_has_words(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_words(inner) for inner in value)


def adds(saved: dict, kept: dict) -> bool:
    """Whether what was kept has words or links that are not in what was saved since."""
    return bool(Counter(parts_of(kept)) - Counter(parts_of(saved)))


def parts_of(value: Any) -> Iterator[Any]:
    """The words of a snapshot, and what it links to."""
    if isinstance(value, str):
        yield from re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", value)))
    elif is_link(value):
        yield value["link"], str(value.get("id"))
        yield from parts_of({name: inner for name, inner in value.items() if name not in {"link", "id"}})
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != "id":  # of a block: another one says the same
                yield from parts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts_of(inner)


def worth_keeping(posted: QueryDict) -> list[tuple[str, str]]:
    """The fields of a page, without what is of no use later or should lie nowhere."""
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if not name.startswith("_") and name not in {"csrfmiddlewaretoken", "age"} and "password" not in name
    ]


def filled_with(form: type[forms.ModelForm], fields: QueryDict) -> type[forms.ModelForm]:
    """The form with these fields in it, as if they had just been typed: nobody finds fault with them yet."""

    class Filled(form):  # type: ignore[valid-type]  # the base is known when the page is
        def __init__(self, initial=None, instance=None):
            super().__init__(fields, {}, initial=initial, instance=instance)
            self._errors = forms.utils.ErrorDict()

    Filled.base_fields = form.base_fields
    return Filled


def age(request: HttpRequest) -> timedelta:
    """How long ago a page was as it is now sent: a browser may have been offline."""
    seconds = request.POST.get("age", "")
    return min(timedelta(seconds=int(seconds)), KEPT) if seconds.isdecimal() and len(seconds) < 9 else timedelta()
