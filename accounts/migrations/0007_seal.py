"""Seals the addresses that are held, in batches; may be run again after it was interrupted."""

from django.db import migrations

from privacy.vault.moving import seal_all


def seal(apps, editor):
    seal_all(apps, editor, "accounts.User", [("email", True), ("phone", False)])
    seal_all(apps, editor, "accounts.Invitation", [("email", True)])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0006_sealed_columns")]

    operations = [migrations.RunPython(seal)]
