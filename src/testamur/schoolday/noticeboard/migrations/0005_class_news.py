"""News of a school or of one group of it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("noticeboard", "0004_registry_outage")]

    operations = [
        migrations.AddField(model_name="news", name="unit", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="news", name="group", field=models.UUIDField(null=True)),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(
                condition=Q(("unit__isnull", False)), fields=["unit", "published_at"], name="noticeboard_news_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.CheckConstraint(
                condition=Q(("group__isnull", True), ("unit__isnull", False), _connector="OR"),
                name="noticeboard_news_group",
            ),
        ),
    ]
