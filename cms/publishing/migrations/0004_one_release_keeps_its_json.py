from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_versions_never_change")]

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
    ]
