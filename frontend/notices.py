"""What every page says about changed terms and policy: a question, or an announcement."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from frontend import formats
from privacy import clock, policy


@dataclass(frozen=True)
class Notice:
    """A sentence with a link."""

    words: str
    url: str
    link: str


def notice_for(member: User | None) -> Notice | None:
    """The question to a person who has not answered, else the news of a version to come.

    Asks the database only once there is a second version of a document.
    """
    times = {document: policy.timeline(document) for document in policy.DOCUMENTS}
    if member is not None and _is_asked(member, times):
        words = _("Terms or policy have changed. Nothing changes for you until you answer.")
        return Notice(words, reverse("frontend:accept"), _("See and answer"))
    for document, found in times.items():
        coming = _coming(found)
        if coming is not None:
            version, day = coming
            words = _("%(title)s: version %(number)d is in force from %(day)s.") % {
                "title": version.titles[formats.language()],
                "number": version.number,
                "day": day,
            }
            url = reverse(f"frontend:{document}-compare")
            return Notice(words, f"{url}?to={version.number}", _("See what changes"))
    return None


def _is_asked(member: User, times: dict[str, policy.Timeline]) -> bool:
    """Whether a material version is in force that the person has not answered."""
    now = clock.now()
    answered = {policy.TERMS: member.terms_answered, policy.POLICY: member.policy_answered}
    return any(
        version.material
        for document, found in times.items()
        for version in found.versions[answered[document] : found.at(now).number]
    )


def _coming(found: policy.Timeline) -> tuple[policy.Version, str] | None:
    now = clock.now()
    for version, start in zip(found.versions, found.starts, strict=True):
        if start is not None and start > now:
            return version, formats.day_full(formats.wall(start, "Asia/Jakarta").date())
    return None
