"""The audits every house of this kind needs; officers change them in the back office."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

#: code, every how many days, Indonesian, English.
AUDITS = (
    (
        "dependencies",
        30,
        "Kerentanan pustaka yang dipakai",
        "Vulnerabilities of the libraries in use",
    ),
    ("access", 90, "Peran dan hak akses staf", "Roles and rights of the staff"),
    ("restore", 180, "Latihan pemulihan cadangan", "A drill of restoring the backup"),
    ("processors", 180, "Kontrak para pemroses data", "Contracts of the processors"),
    ("breach", 365, "Latihan pelanggaran data", "A breach drill"),
    ("penetration", 365, "Uji penetrasi", "A penetration test"),
)


def fill(apps: Any, _editor: Any) -> None:
    """Each is first due its interval after the start."""
    audit = apps.get_model("privacy", "Audit")
    today = timezone.now().date()
    for code, days, title_id, title_en in AUDITS:
        audit.objects.get_or_create(
            code=code,
            defaults={
                "title_id": title_id,
                "title_en": title_en,
                "interval_days": days,
                "due_on": today + timedelta(days=days),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("privacy", "0007_alerts_and_audits")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
