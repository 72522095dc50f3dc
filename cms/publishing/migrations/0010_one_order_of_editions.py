from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The order of editions tells the kind, in place of an order for each: a second one is written at every change.

    The former ones go in a step of their own: while they are dropped PostgreSQL lets nobody read.
    """

    dependencies = [("publishing", "0009_names_to_sort_by")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["edition", "id", "kind"], condition=Q(place__isnull=False), name="live_by_edition_and_kind"
            ),
        ),
    ]
