"""The groups that a newsroom begins with, made with the tables.

They are an administrator's to change: what was added to a group stays, what was taken from it is not given back. Only a
permission that is new itself, since it came with a new release, is given to the groups that are meant to have it.
"""

from fnmatch import fnmatchcase

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import DatabaseError, connections, transaction
from django.utils.translation import gettext_noop

READ = ["newsroom.view_*", "media.view_*"]
WRITE = [f"newsroom.{verb}_{kind}" for verb in ("add", "change") for kind in ("article", "blurb", "video")]
EDIT = [
    f"newsroom.{verb}_{kind}"
    for verb in ("change_any", "delete", "approve", "send_back", "publish")
    for kind in ("article", "blurb", "video")
]
ROLES = {
    gettext_noop("Reporter"): [*READ, *WRITE, "media.add_photo"],
    gettext_noop("Editor"): [*READ, *WRITE, *EDIT, "media.add_photo", "media.change_photo"],
    gettext_noop("Photo editor"): [
        *READ,
        "media.*",
        "newsroom.add_video",
        "newsroom.change_video",
        "newsroom.change_any_video",
    ],
    gettext_noop("Managing editor"): [
        *["newsroom.*", "media.*", "publishing.view_act"],
        *["auth.view_user", "auth.add_user", "auth.change_user"],
    ],
}
APPS = ("publishing", "media", "newsroom", "auth")
_known: set[str] = set()


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
    for label in APPS:
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.using(using).select_related("content_type")
    }
    for role, patterns in ROLES.items():
        group, is_new = group_model.objects.using(using).get_or_create(name=role)
        group.permissions.add(
            *[
                permission
                for name, permission in permissions.items()
                if (is_new or name not in _known) and any(fnmatchcase(name, pattern) for pattern in patterns)
            ]
        )
    _known.update(permissions)
