"""A person's own page: name, address, language, picture."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.selectors import picture_person
from frontend.forms.account_people import AddressForm, PictureForm, ProfileForm
from frontend.people import signed_in
from privacy.access import access_note
from privacy.errors import DomainError, Stale

FIELDS = ("full_name", "phone", "institution", "language", "time_zone")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Look and change."""
    actor = signed_in(request)
    if request.method != "POST":
        return _page(request, actor)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, profile=form)
    try:
        changed = services.user_profile_change(
            actor=actor, changes=form.text(*FIELDS), expected_version=_version(request)
        )
    except Stale as error:
        return _page(request, actor, profile=form, difference=_differences(error, form))
    except DomainError as error:
        form.refuse(error)
        return _page(request, actor, profile=form)
    with translation.override(changed.language):
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("frontend:profile"))


@require_POST
@sensitive_post_parameters("password")
@login_required
def address(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail address, or give the change up."""
    actor = signed_in(request)
    if "cancel" in request.POST:
        services.email_change_cancel(actor=actor)
        messages.success(request, _("Your address stays as it is."))
        return HttpResponseRedirect(reverse("frontend:profile"))
    form = AddressForm(request.POST, has_password=actor.has_usable_password())
    if not form.is_valid():
        return _page(request, actor, address=form)
    try:
        services.email_change_ask(
            actor=actor,
            email=form.cleaned_data["email"],
            password=form.cleaned_data.get("password"),
        )
    except DomainError as error:
        form.refuse(error)
        return _page(request, actor, address=form)
    messages.success(
        request, _("We sent a link to the new address. Until you follow it, nothing changes.")
    )
    return HttpResponseRedirect(reverse("frontend:profile"))


@require_POST
@login_required
def picture(request: HttpRequest) -> HttpResponse:
    """Replace or remove one's picture."""
    actor = signed_in(request)
    if "remove" in request.POST:
        services.user_picture_remove(actor=actor)
        messages.success(request, _("The picture is deleted."))
        return HttpResponseRedirect(reverse("frontend:profile"))
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, picture=form)
    try:
        services.user_picture_set(actor=actor, upload=form.cleaned_data["picture"].file)
    except DomainError as error:
        form.refuse(error)
        return _page(request, actor, picture=form)
    messages.success(request, _("Your picture is shown to your organisation and the front desk."))
    return HttpResponseRedirect(reverse("frontend:profile"))


@require_safe
@login_required
def person_picture(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """The picture of a person, for those who may see it; never run, framed or shared."""
    actor = signed_in(request)
    person = picture_person(actor, user_id)
    if actor.working_roles:
        access_note(
            actor,
            subject_ids=[person.subject_id],
            purpose="arrivals",
            model="accounts.User",
            fields=["picture"],
        )
    with person.picture.open("rb") as file:
        # At most some 100 KB: pictures are redrawn at 512 × 512.
        response = HttpResponse(file.read(), content_type="image/webp")
    response["Content-Disposition"] = 'inline; filename="picture.webp"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _page(request: HttpRequest, actor: User, **more: Any) -> HttpResponse:
    """The page; a form with errors in `more` makes it a 422, an outdated edit a 412."""
    context: dict[str, Any] = {
        "actor": actor,
        "profile": ProfileForm(initial={name: getattr(actor, name) for name in FIELDS}),
        "address": AddressForm(has_password=actor.has_usable_password()),
        "picture": PictureForm(),
        "section": "profile",
        **more,
    }
    status = 412 if "difference" in more else 422 if more else 200
    return render(request, "frontend/account/profile.html", context, status=status)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _differences(error: Stale, form: ProfileForm) -> list[tuple[str, str]]:
    """(label, what stands there now), for every field that would be overwritten."""
    return [
        (str(form.fields[name].label), pair["current"] or "-")
        for name, pair in error.extra["difference"].items()
    ]
