from django.db import migrations, models

import cms.database.fields


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0008_live_by_date_and_kind"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="sort_name",
            field=cms.database.fields.FoldedField(
                default=None,
                editable=False,
                help_text="Of kinds whose lists go by names: that of the version.",
                max_length=400,
                null=True,
                source="sort_name",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                condition=models.Q(("place__isnull", False), ("sort_name__isnull", False)),
                fields=["kind", "sort_name", "id"],
                name="live_kind_name",
            ),
        ),
    ]
