from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

BATCH = 1000


def make_again(apps, schema_editor):
    """Let the background make the sizes of every photo, the newest first: these are on the front page."""
    photos = apps.get_model("media", "Photo").objects
    now = timezone.now()
    keys = list(photos.order_by("-uploaded_at", "-pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        due_at = now - timedelta(seconds=len(keys) - start)
        due = photos.filter(pk__in=keys[start : start + BATCH])
        due.update(sizes_due_at=due_at, sizes_attempts=0, sizes_fault="")
    # Readers' JSON names addresses that are gone.
    publications = apps.get_model("publishing", "Publication").objects
    publications.exclude(rendering="").update(card="", document="", rendering="", shows_until=None)


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
        ("publishing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="sizes_formats",
            field=models.JSONField(default=list, editable=False, help_text="Each width is there in each of these."),
        ),
        migrations.AddField(
            model_name="photo",
            name="sizes_version",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="What they were made from, as one word; none: none are made.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="sizes_widths",
            field=models.JSONField(default=dict, editable=False, help_text="By crop."),
        ),
        migrations.CreateModel(
            name="FormerSizes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=10)),
                ("formats", models.JSONField()),
                ("widths", models.JSONField(help_text="By crop.")),
                ("ends_at", models.DateTimeField(db_index=True)),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_sizes", to="media.photo"
                    ),
                ),
            ],
        ),
        migrations.DeleteModel(
            name="Rendition",
        ),
        migrations.AddConstraint(
            model_name="formersizes",
            constraint=models.UniqueConstraint(fields=("photo", "version"), name="former_sizes_once"),
        ),
        migrations.RunPython(make_again, migrations.RunPython.noop),
    ]
