"""What the pages and lists of articles, blurbs and videos have in common."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.database.fields import fold
from cms.desk.editing.items import PublishableAdmin
from cms.desk.lists.change_lists import FAR
from cms.search import desk
from media.photos.library import thumbnails
from newsroom import models
from newsroom.admin.amending import TopicsMixin
from newsroom.admin.photos import PhotosMixin

MOST_WORDS = 8  # of a search
AI_USE: Any = (gettext_lazy("AI"), {"classes": ["collapse"], "fields": ["ai_use_level", "ai_use_note"]})


class LanguageFilter(admin.SimpleListFilter):
    """The languages of what was saved last; all of them would need a look at the whole archive."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        newest = model_admin.model.objects.order_by("-modified_at").values_list("language", flat=True)[:500]
        return [(language, language) for language in sorted(set(newest))]

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class WrittenAdmin(TopicsMixin, PhotosMixin, PublishableAdmin):
    autocomplete_fields = ["section", "topics"]
    list_select_related = ["section"]
    list_display = ["what", "state", "section", "byline", "last_saved"]
    search_help_text = gettext_lazy("Search headlines, standfirsts, text and names")
    written_first = "headline"
    actions = ["withdraw_selected", "assign_selected", "add_topic", "take_topic"]

    class Media:
        css = {"all": ["newsroom/paper.css"]}

    def look_up(self, items):
        super().look_up(items)
        for item in items:
            item.thumb = ""

    def with_facts(self, rows):
        """With the first two that each is by, and how many they are."""
        kind = self.model.kind
        placed = self.model.placed_bylines.rel.related_model.objects.filter(**{kind: OuterRef("pk")})
        names = placed.order_by("position", "pk").values("byline__name")
        number = placed.order_by().values(kind).annotate(number=Count("*")).values("number")
        return rows.annotate(by_first=Subquery(names[:1]), by_second=Subquery(names[1:2]), by_number=Subquery(number))

    def look_up_rows(self, items):
        """What a list shows besides: a small picture, with one statement for all."""
        column = f"{self.photo_fields[0]}_id"
        thumbs = thumbnails([getattr(item, column) for item in items if getattr(item, column)])
        for item in items:
            item.thumb = thumbs.get(getattr(item, column), "")

    @admin.display(description=gettext_lazy("what"))
    def what(self, item):
        """The line that a row is read by: its kicker, its headline, whether it is breaking."""
        mark = ""
        if hasattr(item, "breaking"):
            hidden = "" if item.breaking else mark_safe(" hidden")
            mark = format_html('<strong class="breaking-mark"{}>{}</strong>', hidden, _("Breaking"))
        kicker = getattr(item, "kicker", "")
        if getattr(item, "breaking", False) and kicker.casefold() == _("Breaking").casefold():
            kicker = ""  # the mark says it
        kicker = format_html('<span class="row-kicker">{}</span>', kicker) if kicker else ""
        thumb = format_html('<img class="row-thumb" src="{}" alt="" loading="lazy">', item.thumb) if item.thumb else ""
        return format_html('{}<span class="row-title">{}{}<span>{}</span></span>', thumb, mark, kicker, str(item))

    @admin.display(description=gettext_lazy("byline"))
    def byline(self, item):
        names = ", ".join(filter(None, [item.by_first, item.by_second]))
        more = (item.by_number or 0) - 2
        return _("%(names)s and %(number)d more") % {"names": names, "number": more} if more > 0 else names

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A new item can be written at once: what comes first has the focus."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and self.written_first in form.base_fields:
            form.base_fields[self.written_first].widget.attrs["autofocus"] = True
        return form

    def get_search_results(self, request, queryset, search_term):
        """Every word must occur in what the item is called, or in the name of somebody it is by; case is no matter.

        Or all of them occur in its texts, as it stands at the desk: whole, in another form, or not written to the end.
        """
        if not search_term.strip():
            return queryset, False
        items = self.model.objects.order_by("-modified_at", "-pk")
        named = Q()
        for word in fold(search_term.replace("\x00", "")).split()[:MOST_WORDS]:
            bylines = models.Byline.objects.filter(folded_name__contains=word)
            rows = self.model.placed_bylines.rel.related_model.objects.filter(byline__in=bylines.values("pk"))
            by = Q(pk__in=rows.values(self.model.kind)) if bylines.exists() else Q()
            named &= Q(search_text__contains=word) | by
        in_text = desk.found_in(self.model.kind, search_term)
        items = items.filter(named | in_text if in_text else named)
        return queryset.filter(pk__in=items.values("pk")[:FAR]), False
