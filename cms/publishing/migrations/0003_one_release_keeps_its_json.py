import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_addresses_in_small_letters")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="rendering",
            field=models.CharField(
                max_length=60,
                blank=True,
                default="",
                help_text="Of releases that run side by side the one whose JSON is kept.",
            ),
        ),
        migrations.AlterField(
            model_name="previewlink",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
