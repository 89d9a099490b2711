"""Whether people may sign in with Google: configured, and under contract.

The exchange with Google runs inside social_core, the one piece besides the outbox that
talks to somebody else; so Google has an entry of its own in the processor register, and
without a contract in force nobody is sent there (promises P28, P30, P34).
"""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.processors import Service, register_service, service_trouble

SERVICE: Final = "google_sign_in"


def register() -> None:
    """Tell the register of processors."""
    register_service(
        Service(SERVICE, _("Sign-in with Google"), _("Nobody can sign in with Google."))
    )


def google_configured() -> bool:
    """Whether the sign-in page offers Google. One statement when it is configured."""
    both = settings.SOCIAL_AUTH_GOOGLE_OAUTH2_KEY and settings.SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET
    return bool(both) and not service_trouble(SERVICE)
