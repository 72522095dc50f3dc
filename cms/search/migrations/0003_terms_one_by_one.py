from django.db import migrations

TABLES = ["search_entry", "search_deskentry"]


def list_anew(apps, schema_editor, each="instance"):
    """SQLite: each use of a term is a row, and only the first is read. One row for all has them counted first."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"DROP TABLE {table}_terms")
            schema_editor.execute(f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab('{table}_words', '{each}')")


def list_as_before(apps, schema_editor):
    list_anew(apps, schema_editor, each="row")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_terms_there_are")]

    operations = [migrations.RunPython(list_anew, list_as_before)]
