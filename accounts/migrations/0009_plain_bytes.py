"""Rewrites the tables, so that the dropped plain values are not left in their pages.

Takes each table for itself: a second for a hundred thousand rows.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0008_sealed")]

    operations = [
        migrations.RunSQL("VACUUM FULL accounts_user", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL accounts_invitation", migrations.RunSQL.noop),
    ]
