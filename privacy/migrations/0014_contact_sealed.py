"""The plain addresses go; the sealed ones take their names."""

from django.db import migrations, models

from privacy.fields import BlindOf, SealedEmailField, SealedTextField


class Migration(migrations.Migration):
    dependencies = [("privacy", "0013_contact_seal")]

    operations = [
        migrations.RemoveConstraint("contact", "privacy_contact_email_giver"),
        migrations.RemoveIndex("contact", "privacy_contact_email"),
        migrations.RemoveField("contact", "email"),
        migrations.RemoveField("contact", "phone"),
        migrations.RenameField("contact", "email_sealed", "email"),
        migrations.RenameField("contact", "phone_sealed", "phone"),
        migrations.AlterField("contact", "email", SealedEmailField(blank=True)),
        migrations.AlterField("contact", "phone", SealedTextField(blank=True, max_length=32)),
        migrations.AddIndex(
            "contact", models.Index(BlindOf("email"), name="privacy_contact_email")
        ),
        migrations.AddConstraint(
            "contact",
            models.UniqueConstraint(
                BlindOf("email"),
                models.F("given_by"),
                condition=models.Q(("email", ""), _negated=True),
                name="privacy_contact_email_giver",
            ),
        ),
    ]
