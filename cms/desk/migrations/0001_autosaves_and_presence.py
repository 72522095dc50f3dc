import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import cms.database.fields

AT_ONCE = 200


def take_over(apps, schema_editor):
    """Autosaves were versions that changed; those of accounts that are gone nobody could see."""
    Version, Autosave = apps.get_model("publishing", "Version"), apps.get_model("desk", "Autosave")
    rows = Version.objects.filter(is_autosave=True).order_by("pk")
    batch = []
    for row in rows.exclude(author=None).iterator(chunk_size=AT_ONCE):
        batch.append(
            Autosave(
                kind=row.kind,
                key=row.key,
                page=row.page or uuid.uuid4(),
                author_id=row.author_id,
                base_id=row.base_id,
                data=row.data,
                written=row.written or [],
                created_at=row.created_at,
            )
        )
    Autosave.objects.bulk_create(batch, batch_size=AT_ONCE)
    rows.delete()
    settle(schema_editor)


def give_back(apps, schema_editor):
    Version, Autosave = apps.get_model("publishing", "Version"), apps.get_model("desk", "Autosave")
    names = ["kind", "key", "page", "author_id", "base_id", "data", "written", "created_at"]
    rows = [Version(is_autosave=True, **{name: getattr(row, name) for name in names}) for row in Autosave.objects.all()]
    Version.objects.bulk_create(rows, batch_size=AT_ONCE)
    settle(schema_editor)


def settle(schema_editor):
    """Check now what would be checked at the end: PostgreSQL alters no table about which something is still open."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    """Autosaves get a table of their own. Presence keeps its table, and is the desk's from now on."""

    initial = True

    dependencies = [
        ("publishing", "0002_addresses_in_small_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Autosave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("key", models.UUIDField(help_text="Of the item, which may be still to be saved.")),
                ("page", models.UUIDField(help_text="The opened page that it was written on.")),
                (
                    "data",
                    cms.database.fields.DocumentField(help_text="The snapshot that saving it would make."),
                ),
                ("written", cms.database.fields.DocumentField(help_text="The page's fields.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The version that the page started from.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="publishing.version",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["author", "kind", "-created_at"], name="autosaves_of_a_writer"),
                    models.Index(fields=["created_at"], name="autosaves_by_age"),
                ],
            },
        ),
        migrations.RunPython(take_over, give_back),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        (
                            "page",
                            models.UUIDField(
                                editable=False,
                                help_text="Which page of theirs; it names itself.",
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("key", models.UUIDField()),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField()),
                        (
                            "writing_at",
                            models.DateTimeField(help_text="When the text on it was last seen to change.", null=True),
                        ),
                        (
                            "taken_at",
                            models.DateTimeField(
                                help_text="When somebody else took over; none: nobody has.", null=True
                            ),
                        ),
                        ("taken_by_name", models.CharField(blank=True, max_length=200)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "publishing_presence",
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["kind", "key"], name="pages_of_an_item"),
                            models.Index(fields=["expires_at"], name="pages_that_end"),
                        ],
                    },
                ),
            ],
        ),
    ]
