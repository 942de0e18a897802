"""What was published before releases were planned is released, and nobody is told of it again; what was seen and said is kept as it was."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard

KEPT = ("decline", "voidsignature", "retrieval", "shareview", "sight")


def release(apps, _editor):
    record, issue = apps.get_model("records", "Record"), apps.get_model("records", "Issue")
    published = Subquery(issue.objects.filter(record=OuterRef("id")).values("published_at")[:1])
    rows = record.objects.filter(state__in=["published", "superseded", "rectified", "annulled"])
    rows.update(released_at=published)
    rows.update(announced_at=published)


class Migration(migrations.Migration):
    dependencies = [("records", "0006_release_and_web")]
    operations = [
        migrations.RunPython(release, migrations.RunPython.noop),
        *(guard(append_only(f"records_{table}")) for table in KEPT),
    ]
