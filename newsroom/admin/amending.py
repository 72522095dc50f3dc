"""What is changed of an item without opening it: breaking on and off, a topic more or less, and nothing else of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.pages.choosing import SearchedChoice, making_offer
from cms.publishing import amending, press
from cms.publishing.links import link
from newsroom.models import Topic

SHOWN = "shown"
KEPT = "kept"


class TopicForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=gettext_lazy("Topic"))
    where = forms.ChoiceField(
        label=gettext_lazy("Of what is live"),
        choices=[
            (SHOWN, gettext_lazy("Show readers at once: the topic alone, and no other change that waits")),
            (KEPT, gettext_lazy("Change the working copy only; readers see it with the next update")),
        ],
        initial=SHOWN,
        widget=forms.RadioSelect,
    )


class BreakingMixin:
    """Of what can be breaking news."""

    def get_urls(self):
        return [self.page("<uuid:key>/breaking/", "breaking", self.breaking_view), *super().get_urls()]

    def breaking_view(self, request, key):
        """Breaking on or off: for readers at once where it is live, and nothing else with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        is_on = request.POST.get("on") == "1"
        with press.printing():
            item = self.get_object(request, str(key))
            if item is None:
                raise Http404
            if not self.has_view_or_change_permission(request, item):
                raise PermissionDenied
            base = str(item.head_id or "")
            is_shown = self.set_breaking(request, item, is_on)
        message = _("Breaking: on.") if is_on else _("Breaking: off.")
        message += " " + (_("Readers see it now.") if is_shown else _("Readers do not see it yet."))
        if request.headers.get("Accept") != "application/json":
            self.message_user(request, message)
            return HttpResponseRedirect(self.address("changelist"))
        # A page that was up to date goes on from the new version; one that was not stays out of date.
        base = str(item.head_id) if request.POST.get("base") == base else ""
        return JsonResponse({"said": message, "on": is_on, "base": base})

    def set_breaking(self, request: Any, item: Any, is_on: bool) -> bool:
        note = press.in_english(gettext_lazy("breaking on") if is_on else gettext_lazy("breaking off"))
        return amending.amend(item, lambda data: {**data, "breaking": is_on}, by=request.user, note=note)

    @admin.action(description=gettext_lazy("Breaking off…"))
    def breaking_off(self, request, queryset):
        def act(item, form):
            self.set_breaking(request, item, is_on=False)

        say = _("Readers see what is live without it at once. Nothing else of it changes.")
        return self.in_bulk(request, queryset, act, title=_("Breaking off"), button=_("Breaking off"), say=say)

    def row_acts(self, request, item):
        yield from super().row_acts(request, item)
        verb = "publish" if item.status.is_live or item.status.next_at else "change"
        if self.may(request, "change", item) and self.may(request, verb, item):
            label = _("Breaking off") if item.breaking else _("Breaking on")
            yield {"label": label, "post": self.address("breaking", quote(item.pk)), "on": int(not item.breaking)}


class TopicsMixin:
    """Of what has topics."""

    @admin.action(description=gettext_lazy("Add a topic…"))
    def add_topic(self, request, queryset):
        return self._topics(request, queryset, with_topic, _("Add a topic"), gettext_lazy("topic added: %(topic)s"))

    @admin.action(description=gettext_lazy("Take a topic away…"))
    def take_topic(self, request, queryset):
        return self._topics(
            request, queryset, without_topic, _("Take a topic away"), gettext_lazy("topic taken away: %(topic)s")
        )

    def _topics(self, request, queryset, edit, title, note):
        def form_class(*args, **kwargs):
            form = TopicForm(*args, **kwargs)
            field = form.fields["topic"]
            offer = making_offer(request, self.admin_site, Topic)
            field.widget = SearchedChoice(Topic.merged_into.field, self.admin_site, attrs=offer)
            field.widget.choices = field.choices
            return form

        def act(item, form):
            topic = topic_now(form.cleaned_data["topic"])
            is_shown = form.cleaned_data["where"] == SHOWN
            message = press.in_english(note) % {"topic": topic}
            amending.amend(item, lambda data: edit(data, topic), by=request.user, note=message, is_shown=is_shown)

        return self.in_bulk(request, queryset, act, form_class=form_class, title=title, button=title)


def topic_now(topic: Topic) -> Topic:
    """The topic that was chosen, or the one that it was merged into since."""
    row = Topic.objects.filter(pk=topic.pk).first()
    if row is None:
        raise ValidationError(_('The topic "%(topic)s" has since been deleted.') % {"topic": topic})
    return row.at_last()


def keys_of(topic: Topic) -> set[str]:
    """Under which ids a snapshot may have a topic: those that were merged into it are the same to readers."""
    return {str(key) for key in [topic.pk, *topic.merged.values_list("pk", flat=True)]}


def with_topic(data: dict, topic: Topic) -> dict:
    there = keys_of(topic) & {found["id"] for found in data["topics"]}
    return data if there else {**data, "topics": [*data["topics"], link("topic", topic.pk)]}


def without_topic(data: dict, topic: Topic) -> dict:
    keys = keys_of(topic)
    return {**data, "topics": [found for found in data["topics"] if found["id"] not in keys]}
