import unicodedata

from django.db import migrations


def lead_on(apps, schema_editor):
    """A slug with capitals, or in parts, is found in small letters as well, where these lead nowhere else."""
    Address = apps.get_model("publishing", "Address")
    batch = []
    for address in Address.objects.order_by("pk").iterator(chunk_size=2000):
        alike = unicodedata.normalize("NFC", address.slug.lower())
        if alike != address.slug:
            batch.append(Address(kind=address.kind, slug=alike, key=address.key))
    Address.objects.bulk_create(batch, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [migrations.RunPython(lead_on, migrations.RunPython.noop)]
