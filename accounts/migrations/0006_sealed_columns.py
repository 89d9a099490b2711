"""Room for sealed addresses beside the plain ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_support_grants"),
        ("privacy", "0004_vault_of_data"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.AddField("user", "email_sealed", models.BinaryField(default=b"")),
        migrations.AddField("user", "phone_sealed", models.BinaryField(default=b"")),
        migrations.AddField("invitation", "email_sealed", models.BinaryField(default=b"")),
    ]
