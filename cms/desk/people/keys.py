"""Keys at the desk: made, limited and revoked by those who look after accounts. The key itself is shown once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.api import keys
from cms.api.models import Key, Scope
from cms.desk.moments import in_brief
from cms.desk.pages.admin import DeskAdmin
from cms.desk.people.users import may_more
from cms.desk.words import name_of


class AddressesField(forms.CharField):
    """Addresses and networks, with commas, spaces or lines between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return super().clean(value).replace(",", " ").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != (data or "").replace(",", " ").split()


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    networks = AddressesField(
        label=gettext_lazy("Addresses"),
        help_text=Key._meta.get_field("networks").help_text,
        required=False,
    )

    class Meta:
        model = Key
        fields = ["name", "account", "scopes", "networks", "expires_at"]


@admin.register(Key)
class KeyAdmin(DeskAdmin):
    """A key can be limited further and revoked; nobody sees it again, and its account stays."""

    form = KeyForm
    change_form_template = "desk/key_form.html"
    list_display = ["name", "account_name", "good_for", "state", "last_use", "begins_with"]
    list_select_related = ["account"]
    search_fields = ["name", "shown"]
    search_help_text = gettext_lazy("Search keys by name or beginning")
    actions = None
    fields = ["name", "account", "scopes", "networks", "expires_at"]

    # Permissions

    def has_delete_permission(self, request, obj=None):
        return False  # the history names it for ever

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self._may_look_after(request, obj))

    def _may_look_after(self, request: HttpRequest, key: Key) -> bool:
        return key.revoked_at is None and not may_more(key.account, request.user)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "account":
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field

    def get_readonly_fields(self, request, obj=None):
        return ["account"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "account":  # a key is never a way to more than one may oneself
            accounts = get_user_model().objects.filter(is_active=True)
            own = [account.pk for account in accounts if not may_more(account, request.user)]
            field.queryset = accounts.filter(pk__in=own).order_by("first_name", "last_name", "username")
            field.label_from_instance = name_of
            field.initial = request.user.pk
        return field

    # Lists

    @admin.display(description=gettext_lazy("account"))
    def account_name(self, key):
        return name_of(key.account)

    @admin.display(description=gettext_lazy("scopes"))
    def good_for(self, key):
        return ", ".join(key.scopes)

    @admin.display(description=gettext_lazy("state"))
    def state(self, key):
        return self._in_words(key)

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_use(self, key):
        if not key.last_used_at:
            return _("never")
        return f"{in_brief(key.last_used_at)}, {key.last_used_from}".strip(", ")

    @admin.display(description=gettext_lazy("begins with"))
    def begins_with(self, key):
        return format_html("<code>{}…</code>", key.shown)

    def _in_words(self, key: Key) -> str:
        if key.revoked_at:
            return _("Revoked %(when)s") % {"when": in_brief(key.revoked_at)}
        if key.expires_at and key.expires_at <= timezone.now():
            return _("Ended %(when)s") % {"when": in_brief(key.expires_at)}
        if not key.account.is_active:
            return _("Ended with its account")
        return _("Works until %(when)s") % {"when": in_brief(key.expires_at)} if key.expires_at else _("Works")

    # One key

    def get_urls(self):
        return [
            path("<path:object_id>/revoke/", self.admin_site.admin_view(self.revoke_view), name="revoke-key"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context.update(
            {
                "title": _("Key"),
                "subtitle": str(obj) if obj else _("New key"),
                "show_save_and_add_another": False,
                "show_save_and_continue": False,
                "state": self._in_words(obj) if obj else "",
                "last_use": self.last_use(obj) if obj else "",
                "can_revoke": bool(obj and self.has_change_permission(request, obj)),
            }
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.made_by = request.user
        request.secret = keys.give_secret(obj)
        keys.store(obj, request.user)

    def response_add(self, request, obj, post_url_continue=None) -> HttpResponse:
        """The key itself, on the one page that ever has it: it goes through no message, session or address."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Key made"),
            "opts": self.opts,
            "key": obj,
            "secret": request.secret,
            "back": self.address("changelist"),
            "media": self.media,
        }
        response = TemplateResponse(request, "desk/key_made.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        with transaction.atomic():
            locked: models.QuerySet[Key] = Key.objects.select_for_update(of=("self",)).select_related("account")
            key = locked.filter(pk=unquote(object_id)).first() if unquote(object_id).isdecimal() else None
            if key is None or request.method != "POST" or not self.has_change_permission(request, key):
                raise PermissionDenied
            key.revoke(request.user)
        text = _("“%(key)s” opens nothing any more.") % {"key": key.name}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.address("changelist"))
