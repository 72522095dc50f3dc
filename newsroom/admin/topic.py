"""Topics at the desk, and how they are merged."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.desk.pages.admin import SharedAdmin
from cms.desk.pages.choosing import MadeHereMixin, SearchedChoice
from newsroom import models
from newsroom.forms.topic import TopicForm


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(models.Topic.objects.all(), label=gettext_lazy("Merge into"))

    def __init__(self, *args, admin_site, **kwargs):
        super().__init__(*args, **kwargs)
        field = models.Topic.merged_into.field
        self.fields["into"].widget = SearchedChoice(field, admin_site)
        self.fields["into"].widget.choices = self.fields["into"].choices


@admin.register(models.Topic)
class TopicAdmin(MadeHereMixin, SharedAdmin):
    make_words = gettext_lazy("Make a new topic: %s")
    told_words = gettext_lazy("No topic is called “%s”. Ask somebody who may make one.")
    form = TopicForm
    list_display = ["name", "type", "slug"]
    list_filter = ["type"]
    search_fields = ["name", "slug"]
    search_help_text = gettext_lazy("Search topics by name")
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "type", "description", "same_as"]
    actions = ["merge"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(merged_into=None)

    @admin.action(description=gettext_lazy("Merge into another topic…"), permissions=["change"])
    def merge(self, request, queryset):
        """Asks for the topic to merge into, then moves every use."""
        form = MergeForm(request.POST if "merge" in request.POST else None, admin_site=self.admin_site)
        if form.is_valid():
            into = form.cleaned_data["into"]
            merged = 0
            for topic in queryset.exclude(pk=into.pk):
                try:
                    into = topic.merge_into(into)
                except ValidationError as error:
                    self.message_user(request, f"{topic}: {' '.join(error.messages)}", messages.ERROR)
                else:
                    merged += 1
            text = ngettext(
                "%(number)d topic merged into %(into)s.", "%(number)d topics merged into %(into)s.", merged
            ) % {"number": merged, "into": into}
            self.message_user(request, text, messages.SUCCESS if merged else messages.INFO)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Merge topics"),
            "topics": queryset,
            "form": form,
            "media": self.media + form.media,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "newsroom/merge_topics.html", context)
