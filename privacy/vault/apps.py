"""The vault as an app of its own, so that a router can keep its tables apart."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Tables of keys; stands before every app whose models have sealed fields."""

    name = "privacy.vault"
    label = "vault"
