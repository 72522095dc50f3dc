"""The groups that a newsroom begins with, made with the tables.

They are an administrator's to change: what was added to a group stays, what was taken from it is not given back. Only a
permission that is new itself, since it came with a new release, is given to the groups that are meant to have it.
"""

from fnmatch import fnmatchcase

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import DatabaseError, connections, transaction
from django.utils.translation import gettext_noop

from cms.publishing import kinds

WRITE = ("add", "change")
EDIT = (*WRITE, "change_any", "delete", "approve", "send_back", "publish")
# What each group may do with what is published, unless the kind says otherwise (`roles` of its contract). All see all.
ROLES: dict[str, tuple[str, ...]] = {
    gettext_noop("Reporter"): WRITE,
    gettext_noop("Editor"): EDIT,
    gettext_noop("Photo editor"): (),
    gettext_noop("Managing editor"): (),  # may do everything, see `patterns`
}
OFFICE = ["publishing.view_act", "auth.view_user", "auth.add_user", "auth.change_user"]
OFFICE += ["api.view_key", "api.add_key", "api.change_key"]
_known: set[str] = set()


def patterns(role: str) -> list[str]:
    """What a group may do, as patterns of permissions."""
    if role == "Managing editor":
        return [*(f"{app}.*" for app in content_apps()), *OFFICE]
    found = [f"{app}.view_*" for app in content_apps()]
    for kind in kinds.all():
        verbs = kind.roles.get(role, ROLES[role] if kind.is_publishable else ())
        opts = kind.Meta.model._meta
        found += [f"{opts.app_label}.{verb}_{opts.model_name}" for verb in verbs]
    return found


def content_apps() -> list[str]:
    """The labels of the apps that have kinds."""
    return list(dict.fromkeys(kind.Meta.model._meta.app_label for kind in kinds.all()))


def names(permissions) -> set[str]:
    return {f"{app}.{codename}" for app, codename in permissions.values_list("content_type__app_label", "codename")}


def note_known(using, **kwargs):
    """Which permissions there are before the tables change."""
    _known.clear()
    try:
        with transaction.atomic(using=using):
            if "auth_permission" in connections[using].introspection.table_names():
                _known.update(names(installed.get_model("auth", "Permission").objects.using(using)))
    except DatabaseError:
        pass  # tables of a time before this one: nothing is known


def make(using, apps=installed, **kwargs):
    """Make the groups that there are not, and give new permissions to those that there are."""
    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return  # the tables were taken away
    for label in ("publishing", "api", *content_apps(), "auth"):
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.using(using).select_related("content_type")
    }
    for role in ROLES:
        meant = patterns(role)
        group, is_new = group_model.objects.using(using).get_or_create(name=role)
        group.permissions.add(
            *[
                permission
                for name, permission in permissions.items()
                if (is_new or name not in _known) and any(fnmatchcase(name, pattern) for pattern in meant)
            ]
        )
    _known.update(permissions)
