"""The reservations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReservationsConfig(AppConfig):
    """Spaces and their reservations; tells the outbox how to build its messages."""

    name = "reservations"
    verbose_name = _("Places and reservations")

    def ready(self) -> None:
        """Register the messages this app sends."""
        from reservations import messages  # noqa: PLC0415

        messages.register()
