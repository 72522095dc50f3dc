"""Accounts at the desk. Whoever looks after them gives nobody more than they have themselves."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Exists, OuterRef
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.access.accounts import TwoFactorMixin
from cms.desk import menu
from cms.desk.lists.change_lists import BriefPaginator
from cms.desk.moments import in_brief
from cms.desk.pages.choosing import SelectionMixin
from cms.desk.pages.deleting import DeletingMixin
from cms.desk.pages.merging import MergingForm, MergingMixin
from cms.desk.people.permissions import PermissionsField, permission_in_words
from cms.desk.words import name_of

admin.site.unregister([User, Group])

# Their names are kept in English; the desk says them in its own language wherever it shows one.
Group.add_to_class("__str__", lambda group: gettext(group.name))
Permission.add_to_class("__str__", permission_in_words)
# What the desk calls them, wherever it does.
Group._meta.verbose_name, Group._meta.verbose_name_plural = _("role"), _("roles")
User._meta.verbose_name, User._meta.verbose_name_plural = _("account"), _("people")
WORDS: dict[str, tuple[Any, Any]] = {
    "is_active": (_("May log in"), _("Take it away from whoever leaves: what they wrote keeps their name.")),
    "is_staff": (_("At the desk"), _("Without it, the account is good for keys alone.")),
    "is_superuser": (_("May do everything"), _("Also what no role may: webhooks, roles, the rights of others.")),
    "groups": (_("Roles"), ""),
    "user_permissions": (_("Single rights, besides those of the roles"), ""),
    "username": (_("User name"), _("To log in with. Letters, digits and @ . + - _")),
}


def in_own_words(field: forms.Field | None, name: str) -> forms.Field | None:
    """A field of an account, called and explained as the desk does it."""
    if field and name in WORDS:
        field.label, field.help_text = WORDS[name]
    return field


class AccountForm(MergingForm, UserChangeForm):
    """An account, whose password no page holds."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class NewAccountForm(UserCreationForm):
    """An account with its roles and its first password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password2"].help_text = ""


class PasswordForm(AdminPasswordChangeForm):
    """A new password for somebody. Whoever is to log in no more is no longer active."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        self.fields["password2"].help_text = ""


class OfPeopleMixin(DeletingMixin):
    """A list that is called as the menu calls it, and a page that chooses by boxes to tick."""

    filter_horizontal = ()
    empty_value_display = ""
    show_full_result_count = False
    paginator = BriefPaginator
    list_max_show_all = 0
    is_made_anew = False

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = ["desk/desk.js"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": menu.name_of(self.model), **(extra_context or {})})

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if db_field.many_to_many and hasattr(widget, "can_add_related"):
            field.widget = widget.widget  # without the links to make another in a window of its own
        return in_own_words(field, db_field.name)

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.related_model is Permission:
            kwargs["form_class"] = PermissionsField
        else:
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class DeskGroupAdmin(OfPeopleMixin, MergingMixin, SelectionMixin, GroupAdmin):
    change_form_template = "desk/shared_form.html"
    search_help_text = _("Search roles by name")


@admin.register(User)
class DeskUserAdmin(OfPeopleMixin, MergingMixin, TwoFactorMixin, SelectionMixin, UserAdmin):
    """A superuser does everything. Others neither make superusers nor change those who may more than they."""

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    add_form_template = "desk/shared_form.html"
    change_user_password_template = "desk/password_of.html"  # noqa: S105 - a template
    list_display = ["username", "name", "email", "roles", "last_seen", "standing"]
    list_filter = ["is_active", "groups"]
    search_help_text = _("Search people by name or email")
    readonly_fields = ["last_seen", "since"]
    who: Any = (_("Who it is"), {"fields": ["first_name", "last_name", "email"]})
    fieldsets: Any = [
        (None, {"fields": ["username", "password"]}),
        who,
        (_("At the desk"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (
            _("Single rights, besides those of the roles"),
            {"classes": ["collapse"], "fields": ["user_permissions"]},
        ),
        (None, {"fields": [("last_seen", "since")]}),
    ]
    short_fieldsets = [
        (None, {"fields": ["username", "password"]}),
        who,
        (_("At the desk"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        who,
        (_("At the desk"), {"fields": ["groups"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser or obj is None else self.short_fieldsets

    # Lists

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, account):
        return account.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, account):
        named = [_("everything")] if account.is_superuser else account.groups.all()
        return ", ".join(map(str, named))

    @admin.display(description=_("last logged in"), ordering="last_login")
    def last_seen(self, account):
        return in_brief(account.last_login) if account.last_login else _("never")

    @admin.display(description=_("state"), ordering="is_active")
    def standing(self, account):
        may = account.is_active and account.is_staff
        words = _("may log in") if may else _("may not log in")
        return format_html('<span class="state state-{}">{}</span>', "live" if may else "withdrawn", words)

    @admin.display(description=_("account since"))
    def since(self, account):
        return in_brief(account.date_joined)

    # One account

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or not may_more(obj, request.user))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not may_more(obj, request.user))

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups" and request and not request.user.is_superuser:
            kwargs["queryset"] = groups_within(request.user, db_field.related_model)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["shown_name"] = name_of(obj) if obj else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True  # an account that cannot log in is of no use
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """Where any other page leads: all that an account needs was asked already."""
        return super(UserAdmin, self).response_add(request, obj, post_url_continue)


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
