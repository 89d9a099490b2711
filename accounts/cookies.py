"""What signing in keeps in a browser."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.middleware import DEVICE_COOKIE
from privacy.cookies import Cookie, Kind, declare

declare(
    Cookie(
        settings.SESSION_COOKIE_NAME,
        Kind.ESSENTIAL,
        purpose=_("Keeps you signed in from one page to the next."),
        set_by=_("When you sign in"),
        days=14,
        lasts=_("Until the browser closes; 14 days if you tick “Stay signed in”."),
    ),
    Cookie(
        settings.CSRF_COOKIE_NAME,
        Kind.ESSENTIAL,
        purpose=_("Proves that a form you send is one we showed you, so nobody sends it for you."),
        set_by=_("On a page with a form"),
    ),
    Cookie(
        DEVICE_COOKIE,
        Kind.ESSENTIAL,
        purpose=_(
            "Says that you signed in with this browser before, so that we warn you of others. "
            "It names nobody and opens nothing."
        ),
        set_by=_("When you sign in"),
        days=365,
    ),
)
