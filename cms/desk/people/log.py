"""The activity log: who did what, and when."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.lists.change_lists import BriefPaginator, OwnUsersFilter
from cms.desk.moments import in_brief
from cms.desk.words import act_in_words
from cms.publishing import kinds
from cms.publishing.models import Act


@admin.register(Act)
class ActAdmin(admin.ModelAdmin):
    """Who did what, and when. Nothing of it can be changed or taken away."""

    list_display = ["when", "who", "done", "title_and_page", "noted"]
    list_display_links = None
    change_list_template = "desk/log_list.html"
    list_filter = ["verb", ("by", OwnUsersFilter)]
    show_full_result_count = False
    paginator = BriefPaginator
    list_per_page = 100
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    actions = None
    empty_value_display = ""

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Activity log"), **(extra_context or {})})

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = ["desk/rows.js"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("when"), ordering="id")
    def when(self, act):
        return in_brief(act.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, act):
        return act.by_name or _("Galley")

    @admin.display(description=gettext_lazy("what"))
    def done(self, act):
        return act_in_words(act)

    @admin.display(description=gettext_lazy("of what"))
    def title_and_page(self, act):
        if act.kind == Act.ACCOUNT:
            return act.title
        opts = kinds.named(act.kind).Meta.model._meta
        title = act.title or _("Untitled")
        if act.verb == Act.Verb.DELETED:
            return title
        address = reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[act.key])
        return format_html('<a href="{}">{}</a>', address, title)

    @admin.display(description=gettext_lazy("note"))
    def noted(self, act):
        return act.note_shown
