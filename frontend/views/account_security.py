"""Password, second factor, browsers, API keys."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.google import google_configured
from accounts.models import ApiToken, User
from accounts.selectors import (
    google_links_of,
    has_second_factor,
    sessions_of,
    tokens_of,
)
from frontend.forms.account_people import ChangePasswordForm, TokenForm
from frontend.people import signed_in
from frontend.views.account_guard import needs_second_factor
from privacy import clock
from privacy.errors import DomainError, NotAllowed


@never_cache
@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Everything about the safety of the account."""
    return _page(request, signed_in(request))


@never_cache
@sensitive_post_parameters("current", "password")
@require_POST
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; an account without one gets a link by mail to set it."""
    actor = signed_in(request)
    if not actor.has_usable_password():
        services.password_reset_ask(email=actor.email)
        messages.success(request, _("We sent you a link to set a password."))
        return _back()
    form = ChangePasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, password=form)
    try:
        services.password_change(
            actor=actor,
            session_key=str(request.session.session_key),
            **form.text("current", "password"),
        )
    except DomainError as error:
        form.refuse(error)
        return _page(request, actor, password=form)
    _keep_signed_in(request, actor)
    messages.success(request, _("Your password was changed. All other browsers are signed out."))
    return _back()


@require_POST
@login_required
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Sign one other browser out."""
    services.session_end(actor=signed_in(request), session_id=session_id)
    messages.success(request, _("That browser is signed out."))
    return _back()


@require_POST
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here as well."""
    services.sessions_end(actor=signed_in(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return HttpResponseRedirect(reverse("frontend:sign-in"))


@never_cache
@require_POST
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """Make a key; its secret stands in this answer and nowhere else."""
    actor = signed_in(request)
    if needs_second_factor(actor):
        raise NotAllowed(_("Enter a code of your second factor first."))
    form = TokenForm(request.POST, scopes=ApiToken.Scope.choices)
    if not form.is_valid():
        return _page(request, actor, token=form)
    try:
        made, secret = services.token_create(
            actor=actor,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            days=int(form.cleaned_data["days"]),
        )
    except DomainError as error:
        form.refuse(error)
        return _page(request, actor, token=form)
    return _page(request, actor, made=made, secret=secret)


@require_POST
@login_required
def token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Revoke a key."""
    services.token_revoke(actor=signed_in(request), token_id=token_id)
    messages.success(request, _("The key no longer works."))
    return _back()


@require_POST
@login_required
def google(request: HttpRequest, association_id: int) -> HttpResponse:
    """Forget the link to Google."""
    services.google_unlink(actor=signed_in(request), association_id=association_id)
    messages.success(request, _("Google is no longer linked."))
    return _back()


def _page(request: HttpRequest, actor: User, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "actor": actor,
        "password": ChangePasswordForm(),
        "token": TokenForm(scopes=ApiToken.Scope.choices),
        "sessions": sessions_of(actor),
        "this_session": request.session.session_key,
        "tokens": tokens_of(actor),
        "google_links": google_links_of(actor),
        "google": google_configured(),
        "second_factor": actor.is_staff and has_second_factor(actor),
        "waiting": needs_second_factor(actor),
        "now": clock.now(),
        "section": "security",
        **more,
    }
    refused = "password" in more or "token" in more
    return render(
        request, "frontend/account/security.html", context, status=422 if refused else 200
    )


def _keep_signed_in(request: HttpRequest, actor: User) -> None:
    """The session follows the new password under a new key, and stays on the list."""
    former = str(request.session.session_key)
    update_session_auth_hash(request, actor)
    services.session_move(former=former, session_key=str(request.session.session_key))


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("frontend:security"))
