from django.db import migrations

TABLES = ["search_entry", "search_deskentry"]


def list_terms(apps, schema_editor):
    """SQLite: the terms of each full-text index as a table, by which beginnings of words are spelt out."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab('{table}_words', 'row')")


def drop_lists(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"DROP TABLE {table}_terms")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(list_terms, drop_lists)]
