"""An item's versions: what happened, two of them compared, one taken up again."""

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.desk.versions.comparing import compare, label_of, points_at_deleted
from cms.desk.versions.timeline import heading_of, timeline
from cms.desk.words import author_of, moment_in_words
from cms.publishing import kinds, press, working_copy
from cms.publishing.models import Version


class HistoryMixin:
    """What was saved, and what came too late to be the newest."""

    def get_urls(self):
        stale = self.page("<path:object_id>/compare/<int:version>/", "compare", self.compare_view)
        two = self.page("<path:object_id>/compare/", "compare_two", self.compare_two_view)
        return [stale, two, *super().get_urls()]

    def _versions(self, item):
        return Version.objects.filter(kind=item.kind, key=item.pk)

    def _stale(self, item):
        return self._versions(item).filter(is_stale=True)

    def _is_undecided(self, version):
        is_marker = version.base is not None and version.base.is_stale
        return not is_marker and not Version.objects.filter(base=version).exists()

    def _undecided(self, item):
        """The newest save that came too late and that nobody has decided on."""
        decided = Version.objects.filter(base=OuterRef("pk"))
        open_ = self._stale(item).exclude(base__is_stale=True).filter(~Exists(decided))
        return open_.select_related("author").defer("data").order_by("-pk").first()

    # What happened

    def history_view(self, request, object_id, extra_context=None):
        """What happened to an item. A version is taken up again, and shown to readers, from here."""
        if request.method == "POST":
            with press.printing():
                return self._history(request, object_id)
        return self._history(request, object_id)

    def _history(self, request, object_id):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            return self._take_up(request, item)
        status = self.status_of(item)
        can_change = self.has_change_permission(request, item)
        before = request.GET.get("before", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Versions"),
            "item": item,
            "timeline": timeline(item, status.publication, before),
            "is_first_page": not before,
            "status": status,
            "can_restore": can_change,
            "offers": self.offers(request, item) if can_change and not before else [],
            "can_update": can_change and status.has_changes and self.may(request, "publish", item),
            "compare": self.address("compare_two", quote(item.pk)),
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _take_up(self, request, item):
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        if request.POST.get("head") != str(item.head_id or ""):
            text = _("Somebody has saved again since; you see that below. Nothing was changed: choose again.")
            self.message_user(request, text, messages.WARNING)
        elif "_publish" in request.POST:
            self._act(request, item)
        else:
            number = request.POST.get("restore", "")
            former = self._versions(item).filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
            if former is None:
                raise Http404
            self._restore(request, item, former)
        return HttpResponseRedirect(self.address("history", quote(item.pk)))

    def _restore(self, request, item, former):
        newest = item.head.data if item.head else {}
        made, notes = self._put_in_place(item, former.data, newest, by=request.user, restored=former)
        if made is None:
            self.message_user(request, _("The working copy already says that. Nothing has changed."), messages.INFO)
            return
        when = {"when": moment_in_words(former.created_at)}
        text = _("Restored: the working copy is now that of %(when)s. The text before it stays in the list.") % when
        self.message_user(request, " ".join([text, *notes]) + self._readers_see(item), messages.SUCCESS)

    def _put_in_place(self, item, wanted, newest, **taken_up):
        """Make the working copy say what a version says. The version made of it, and what could not be said."""
        serializer = kinds.publishable_named(item.kind)
        notes = []
        data = working_copy.without_deleted({**serializer.blank(), **wanted})
        serializer.complete(item.pk, data)
        lost = [name for name, value in data.items() if name in wanted and value != wanted[name]]
        if lost:
            labels = ", ".join(label_of(item, name) for name in lost)
            notes.append(_("Left out, as it has since been deleted: %(fields)s.") % {"fields": labels})
        if points_at_deleted([data.get(name) for name in data if name not in lost]):
            notes.append(_("Something in it has since been deleted; look through it before publishing."))
        for name in serializer.only_added:
            data[name] = newest.get(name, []) + [row for row in data[name] if row not in newest.get(name, [])]
        written = working_copy.write(item, data, **taken_up)
        if "slug" in written.problems:
            data["slug"] = newest.get("slug", "")
            notes.append(_("Its slug has since been taken, so it keeps the one it had."))
            written = working_copy.write(item, data, **taken_up)
        return written.or_refuse().version, notes

    # Beside each other

    def compare_two_view(self, request, object_id):
        """Any two versions beside each other. `after` may be "now" or "live"."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        publication = self.status_of(item).publication
        named = {"now": item.head_id, "live": publication.version_id if publication else None}
        asked = [request.GET.get("before", ""), request.GET.get("after", "now")]
        keys = [named.get(name) or (int(name) if name.isdecimal() and len(name) < 19 else 0) for name in asked]
        versions = {row.pk: row for row in self._versions(item).filter(pk__in=keys).select_related("author", "base")}
        if any(key not in versions for key in keys):
            raise Http404
        before, after = (versions[key] for key in sorted(keys))
        can_restore = self.has_change_permission(request, item)
        sides = [heading_of(version, item, publication) for version in (before, after)]
        for side in sides:
            side["can_restore"] = can_restore and side["pk"] != item.head_id
        context = {
            **self._comparing(request, item, before, after),
            "title": _("Two versions compared"),
            "sides": sides,
            "history": self.address("history", quote(item.pk)),
        }
        return TemplateResponse(request, "desk/compare.html", context)

    def _comparing(self, request, item, before, after):
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "item": item,
            "comparison": compare(item, before.data, after.data),
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }

    def compare_view(self, request, object_id, version):
        """The text that came too late beside the newer one, to choose from. Both stay in the history."""
        if request.method == "POST":
            with press.printing():
                return self._compare(request, object_id, version)
        return self._compare(request, object_id, version)

    def _compare(self, request, object_id, version):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        mine = self._stale(item).select_related("author", "base").filter(pk=version).first()
        if mine is None or item.head_id is None:
            raise Http404
        theirs = Version.objects.select_related("author").get(pk=item.head_id)
        if request.method == "POST" and request.POST.get("head") == str(theirs.pk):
            return self._decide(request, item, mine, theirs)
        if request.method == "POST":
            text = _("Somebody has saved again since; this is now the newest text. Nothing was lost: choose again.")
            self.message_user(request, text, messages.WARNING)
        by_me, names = mine.author == request.user, (author_of(theirs), author_of(mine))
        context = {
            **self._comparing(request, item, theirs, mine),
            "title": _("Two versions of one text"),
            "mine": mine,
            "theirs": theirs,
            "by_me": by_me,
            "theirs_name": names[0],
            "mine_name": names[1],
            "sides": [
                {"who": names[0], "at": theirs.created_at},
                {"who": _("Yours") if by_me else names[1], "at": mine.created_at},
            ],
        }
        return TemplateResponse(request, "desk/compare.html", context)

    def _decide(self, request, item, mine, theirs):
        if not self._is_undecided(mine):
            self.message_user(request, _("This has already been decided."), messages.INFO)
        elif "use_mine" in request.POST:
            made, notes = self._put_in_place(item, mine.data, theirs.data, by=request.user, decided=mine)
            if made is None:  # the text says that already
                working_copy.leave_aside(item, mine, request.user)
            text = _("The later text is now the working copy. The other one stays in the history.")
            self.message_user(request, " ".join([text, *notes]) + self._readers_see(item), messages.SUCCESS)
        else:
            working_copy.leave_aside(item, mine, request.user)
            text = _("The text stays as it is. The other one stays in the history.")
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", quote(item.pk)))
