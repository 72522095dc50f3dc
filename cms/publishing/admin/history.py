"""An item's versions: listed, compared, and chosen from."""

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.publishing import press, registry
from cms.publishing.admin.comparing import differences, without_deleted
from cms.publishing.admin.words import act_in_words, name_of
from cms.publishing.models import Act, Version


class HistoryMixin:
    """What was saved, and what came too late to be the newest."""

    def get_urls(self):
        compare = self.page("<path:object_id>/compare/<int:version>/", "compare", self.compare_view)
        return [compare, *super().get_urls()]

    def _stale(self, item):
        return Version.objects.filter(kind=item.kind, key=item.pk, is_stale=True)

    def _is_undecided(self, version):
        is_marker = version.base is not None and version.base.is_stale
        return not is_marker and not Version.objects.filter(base=version).exists()

    def _undecided(self, item):
        """The newest save that came too late and that nobody has decided on."""
        decided = Version.objects.filter(base=OuterRef("pk"))
        open_ = self._stale(item).exclude(base__is_stale=True).filter(~Exists(decided))
        return open_.select_related("author").defer("data").order_by("-pk").first()

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
            text = _("Meanwhile somebody saved again; this is the newest text now. Nothing was lost: choose again.")
            self.message_user(request, text, messages.WARNING)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Two versions of one text"),
            "item": item,
            "mine": mine,
            "theirs": theirs,
            "by_me": mine.author == request.user,
            "mine_name": name_of(mine.author),
            "theirs_name": name_of(theirs.author),
            "differences": list(differences(item, mine.data, theirs.data)),
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }
        return TemplateResponse(request, "publishing/compare.html", context)

    def _decide(self, request, item, mine, theirs):
        if not self._is_undecided(mine):
            self.message_user(request, _("This was decided already."), messages.INFO)
        elif "use_mine" in request.POST:
            data = without_deleted(mine.data)
            for name in self.only_added:
                data[name] = theirs.data[name] + [row for row in data[name] if row not in theirs.data[name]]
            serializer = registry.serializer_of(item.kind)
            serializer.assign(item, data)
            text = _("The later text is the working copy now. The other one stays in the history.")
            try:
                item.validate_constraints()
            except ValidationError:
                data["slug"] = theirs.data["slug"]
                text += " " + _("Its slug has been taken meanwhile, so it keeps the one that it had.")
            serializer.store([(item, data)])
            press.keep([(item, data)], by=request.user, base=mine)
            self.message_user(request, text + self._readers_see(item), messages.SUCCESS)
        else:
            # A version of what stays, based on the one that was turned down: that is how the decision is recorded.
            Version.objects.create(
                kind=item.kind, key=item.pk, data=theirs.data, author=request.user, base=mine, is_stale=True
            )
            text = _("The text stays as it is. The other one stays in the history.")
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", quote(item.pk)))

    def history_view(self, request, object_id, extra_context=None):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        rows = Version.objects.filter(kind=item.kind, key=item.pk).select_related("author", "base")
        versions = list(rows.defer("data", "base__data").order_by("-pk")[:200])
        for version in versions:
            version.by = name_of(version.author) if version.author else ""
        standing = self.standing_of(item)
        acts = list(Act.objects.filter(kind=item.kind, key=item.pk)[:200])
        for act in acts:
            act.words, act.who = act_in_words(act), act.by_name or _("Galley")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Versions"),
            "item": item,
            "versions": versions,
            "live_version": standing.publication.version_id if standing.is_live else None,
            "acts": acts,
            "next_version": standing.publication.next_version_id if standing.publication else None,
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }
        return TemplateResponse(request, self.object_history_template, context)
