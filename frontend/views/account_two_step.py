"""The second factor of staff: enrol, pass, recover."""

from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login

from accounts import services
from accounts.models import User
from accounts.selectors import has_second_factor
from accounts.services.second_factor import demo_code, totp_secret, totp_uri
from frontend.forms.account_people import CodeForm
from frontend.people import signed_in
from frontend.views.account_guard import needs_second_factor, safe_next
from privacy.errors import DomainError, NotAllowed


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def two_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code, then go on; without a factor yet, set one up first."""
    actor = _staff(request)
    after = safe_next(request, reverse("frontend:home"))
    if not needs_second_factor(actor):
        return HttpResponseRedirect(after)
    if not has_second_factor(actor):
        return setup(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = services.second_factor_verify(actor=actor, **form.text("code"))
        except DomainError as error:
            form.refuse(error)
        else:
            _pass(request, device)
            return HttpResponseRedirect(after)
    context = {"form": form, "after": after, "demo_code": demo_code(actor)}
    status = 422 if request.method == "POST" else 200
    return render(request, "frontend/account/two_step.html", context, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setup(request: HttpRequest) -> HttpResponse:
    """Show the QR code; the first right code confirms it, then recovery codes are shown once."""
    actor = _staff(request)
    after = safe_next(request, reverse("frontend:home"))
    device = services.totp_enrolment(actor=actor)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirmed, codes = services.totp_confirm(actor=actor, **form.text("code"))
        except DomainError as error:
            form.refuse(error)
        else:
            _pass(request, confirmed)
            return _codes(request, codes, after)
    secret = totp_secret(device)
    context = {
        "form": form,
        "after": after,
        "qr": segno.make(totp_uri(device, actor), error="m").svg_data_uri(scale=5, border=3),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "frontend/account/two_step_setup.html", context, status=status)


@never_cache
@require_POST
@login_required
def codes_renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the former ones stop working."""
    actor = _staff(request)
    if needs_second_factor(actor):
        raise NotAllowed(_("Enter a code of your second factor first."))
    codes = services.recovery_codes_renew(actor=actor)
    return _codes(request, codes, reverse("frontend:security"))


def _pass(request: HttpRequest, device: Any) -> None:
    """Staff roles wake; the session gets a new key, since it may do more from now on."""
    former = str(request.session.session_key)
    otp_login(request, device)
    request.session.cycle_key()
    services.session_move(former=former, session_key=str(request.session.session_key))


def _codes(request: HttpRequest, codes: list[str], after: str) -> HttpResponse:
    context = {"codes": codes, "after": after}
    return render(request, "frontend/account/recovery_codes.html", context)


def _staff(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not actor.is_staff:
        raise NotAllowed(_("The second factor is for staff."))
    return actor
