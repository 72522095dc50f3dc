from django.db import migrations


class Migration(migrations.Migration):
    """What was written and not saved yet, and who has a page open, is the desk's, which has taken both over."""

    dependencies = [("publishing", "0002_addresses_in_small_letters"), ("desk", "0001_autosaves_and_presence")]

    operations = [
        migrations.RemoveIndex(model_name="version", name="autosaves_of_somebody"),
        migrations.RemoveIndex(model_name="version", name="oldest_autosaves"),
        migrations.RemoveField(model_name="version", name="is_autosave"),
        migrations.RemoveField(model_name="version", name="page"),
        migrations.RemoveField(model_name="version", name="written"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Presence")]),
    ]
