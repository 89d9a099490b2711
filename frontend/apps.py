"""The frontend app."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """Pages, templates, static files."""

    name = "frontend"

    def ready(self) -> None:
        """Declare what the pages keep in a browser."""
        from frontend import cookies  # noqa: F401, PLC0415
