from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publishing", "0010_one_order_of_editions")]

    operations = [
        migrations.RemoveIndex(model_name="publication", name="live_by_edition"),
        migrations.RemoveIndex(model_name="publication", name="live_kind_edition"),
    ]
