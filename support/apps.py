"""The support app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    """Conversations; tells the outbox its messages and the gate what each person chose."""

    name = "support"
    verbose_name = _("Support")

    def ready(self) -> None:
        """Register messages, the preference of channels, and the messenger when it is on."""
        from privacy.gate import register_preference  # noqa: PLC0415
        from support import checks, messages, ways  # noqa: F401, PLC0415

        messages.register({"whatsapp": ways.whatsapp_answer})
        register_preference("support", ways.chosen)
        ways.register_messenger()
