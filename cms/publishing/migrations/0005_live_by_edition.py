from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("publishing", "0004_one_release_keeps_its_json")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["edition", "id"], condition=Q(place__isnull=False), name="live_by_edition"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["kind", "edition", "id"], condition=Q(place__isnull=False), name="live_kind_edition"
            ),
        ),
    ]
