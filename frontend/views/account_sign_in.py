"""Signing in and out, and opening an account."""

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.google import google_configured
from accounts.models import User
from frontend.forms.account_people import RegisterForm, SignInForm
from frontend.people import actor_of
from frontend.views.account_guard import needs_second_factor, safe_next
from privacy.agreements import shown_in, shown_now
from privacy.errors import DomainError
from privacy.policy import PolicyOutdated

REMEMBER_SECONDS: Final = 14 * 24 * 3600
BACKEND: Final = "accounts.backends.EmailBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Google, or address and password; then back to where the person came from."""
    after = safe_next(request, reverse("frontend:home"))
    present = actor_of(request)
    if present is not None:
        return HttpResponseRedirect(_onward(present, after))
    if request.method != "POST":
        return _page(request, "sign_in", SignInForm(), after)
    form = SignInForm(request.POST)
    user = _authenticated(request, form)
    if user is None:
        return _page(request, "sign_in", form, after, status=422)
    login(request, user, backend=BACKEND)
    if form.cleaned_data["remember"]:
        request.session.set_expiry(REMEMBER_SECONDS)
    return HttpResponseRedirect(_onward(user, after))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and go to the start page."""
    key = request.session.session_key
    logout(request)
    if key:
        services.session_forget(session_key=key)
    messages.success(request, _("You are signed out."))
    return HttpResponseRedirect(reverse("frontend:home"))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Open an account. The answer is the same whether the address has one or not."""
    after = safe_next(request, reverse("frontend:home"))
    if actor_of(request) is not None:
        return HttpResponseRedirect(after)
    if request.method != "POST":
        started = {"email": request.GET.get("email", "")[:254]}
        return _page(request, "register", RegisterForm(initial=started), after)
    form = RegisterForm(request.POST)
    try:
        if form.is_valid() and _registered(request, form):
            return HttpResponseRedirect(
                f"{reverse('frontend:registered')}?{urlencode({'next': after})}"
            )
    except PolicyOutdated as error:
        # What was typed stays; the box is to be ticked again, under the present text.
        form.data = {name: text for name, text in request.POST.items() if name != "accept"}
        form.refuse(error)
        return _page(request, "register", form, after, status=error.status)
    return _page(request, "register", form, after, status=422)


@never_cache
@require_http_methods(["GET", "HEAD"])
def registered(request: HttpRequest) -> HttpResponse:
    """What happens next: a link is on its way."""
    context = {"after": safe_next(request, reverse("frontend:home"))}
    return render(request, "frontend/account/registered.html", context)


def locked_out(request: HttpRequest, *_more: Any) -> HttpResponse:
    """Too many wrong passwords: how long to wait, and how to get in sooner (axes calls this)."""
    services.lockout_watch(email=request.POST.get("email", ""))
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    context = {"minutes": seconds // 60}
    response = render(request, "frontend/account/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _authenticated(request: HttpRequest, form: SignInForm) -> User | None:
    if not form.is_valid():
        return None
    user = authenticate(request, **form.text("email", "password"))
    if isinstance(user, User):
        return user
    left = settings.AXES_FAILURE_LIMIT - (getattr(request, "axes_failures_since_start", None) or 0)
    words = _("E-mail and password do not match.")
    if 0 < left <= 5:
        pause = int(settings.AXES_COOLOFF_TIME * 60)
        words += " " + ngettext(
            "%(left)d more try, then a pause of %(pause)d minutes.",
            "%(left)d more tries, then a pause of %(pause)d minutes.",
            left,
        ) % {"left": left, "pause": pause}
    form.add_error(None, words)
    return None


def _registered(request: HttpRequest, form: RegisterForm) -> bool:
    try:
        services.user_register(
            **form.text("email", "password", "full_name", "phone"),
            shown=shown_in(request.POST),
            language=get_language() or "id",
        )
    except PolicyOutdated:
        raise
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _onward(user: User, after: str) -> str:
    """Staff pass the second factor before anything else."""
    if user.is_staff and (not hasattr(user, "is_verified") or needs_second_factor(user)):
        return f"{reverse('frontend:two-step')}?{urlencode({'next': after})}"
    return after


def _page(
    request: HttpRequest, name: str, form: Any, after: str, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "after": after, "google": google_configured()}
    if name == "register":
        context["shown"] = shown_now()
    return render(request, f"frontend/account/{name}.html", context, status=status)
