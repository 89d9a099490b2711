"""What every page's template may use, as `page`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from frontend.formats import language
from frontend.notices import Notice, notice_for
from frontend.tracking import Question, question_of
from privacy.cookies import Kind
from privacy.middleware import choices_of

THEMES = ("light", "dark")
THEME_COOKIE = "ruang_theme"
#: Pages that belong under another entry of the navigation.
FAMILIES = {
    "frontend:find": ("/book", "/spaces/", "/locations/"),
    "frontend:reservations": ("/calendar",),
}


@dataclass(frozen=True)
class Link:
    """An entry of the navigation."""

    url: str
    label: str
    icon: str
    current: bool


class Page:
    """Facts about the page at hand; each is worked out only when a template asks."""

    def __init__(self, request: HttpRequest, *, calm: bool = False) -> None:
        self.request = request
        # A calm page asks the database nothing: it tells that something is wrong.
        self.calm = calm

    @cached_property
    def theme(self) -> str:
        """What the person chose: "light", "dark", or "" to follow the device."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def language(self) -> str:
        """The page's language, "id" or "en"."""
        return language()

    @cached_property
    def here(self) -> str:
        """The address to come back to after changing a preference."""
        return self.request.get_full_path()

    @cached_property
    def member(self) -> Any:
        """The signed-in person, or None."""
        user = None if self.calm else getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def question(self) -> Question | None:
        """What to ask about optional cookies; None on nearly every page, and on their own."""
        if self.calm or not self.member or self.request.path.startswith("/privacy/"):
            return None
        return question_of(self.request)

    @cached_property
    def recorded(self) -> bool:
        """Whether this browser may record which pages its person opens."""
        return bool(self.member) and choices_of(self.request).allows(Kind.INSIGHT)

    @cached_property
    def initials(self) -> str:
        """AH, for the avatar."""
        words = [word for word in self.member.name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))

    @cached_property
    def nav(self) -> list[Link]:
        """The pages this person may open, in order."""
        entries = [("frontend:find", _("Find a room"), "search")]
        if self.member:
            entries.append(("frontend:reservations", _("Bookings"), "calendar"))
            entries += self._support()
            if self.member.may("reservations.see_desk"):
                entries.append(("frontend:desk", _("Front desk"), "log-in"))
            if self.member.may("reservations.manage_spaces"):
                entries.append(("frontend:manage", _("Spaces"), "building-2"))
            if self.member.is_staff:
                entries.append(("frontend:staff", _("Staff pages"), "settings"))
        return [link for entry in entries if (link := self._link(*entry))]

    def _support(self) -> list[tuple[str, str, str]]:
        """Help for tenants, the inbox for those who answer; other staff find it one page on.

        Where the desk and the spaces stand, a phone has no room for more.
        """
        if not self.member.is_staff:
            return [("frontend:support", _("Help"), "message-square")]
        if self.member.may("support.answer") and not self.member.may("reservations.see_desk"):
            return [("frontend:staff-support", _("Conversations"), "message-square")]
        return []

    def _link(self, name: str, label: str, icon: str) -> Link | None:
        try:
            url = reverse(name)
        except NoReverseMatch:
            return None
        paths = (url, *FAMILIES.get(name, ()))
        here = self.request.path
        # Conversations have an entry of their own beside the other pages of staff.
        elsewhere = name == "frontend:staff" and here.startswith("/staff/support")
        return Link(url, label, icon, here.startswith(paths) and not elsewhere)

    @cached_property
    def notice(self) -> Notice | None:
        """A question or an announcement about terms and policy; none on a calm page."""
        return None if self.calm else notice_for(self.member)

    @cached_property
    def profile_url(self) -> str:
        """The person's own page."""
        return self._address("frontend:profile")

    @cached_property
    def sign_in_url(self) -> str:
        """Where to sign in."""
        return self._address("frontend:sign-in")

    def _address(self, name: str) -> str:
        try:
            return reverse(name)
        except NoReverseMatch:
            return ""

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """The languages other than this one: (code, own name)."""
        names = {"id": "Bahasa Indonesia", "en": "English"}
        codes = [code for code, _name in settings.LANGUAGES if code != self.language]
        return [(code, names[code]) for code in codes]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"page": Page(request)}
