"""What is done with many items of a list at once: asked first, done through the press one by one, refusals named."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.desk.words import name_of
from cms.publishing import press
from cms.publishing.models import Publication

AT_ONCE = 200


class UserField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return name_of(obj)


REASONS = [choice for choice in Publication.Reason.choices if choice[0] != Publication.Reason.EXPIRED]


class WithdrawForm(forms.Form):
    """None of the reasons is there already: to choose one is to withdraw."""

    decided_by = "reason"
    reason = forms.ChoiceField(label=gettext_lazy("Why do readers lose it?"), choices=REASONS)


class AssignForm(forms.Form):
    to = UserField(
        get_user_model().objects.none(),
        label=gettext_lazy("Assigned to"),
        required=False,
        empty_label=gettext_lazy("nobody"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        users = get_user_model().objects.filter(is_active=True, is_staff=True)
        self.fields["to"].queryset = users.order_by("first_name", "last_name", "username")


class BulkMixin:
    """Of the list of what is published."""

    def get_actions(self, request):
        """Those that somebody could do with some item at all."""
        actions = super().get_actions(request)
        needed = {"withdraw_selected": "withdraw", "delete_selected": "delete"}
        return {name: action for name, action in actions.items() if self.may(request, needed.get(name, "change"))}

    @admin.action(description=gettext_lazy("Withdraw…"))
    def withdraw_selected(self, request, queryset):
        def act(item, form):
            if not self.status_of(item).is_live:
                raise ValidationError(_("It is not live."))
            press.withdraw(item, form.cleaned_data["reason"], by=request.user)

        return self.in_bulk(
            request,
            queryset,
            act,
            form_class=WithdrawForm,
            title=_("Withdraw from readers"),
            button=_("Withdraw from readers"),
            is_danger=True,
        )

    @admin.action(description=gettext_lazy("Assign to…"))
    def assign_selected(self, request, queryset):
        def act(item, form):
            press.assign(item, form.cleaned_data["to"], by=request.user)

        title = _("Assign to somebody")
        return self.in_bulk(request, queryset, act, form_class=AssignForm, title=title, button=_("Assign"))

    def in_bulk(
        self,
        request: Any,
        queryset: Any,
        act: Callable[[Any, Any], None],
        *,
        title: str,
        button: str,
        form_class: Callable[..., forms.Form] = forms.Form,
        is_danger: bool = False,
        say: str = "",
    ) -> TemplateResponse | None:
        """Ask about many items, then do it with each that it may be done with, and name the others."""
        items = list(queryset.defer(*self.list_defer)[: AT_ONCE + 1])
        if len(items) > AT_ONCE:
            text = _("Choose at most %(number)d at once.") % {"number": AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        form = form_class(request.POST if "bulk" in request.POST else None, auto_id="id_bulk_%s")
        if "bulk" in request.POST and form.is_valid():
            self._each(request, items, act, form)
            return None
        self.look_up(items)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "button": button,
            "say": say,
            "is_danger": is_danger,
            "items": items,
            "form": form,
            "action": request.POST["action"],
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "desk/bulk.html", context)

    def _each(self, request, items, act, form):
        """Each alone: what one is refused, another is done with; nobody else waits for all of them."""
        done = 0
        for item in items:
            try:
                with press.printing(), press.attempt():
                    act(item, form)
            except PermissionDenied:
                self.message_user(request, _("%(item)s: you may not do that with it.") % {"item": item}, messages.ERROR)
            except ValidationError as error:
                text = f"{item}: {' '.join(error.messages)}"
                self.message_user(request, text, messages.WARNING)
            else:
                done += 1
        if done:
            text = ngettext("Done with %(number)d.", "Done with %(number)d.", done) % {"number": done}
            self.message_user(request, text, messages.SUCCESS)
