"""Live figures beside the promises of this floor; none of them counts people."""

from django.utils.translation import gettext_lazy as _

from privacy import policy
from privacy.models import PolicyNotice
from privacy.promises import register_figure
from privacy.purposes import PURPOSES


def register() -> None:
    """Tell the promise page."""
    register_figure("P13", _("Registered purposes"), lambda: str(len(PURPOSES)))
    register_figure("P58", _("Policy version in force"), lambda: str(policy.current().number))
    register_figure("P61", _("New versions announced"), _announced)


def _announced() -> str:
    return str(PolicyNotice.objects.exclude(finished_at=None).count())
