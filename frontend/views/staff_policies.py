"""The privacy officer's page of policy versions: what is in force, announced, and delivered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from frontend.views.policy import entries
from frontend.views.staff_guard import staff_page
from privacy import policy
from privacy.errors import DomainError
from privacy.policy_notices import deliveries, policy_announce


@require_safe
@staff_page("privacy.announce_policy")
def policies(request: HttpRequest, actor: User) -> HttpResponse:
    """Every version of both documents, with the delivery of its notices."""
    delivered = {(each.notice.document, each.notice.version): each for each in deliveries()}
    rows = [
        (entry, delivered.get((document, entry.version.number)))
        for document in policy.DOCUMENTS
        for entry in entries(document)
    ]
    return render(request, "frontend/staff/policies.html", {"rows": rows})


@require_POST
@staff_page("privacy.announce_policy")
def announce(request: HttpRequest, actor: User, document: str, number: int) -> HttpResponse:
    """Tell everybody concerned of a version; pressed again, it goes on where it stopped."""
    try:
        policy_announce(document=document, number=number, announced_by=actor.subject_id)
    except DomainError as error:
        if error.status in {404, 503}:
            raise
        messages.error(request, error.detail)
    else:
        messages.success(
            request, _("Announced. It takes effect 14 days after the last notice, at the earliest.")
        )
    return HttpResponseRedirect(reverse("frontend:policies"))
