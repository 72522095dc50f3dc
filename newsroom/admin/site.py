"""The newsroom itself, at the desk: one page, and no list."""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from cms.database.fields import fold
from cms.desk import menu
from cms.desk.editing.items import PublishableAdmin
from cms.publishing import kinds
from newsroom import models
from newsroom.admin.offered import OfferedToWritersMixin
from newsroom.admin.photos import PhotosMixin
from newsroom.forms.menus import as_lines, in_line
from newsroom.forms.site import SiteForm

MOST_FOUND = 6  # of each kind
# What an entry of a menu can lead to: the kind's model, what it is searched by, and what of it is offered.
OFFERED = {
    models.Section: ("sort_name", {}),
    models.Page: ("search_text", {"is_retired": False}),
    models.Front: ("search_text", {"is_retired": False}),
    models.Topic: ("sort_name", {"merged_into": None}),
}


@admin.register(models.Site)
class SiteAdmin(OfferedToWritersMixin, PhotosMixin, PublishableAdmin):
    form = SiteForm
    photo_fields = ("logo",)
    fieldsets = [
        (None, {"fields": ["name", "description", "logo", "menus"]}),
        (gettext_lazy("Language"), {"fields": ["language"]}),
        (
            gettext_lazy("Publisher, and elsewhere"),
            {"classes": ["collapse"], "fields": ["publisher_name", "publisher_url", "social"]},
        ),
        (gettext_lazy("Terms of use"), {"classes": ["collapse"], "fields": ["usage_text", "usage_url"]}),
    ]

    def get_urls(self):
        return [self.page("targets/", "targets", self.targets_view), *super().get_urls()]

    def may(self, request, verb, item=None):
        """Readers always have one: it is never withdrawn."""
        return verb != "withdraw" and super().may(request, verb, item)

    def has_add_permission(self, request):
        """Whether there is one already is looked up where one is made, and not for the menu of each page."""
        is_making = request.path == self.address("add")
        return super().has_add_permission(request) and not (is_making and self._item())

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """There is no list of one: the page itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        item = self._item()
        address = self.address("change", quote(item.pk)) if item else self.address("add")
        return HttpResponseRedirect(address)

    def _item(self):
        return self.model.objects.filter(pk=kinds.SINGLE).first()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "menus" in form.base_fields:
            form.base_fields["menus"].widget.targets = self.address("targets")
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [name if name != "menus" else "menu_lines" for name in fieldsets[0][1]["fields"]]
        return [(None, {"fields": shown}), *fieldsets[1:]]

    @admin.display(description=gettext_lazy("menus"))
    def menu_lines(self, site):
        return format_html("<pre>{}</pre>", as_lines(site.menus))

    def targets_view(self, request):
        """What an entry of a menu can lead to, by the beginning of its name or any words of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = fold(request.GET.get("q", "").replace("\x00", "")[:200]).split()
        rows = []
        for model, (column, condition) in OFFERED.items():
            found = model.objects.filter(**condition)
            for word in asked[:8]:
                found = found.filter(**{f"{column}__contains": word})
            rows += [(model, row) for row in found[:MOST_FOUND]]
        results = [{"value": in_line(row), "name": str(row), "kind": str(menu.one_of(model))} for model, row in rows]
        return JsonResponse({"results": results}, headers={"Cache-Control": "no-store"})
