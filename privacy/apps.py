"""The privacy app and its start-up checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Loads every app's personal_data.py once all models are known."""

    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        """Register the data map's declarations and its check, e-mail, and our services."""
        from privacy import (  # noqa: PLC0415
            alert_messages,
            checks,  # noqa: F401
            datamap,
            figures,
            messages,
            policy_notices,
        )
        from privacy.alerts import tampering_tell  # noqa: PLC0415
        from privacy.channels import register_channel  # noqa: PLC0415
        from privacy.post import mail_channel  # noqa: PLC0415
        from privacy.vault.ring import register_alarm  # noqa: PLC0415

        datamap.load()
        register_alarm(tampering_tell)
        register_channel(mail_channel())
        messages.register()
        policy_notices.register()
        figures.register()
        alert_messages.register()
