"""django.contrib.admin, with the site of accounts/admin_site.py. Loaded before the models."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """The back office."""

    default_site = "accounts.admin_site.BackOfficeSite"
