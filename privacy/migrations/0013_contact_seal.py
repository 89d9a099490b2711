"""Seals the addresses that are held, in batches; may be run again after it was interrupted."""

from django.db import migrations

from privacy.vault.moving import seal_all


def seal(apps, editor):
    seal_all(apps, editor, "privacy.Contact", [("email", True), ("phone", False)])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("privacy", "0012_contact_sealed_columns")]

    operations = [migrations.RunPython(seal)]
