from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The order of all that is live tells the kind: what stands outside the feed is passed over in the index."""

    dependencies = [("publishing", "0007_versions_by_keys")]

    operations = [
        migrations.RemoveIndex(model_name="publication", name="live_by_date"),
        migrations.RemoveIndex(model_name="publication", name="live_by_update"),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["published_at", "id", "live_until", "place", "kind"],
                condition=Q(place__isnull=False),
                name="live_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["updated_at", "id", "live_until", "place", "kind"],
                condition=Q(place__isnull=False),
                name="live_by_update",
            ),
        ),
    ]
