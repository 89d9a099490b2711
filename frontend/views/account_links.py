"""Pages behind the links in mails. Opening one changes nothing: mail scanners open them too."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import InvitationForAnother, LinkExpired, LinkRefused, LinkUsed
from accounts.links import Purpose
from accounts.rules import address_masked
from accounts.selectors import invitation_by_token, link_person
from frontend.forms.account_people import NewPasswordForm, ResetForm
from frontend.people import actor_of, signed_in
from frontend.views.account_guard import safe_next
from privacy.errors import DomainError, NotFound

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class NextStep:
    """What to offer when a link does not work: a page's name and the words on the button."""

    name: str
    words: str


@never_cache
@READ_OR_SEND
def verify_address(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the address of a new account."""
    step = NextStep("profile", _("See your profile"))
    try:
        if request.method == "POST":
            services.address_verify(token=token)
            return _done(
                request,
                _("Your address is confirmed"),
                _("You can book from now on."),
            )
        person = link_person(Purpose.VERIFY, token)
    except (LinkRefused, NotFound) as error:
        return _trouble(request, error, step)
    return _ask(
        request,
        _("Confirm your e-mail address"),
        _("%(email)s becomes the proven address of your account.") % {"email": person.email},
        _("Confirm address"),
    )


@require_POST
@login_required
def verify_again(request: HttpRequest) -> HttpResponse:
    """Send the link of a new account once more."""
    services.address_verify_again(actor=signed_in(request))
    messages.success(request, _("The link is on its way to your mailbox."))
    return HttpResponseRedirect(safe_next(request, reverse("frontend:profile")))


@never_cache
@READ_OR_SEND
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Make the new address the account's."""
    step = NextStep("profile", _("Ask again from your profile"))
    try:
        if request.method == "POST":
            user = services.email_change_confirm(token=token)
            return _done(
                request,
                _("Your address was changed"),
                _("From now on you sign in with %(email)s.") % {"email": user.email},
            )
        person = link_person(Purpose.ADDRESS, token)
    except (LinkRefused, NotFound) as error:
        return _trouble(request, error, step)
    new = person.pending_contact.email if person.pending_contact else ""
    words = _("You will sign in with %(new)s in place of %(old)s.")
    return _ask(
        request,
        _("Use this address?"),
        words % {"new": new, "old": address_masked(person.email)},
        _("Use this address"),
    )


@never_cache
@READ_OR_SEND
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link; the answer never tells whether the address has an account."""
    form = ResetForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        services.password_reset_ask(**form.text("email"))
    status = 422 if request.method == "POST" and not sent else 200
    context = {"form": form, "sent": sent}
    return render(request, "frontend/account/password_reset.html", context, status=status)


@never_cache
@sensitive_post_parameters("password")
@READ_OR_SEND
def password_new(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by the link."""
    step = NextStep("password-reset", _("Send a new link"))
    form = NewPasswordForm(request.POST or None)
    try:
        person = link_person(Purpose.RESET, token)
        if request.method == "POST" and form.is_valid():
            services.password_reset(token=token, password=form.cleaned_data["password"])
            messages.success(request, _("Your password was changed. Please sign in with it."))
            return HttpResponseRedirect(reverse("frontend:sign-in"))
    except (LinkRefused, NotFound) as error:
        return _trouble(request, error, step)
    except DomainError as error:
        form.refuse(error)
    # 200 also for an unfit password: Django logs the address of a 4xx, and this one is a key.
    context = {"form": form, "email": person.email}
    return render(request, "frontend/account/password_new.html", context)


@never_cache
@READ_OR_SEND
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to which organisation; joining is a button."""
    actor = actor_of(request)
    step = NextStep("organisations", _("To your organisations"))
    try:
        found = invitation_by_token(token)
        if request.method == "POST" and actor is not None:
            joined = services.invitation_accept(actor=actor, token=token)
            messages.success(request, _("Welcome. You are a member now."))
            url = reverse("frontend:organisation", args=[joined.organisation_id])
            return HttpResponseRedirect(url)
    except InvitationForAnother:
        pass  # The page itself says so.
    except (LinkRefused, NotFound) as error:
        return _trouble(request, error, step)
    onward = urlencode({"next": request.path, "email": found.email})
    context = {
        "invitation": found,
        "masked": address_masked(found.email),
        "fits": actor is not None and actor.email.lower() == found.email.lower(),
        "onward": onward,
    }
    return render(request, "frontend/account/invitation.html", context)


def _ask(request: HttpRequest, title: str, text: str, button: str) -> HttpResponse:
    context = {"title": title, "text": text, "button": button}
    return render(request, "frontend/account/link_ask.html", context)


def _done(request: HttpRequest, title: str, text: str) -> HttpResponse:
    return render(request, "frontend/account/link_done.html", {"title": title, "text": text})


def _trouble(request: HttpRequest, error: DomainError, step: NextStep) -> HttpResponse:
    """Why the link does not work, and what to do instead: 410 for a link that once did."""
    gone = isinstance(error, LinkExpired | LinkUsed)
    context: dict[str, Any] = {
        "error": error.detail,
        "expired": isinstance(error, LinkExpired),
        "used": isinstance(error, LinkUsed),
        "step_url": reverse(f"frontend:{step.name}"),
        "step": step.words,
    }
    return render(
        request, "frontend/account/link_trouble.html", context, status=410 if gone else 404
    )
