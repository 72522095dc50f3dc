"""Accounts at the desk. Whoever looks after them gives nobody more than they have themselves."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.access.accounts import TwoFactorMixin
from cms.desk import menu
from cms.desk.moments import MomentField, MomentInput
from cms.desk.pages.choosing import SelectionMixin
from cms.desk.pages.merging import MergingForm, MergingMixin

admin.site.unregister([User, Group])

VERBS = {"add": _("can add"), "change": _("can change"), "delete": _("can delete"), "view": _("can see")}


def permission_in_words(permission: Permission) -> str:
    verb, _sign, kind = permission.codename.partition("_")
    is_stock = verb in VERBS and kind == permission.content_type.model
    return f"{permission.content_type.name}: {VERBS[verb] if is_stock else gettext(permission.name)}"


# Their names are kept in English; the desk says them in its own language wherever it shows one.
Group.add_to_class("__str__", lambda group: gettext(group.name))
Permission.add_to_class("__str__", permission_in_words)


class AccountForm(MergingForm, UserChangeForm):
    """An account, whose password no page holds."""


class TitledMixin:
    """A list that is called as the menu calls it."""

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": menu.name_of(self.model), **(extra_context or {})})


@admin.register(Group)
class DeskGroupAdmin(TitledMixin, MergingMixin, SelectionMixin, GroupAdmin):
    change_form_template = "desk/shared_form.html"
    empty_value_display = ""
    search_help_text = _("Search roles by name")
    is_made_anew = False

    class Media:
        css = {"all": ["desk/desk.css"]}


@admin.register(User)
class DeskUserAdmin(TitledMixin, MergingMixin, TwoFactorMixin, SelectionMixin, UserAdmin):
    """A superuser does everything. Others neither make superusers nor change those who may more than they."""

    form = AccountForm
    is_made_anew = False
    empty_value_display = ""
    list_display = ["username", "first_name", "last_name", "email", "is_active"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_help_text = _("Search people by name or email")
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": MomentInput}}
    short_fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal info"), {"fields": ["first_name", "last_name", "email"]}),
        (_("At the desk"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = ["desk/desk.js", "desk/moments.js"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser or obj is None else self.short_fieldsets

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or not may_more(obj, request.user))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not may_more(obj, request.user))

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups" and request and not request.user.is_superuser:
            kwargs["queryset"] = groups_within(request.user, db_field.related_model)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True  # an account that cannot log in is of no use
        super().save_model(request, obj, form, change)


def may_more(user, than) -> bool:
    """Whether somebody may anything that another may not."""
    if than.is_superuser:
        return False
    return user.is_superuser or bool(permissions_of(user) - than.get_all_permissions())


def permissions_of(user) -> set[str]:
    """What somebody may, or would if the account were active."""
    permissions = Permission.objects.filter(user=user) | Permission.objects.filter(group__user=user)
    return {f"{app}.{codename}" for app, codename in permissions.values_list("content_type__app_label", "codename")}


def groups_within(user, group_model):
    """The groups that give nothing that somebody does not have."""
    names = user.get_all_permissions()
    own = [row.pk for row in Permission.objects.select_related("content_type") if label(row) in names]
    beyond = group_model.permissions.through.objects.filter(group=OuterRef("pk")).exclude(permission__in=own)
    return group_model.objects.filter(~Exists(beyond))


def label(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
