"""Which migrations make the tables, since a backup fits those that it was made from and no others."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def ours() -> list[str]:
    """The migrations of this release, as it is installed."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def applied() -> list[str]:
    """The migrations that the database has had, those of apps that are no longer installed left out."""
    apps = {name.partition(".")[0] for name in ours()}
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations() if app in apps)


def difference(of: str, names: list[str], others: list[str]) -> str:
    """What two of them differ in, in words for an operator; empty where they do not."""
    more, fewer = sorted(set(names) - set(others)), sorted(set(others) - set(names))
    parts = [f"has {_few(more)}"] if more else []
    parts += [f"lacks {_few(fewer)}"] if fewer else []
    return f"{of} {' and '.join(parts)}" if parts else ""


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
