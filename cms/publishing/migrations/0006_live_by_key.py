from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("publishing", "0005_live_by_edition")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["kind", "id", "updated_at", "live_until"],
                condition=Q(place__isnull=False),
                name="live_kind_key",
            ),
        ),
    ]
