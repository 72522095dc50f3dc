from django.db import migrations


def make_first_edition(apps, schema_editor):
    apps.get_model("publishing", "Edition").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [migrations.RunPython(make_first_edition, migrations.RunPython.noop)]
