"""What the pages keep in a browser."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontend.context import THEME_COOKIE
from frontend.tracking import VISIT_COOKIE
from privacy.cookies import Cookie, Kind, Place, declare

declare(
    Cookie(
        settings.LANGUAGE_COOKIE_NAME,
        Kind.ESSENTIAL,
        purpose=_("Remembers the language you chose."),
        set_by=_("When you change the language"),
        days=365,
    ),
    Cookie(
        THEME_COOKIE,
        Kind.ESSENTIAL,
        purpose=_("Remembers light or dark, if you chose one."),
        set_by=_("When you change the theme"),
        days=365,
    ),
    Cookie(
        "messages",
        Kind.ESSENTIAL,
        purpose=_("Carries the one sentence that says how your last step went to the next page."),
        set_by=_("After a form, until it was shown"),
    ),
    Cookie(
        VISIT_COOKIE,
        Kind.INSIGHT,
        purpose=_(
            "Joins the pages of one visit, so that we know how long each was open. A random "
            "number; only while you are signed in and allow the activity record."
        ),
        set_by=_("On the first page after you allowed it"),
    ),
    Cookie(
        "htmx-current-path-for-history",
        Kind.ESSENTIAL,
        purpose=_("Lets the Back button return to the day you were looking at."),
        set_by=_("When a sheet opens beside the timeline"),
        place=Place.TAB,
    ),
    Cookie(
        "adminTheme",
        Kind.ESSENTIAL,
        purpose=_("Remembers light or dark in the back office."),
        set_by=_("In the back office, for staff"),
        days=None,
        place=Place.LOCAL,
    ),
    Cookie(
        "sidebarDesktopOpen",
        Kind.ESSENTIAL,
        purpose=_("Remembers whether the side bar of the back office is open."),
        set_by=_("In the back office, for staff"),
        days=None,
        place=Place.LOCAL,
    ),
)
