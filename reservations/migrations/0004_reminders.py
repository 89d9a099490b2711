"""An index for the sweep of reminders, made beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    atomic = False
    dependencies = [("reservations", "0003_labels")]

    operations = [
        AddIndexConcurrently(
            "reservation",
            models.Index(
                models.F("starts_at"),
                name="reservations_to_remind",
                condition=models.Q(("state", "confirmed")),
            ),
        )
    ]
