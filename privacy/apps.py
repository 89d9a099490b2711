"""The privacy app and its start-up checks."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Loads every app's personal_data.py once all models are known."""

    name = "privacy"

    def ready(self) -> None:
        """Register the data map's declarations and its check."""
        from privacy import checks, datamap  # noqa: F401, PLC0415

        datamap.load()
