"""Organisations: one's own, their members and invitations."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.models import Membership, User
from accounts.selectors import invitations_of, members_of, membership_get, organisations_of
from accounts.services.grants import HOURS
from accounts.tenants import grants_of
from frontend.forms.account_organisation import InviteForm, OrganisationForm
from frontend.people import signed_in
from privacy import clock
from privacy.agreements import TermsNotAccepted, shown_in, shown_now
from privacy.errors import DomainError

Role = Membership.Role


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """One's organisations, and a form for a new one."""
    actor = signed_in(request)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shown = shown_in(request.POST)
            if shown is None:
                raise TermsNotAccepted  # noqa: TRY301 - shown beside the form like the others
            made = services.organisation_create(
                actor=actor, name=form.cleaned_data["name"], shown=shown
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The organisation is ready. Invite its members."))
            return HttpResponseRedirect(reverse("frontend:organisation", args=[made.id]))
    context = {
        "actor": actor,
        "form": form,
        "memberships": organisations_of(actor),
        "shown": shown_now(organisation=True),
        "section": "organisations",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "frontend/account/organisations.html", context, status=status)


@never_cache
@require_safe
@login_required
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Members, and for owners invitations and the name."""
    return _page(request, signed_in(request), organisation_id)


@require_POST
@login_required
def change(request: HttpRequest, organisation_id: UUID, verb: str) -> HttpResponse:
    """One of the forms of the page."""
    if verb not in ACTS:
        raise Http404
    actor = signed_in(request)
    form = FORMS[verb](request.POST) if verb in FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, actor, organisation_id, **{verb: form})
    try:
        said = ACTS[verb](request, actor, organisation_id)
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        return _refused(request, actor, organisation_id, verb, form, error)
    messages.success(request, said)
    if verb == "leave":
        return HttpResponseRedirect(reverse("frontend:organisations"))
    return HttpResponseRedirect(reverse("frontend:organisation", args=[organisation_id]))


def _rename(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.organisation_rename(
        actor=actor, organisation_id=organisation_id, name=request.POST["name"]
    )
    return _("Saved.")


def _invite(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.invitation_send(
        actor=actor,
        organisation_id=organisation_id,
        email=request.POST["email"],
        role=request.POST["role"],
    )
    return _("The invitation is on its way.")


def _role(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    services.member_set_role(
        actor=actor, organisation_id=organisation_id, user_id=_id(request, "member"), role=role
    )
    return _("The role was changed.")


def _remove(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.member_remove(
        actor=actor, organisation_id=organisation_id, user_id=_id(request, "member")
    )
    return _("The person is no longer a member.")


def _leave(_request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.member_remove(actor=actor, organisation_id=organisation_id, user_id=actor.id)
    return _("You have left the organisation.")


def _hand_over(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.organisation_hand_over(
        actor=actor, organisation_id=organisation_id, user_id=_id(request, "member")
    )
    return _("The organisation has a new owner. You are a member now.")


def _terms(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.organisation_terms_accept(
        actor=actor, organisation_id=organisation_id, shown=shown_in(request.POST)
    )
    return _("The organisation now has a contract.")


def _resend(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.invitation_resend(
        actor=actor, organisation_id=organisation_id, invitation_id=_id(request, "invitation")
    )
    return _("The invitation is on its way again.")


def _revoke(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.invitation_revoke(
        actor=actor, organisation_id=organisation_id, invitation_id=_id(request, "invitation")
    )
    return _("The invitation is withdrawn. Its link no longer works.")


def _allow(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    hours = request.POST.get("hours", "")
    services.grant_give(
        actor=actor, organisation_id=organisation_id, hours=int(hours) if hours.isdecimal() else 0
    )
    return _("Customer service may look now. You can end it at any moment.")


def _end_access(request: HttpRequest, actor: User, organisation_id: UUID) -> str:
    services.grant_revoke(
        actor=actor, organisation_id=organisation_id, grant_id=_id(request, "grant")
    )
    return _("The permission has ended.")


ACTS: dict[str, Callable[[HttpRequest, User, UUID], str]] = {
    "rename": _rename,
    "invite": _invite,
    "role": _role,
    "remove": _remove,
    "leave": _leave,
    "hand-over": _hand_over,
    "resend": _resend,
    "revoke": _revoke,
    "terms": _terms,
    "allow": _allow,
    "end-access": _end_access,
}
FORMS: dict[str, Any] = {"rename": OrganisationForm, "invite": InviteForm}


def _refused(
    request: HttpRequest,
    actor: User,
    organisation_id: UUID,
    verb: str,
    form: Any,
    error: DomainError,
) -> HttpResponse:
    if form is None:
        return _page(request, actor, organisation_id, refused=error.detail)
    form.refuse(error)
    return _page(request, actor, organisation_id, **{verb: form})


def _page(request: HttpRequest, actor: User, organisation_id: UUID, **more: Any) -> HttpResponse:
    mine = membership_get(actor, organisation_id)
    owns = mine.role == Role.OWNER
    context: dict[str, Any] = {
        "actor": actor,
        "organisation": mine.organisation,
        "owns": owns,
        "members": members_of(actor, organisation_id),
        "invitations": invitations_of(actor, organisation_id) if owns else [],
        "roles": Role.choices,
        "rename": OrganisationForm(initial={"name": mine.organisation.name}),
        "invite": InviteForm(),
        "grants": grants_of(organisation_id) if owns else [],
        "hours": HOURS,
        "now": clock.now(),
        "shown": shown_now(organisation=True),
        "section": "organisations",
        **more,
    }
    status = 422 if more else 200
    return render(request, "frontend/account/organisation.html", context, status=status)


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None
