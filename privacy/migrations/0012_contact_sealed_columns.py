"""Room for sealed addresses beside the plain ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0011_announcements"), ("vault", "0001_initial")]

    operations = [
        migrations.AddField("contact", "email_sealed", models.BinaryField(default=b"")),
        migrations.AddField("contact", "phone_sealed", models.BinaryField(default=b"")),
    ]
