"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, organisations, roles; tells the outbox where mail goes and what it says."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Register people's addresses, the staff, Google, messages and cookies of this app."""
        from accounts import audiences, cookies, google, messages, selectors  # noqa: F401, PLC0415
        from privacy.alerts import register_new_browser  # noqa: PLC0415
        from privacy.outbox import register_addresses  # noqa: PLC0415
        from privacy.policy_notices import register_holders  # noqa: PLC0415
        from privacy.staff import register_staff  # noqa: PLC0415

        register_addresses(selectors.subject_address)
        register_staff(selectors.staff_subjects)
        register_new_browser(selectors.browser_is_new)
        audiences.register()
        register_holders(selectors.account_holders)
        google.register()
        messages.register()
