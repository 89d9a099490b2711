"""The reservations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReservationsConfig(AppConfig):
    """Spaces and their reservations; tells the outbox how to build its messages."""

    name = "reservations"
    verbose_name = _("Places and reservations")

    def ready(self) -> None:
        """Register the messages this app sends, and a location's bookers."""
        from reservations import audiences, messages  # noqa: PLC0415

        audiences.register()
        messages.register()
