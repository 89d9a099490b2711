"""The frontend app."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """Pages, templates, static files."""

    name = "frontend"
