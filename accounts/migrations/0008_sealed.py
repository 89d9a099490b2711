"""The plain addresses go; the sealed ones take their names."""

from django.db import migrations, models

from privacy.fields import BlindOf, SealedEmailField, SealedTextField


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_seal")]

    operations = [
        migrations.RemoveConstraint("user", "accounts_user_email"),
        migrations.RemoveConstraint("invitation", "accounts_invitation_open"),
        migrations.RemoveField("user", "email"),
        migrations.RemoveField("user", "phone"),
        migrations.RemoveField("invitation", "email"),
        migrations.RenameField("user", "email_sealed", "email"),
        migrations.RenameField("user", "phone_sealed", "phone"),
        migrations.RenameField("invitation", "email_sealed", "email"),
        migrations.AlterField("user", "email", SealedEmailField(verbose_name="e-mail address")),
        migrations.AlterField(
            "user", "phone", SealedTextField(blank=True, max_length=32, verbose_name="phone")
        ),
        migrations.AlterField("invitation", "email", SealedEmailField()),
        migrations.AddConstraint(
            "user", models.UniqueConstraint(BlindOf("email"), name="accounts_user_email")
        ),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                models.F("organisation"),
                BlindOf("email"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="accounts_invitation_open",
            ),
        ),
    ]
