"""The billing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Rate plans, taxes, quotes."""

    name = "billing"
    verbose_name = _("Prices")
