"""Signatures of personal certificates: kept one by one, and as they are once the ceremony is over."""

import django.db.models.deletion
from django.db import migrations, models

from testamur.kernel.base.sqltext import parts_fixed_unless
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):

    dependencies = [("signing", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="CeremonySignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("record", models.UUIDField()),
                ("signature", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "ceremony",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="signing.ceremony"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ceremony", "place"), name="signing_signature_once"),
                ],
            },
        ),
        guard(
            parts_fixed_unless(
                "signing_ceremonysignature",
                ("place", "record", "signature", "at"),
                ("signing_ceremony", "ceremony_id"),
                "state",
                ("started", "pending"),
            )
        ),
    ]
