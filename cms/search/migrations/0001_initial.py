from django.db import migrations, models

TABLES = ["search_entry", "search_deskentry"]

# The rows of both tables are the content of the full-text indexes; triggers keep these by them, whoever writes. FTS5
# keeps of each word only where it stands: `ascii` leaves our words as they are, and phrases are looked for in the rows.
SQLITE = [
    """CREATE VIRTUAL TABLE {table}_words USING fts5(
        terms, content='{table}', content_rowid='id', detail='none', columnsize=0, tokenize="ascii"
    )""",
    """CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN
        INSERT INTO {table}_words(rowid, terms) VALUES (new.id, new.terms);
    END""",
    """CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN
        INSERT INTO {table}_words({table}_words, rowid, terms) VALUES ('delete', old.id, old.terms);
    END""",
    """CREATE TRIGGER {table}_changed AFTER UPDATE OF id, terms ON {table} BEGIN
        INSERT INTO {table}_words({table}_words, rowid, terms) VALUES ('delete', old.id, old.terms);
        INSERT INTO {table}_words(rowid, terms) VALUES (new.id, new.terms);
    END""",
]
# No extension: a managed database may refuse them. The words come ready-made, so no parser of PostgreSQL sees them. What
# is long stands outside the rows, which are gone through by the thousand.
POSTGRESQL = [
    "ALTER TABLE {table} ALTER COLUMN terms SET STORAGE EXTENDED",
    """ALTER TABLE {table} ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))
    ) STORED""",
    "ALTER TABLE {table} ALTER COLUMN vector SET STORAGE EXTENDED",
    "ALTER TABLE {table} SET (toast_tuple_target = 128)",
    "CREATE INDEX {table}_words ON {table} USING gin (vector) WITH (fastupdate = off)",
    # A planner that knows how usual a word is reads the whole table for a usual one, and thinks nothing of fetching what
    # stands outside the rows. One that knows nothing goes through the index.
    "ALTER TABLE {table} ALTER COLUMN vector SET STATISTICS 0",
]


def make_indexes(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for table in TABLES:
        for statement in statements:
            schema_editor.execute(statement.format(table=table))


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"DROP TABLE {table}_words")


def ask_for_what_is_there(apps, schema_editor):
    """What was there before the index is indexed in the background (see building.py)."""
    if apps.get_model("publishing", "Version").objects.exists():
        apps.get_model("search", "Build").objects.create(pk=1)


class Migration(migrations.Migration):
    initial = True

    dependencies = [("publishing", "0004_one_release_keeps_its_json")]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("key", models.UUIDField()),
                (
                    "publication",
                    models.BigIntegerField(
                        help_text="The key of one; none: of what many share.", null=True, unique=True
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, help_text="By whose rules its words were stemmed.", max_length=35
                    ),
                ),
                ("live_until", models.DateTimeField(null=True)),
                ("place", models.BigIntegerField(default=0, help_text="That of its publication.")),
                (
                    "is_stale",
                    models.BooleanField(
                        default=False, help_text="What it was made from has changed; it is made again soon."
                    ),
                ),
                (
                    "terms",
                    models.TextField(
                        help_text="Its words, as they were stemmed, with blanks between; then marked ones."
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("is_stale", True)), fields=["id"], name="entry_stale")
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="one_entry_a_thing")],
            },
        ),
        migrations.CreateModel(
            name="Language",
            fields=[("code", models.CharField(max_length=35, primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="DeskEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("key", models.UUIDField()),
                ("terms", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="one_desk_entry_a_thing")],
            },
        ),
        migrations.CreateModel(
            name="Build",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.PositiveSmallIntegerField(default=0, help_text="Of building.steps(): which comes next."),
                ),
                (
                    "after",
                    models.CharField(blank=True, help_text="The key that this step has come to.", max_length=40),
                ),
                ("is_complete", models.BooleanField(default=False)),
            ],
        ),
        migrations.RunPython(make_indexes, drop_indexes),
        migrations.RunPython(ask_for_what_is_there, migrations.RunPython.noop),
    ]
