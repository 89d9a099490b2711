"""The billing app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Rate plans, taxes, quotes."""

    name = "billing"
