"""Consents and objections: given and taken back by one button each, with receipts."""

import json
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from frontend.formats import language
from frontend.people import signed_in
from privacy import consent, policy, receipts
from privacy.channels import channels
from privacy.consent import Standing
from privacy.errors import DomainError
from privacy.models import Acceptance, ConsentRecord
from privacy.purposes import PURPOSES
from privacy.words import GROUNDS

FORM: Final = "consents"
PER_PAGE: Final = 30
#: A pasted receipt is about 2 KB.
RECEIPT_CHARACTERS: Final = 20_000


@never_cache
@require_safe
@login_required
def consents(request: HttpRequest) -> HttpResponse:
    """Every purpose with its button, and what was answered before."""
    return _page(request, signed_in(request))


@never_cache
@require_POST
@login_required
def answer(request: HttpRequest, purpose: str) -> HttpResponse:
    """One button: give, withdraw, object, or take an objection back."""
    actor = signed_in(request)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or purpose not in PURPOSES:
        raise Http404
    try:
        said = act(request, actor, purpose)
    except DomainError as error:
        if error.status in {404, 503}:
            raise
        return _page(request, actor, refused=error.detail, status=error.status)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("frontend:consents"))


@never_cache
@require_safe
@login_required
def receipt(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One receipt, with the way back if it still stands."""
    actor = signed_in(request)
    record = _own(actor, record_id)
    purpose = PURPOSES.get(record.purpose)
    history = ConsentRecord.objects.filter(subject=actor.subject_id, purpose=record.purpose)
    rows = list(history.order_by("-at", "-id")[:PER_PAGE])
    context = {
        "record": record,
        "number": receipts.number_of(record),
        "purpose": purpose,
        "ground": GROUNDS[purpose.basis] if purpose else "",
        "newest": rows[0].id == record.id,
        "rows": rows,
        "actor": actor,
    }
    return render(request, "frontend/privacy/receipt.html", context)


@never_cache
@require_safe
@login_required
def receipt_file(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The receipt as JSON-LD, to keep."""
    record = _own(signed_in(request), record_id)
    text = json.dumps(receipts.receipt_of(record), ensure_ascii=False, indent=2)
    response = HttpResponse(text + "\n", content_type="application/ld+json")
    name = f"{receipts.number_of(record)}.jsonld"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether a pasted receipt is genuine; anybody may ask, and nothing is told but that."""
    text = request.POST.get("receipt", "")[:RECEIPT_CHARACTERS]
    context: dict[str, Any] = {"text": text}
    status = 200
    if request.method == "POST":
        try:
            context["genuine"] = receipts.receipt_check(text)
        except DomainError as error:
            context["refused"], status = error.detail, error.status
    return render(request, "frontend/privacy/receipt_check.html", context, status=status)


def _own(actor: User, record_id: UUID) -> ConsentRecord:
    record = ConsentRecord.objects.filter(id=record_id, subject=actor.subject_id).first()
    if record is None:
        raise Http404
    return record


def _give(request: HttpRequest, actor: User, purpose: str) -> str:
    version = request.POST.get("policy_version", "")
    tongue = request.POST.get("language", "")
    consent.consent_give(
        subject_id=actor.subject_id,
        purpose=purpose,
        policy_version=int(version) if version.isascii() and version.isdigit() else 0,
        policy_hash=request.POST.get("policy_hash", ""),
        language=tongue if tongue in dict(settings.LANGUAGES) else language(),
        words=request.POST.get("words", ""),
        form=FORM,
    )
    return _("Your consent is on record. You can withdraw it here at any time.")


def _withdraw(_request: HttpRequest, actor: User, purpose: str) -> str:
    consent.consent_withdraw(subject_id=actor.subject_id, purpose=purpose, form=FORM)
    return _("Your consent is withdrawn, from this moment.")


def _object(_request: HttpRequest, actor: User, purpose: str) -> str:
    consent.objection_raise(subject_id=actor.subject_id, purpose=purpose, form=FORM)
    return _("Your objection is on record; your data no longer serves this purpose.")


def _unobject(_request: HttpRequest, actor: User, purpose: str) -> str:
    consent.objection_end(subject_id=actor.subject_id, purpose=purpose, form=FORM)
    return _("Your objection is taken back.")


ACTS: Final[dict[str, Callable[[HttpRequest, User, str], str]]] = {
    "give": _give,
    "withdraw": _withdraw,
    "object": _object,
    "unobject": _unobject,
}


def _page(
    request: HttpRequest, actor: User, *, refused: str = "", status: int = 200
) -> HttpResponse:
    standings = consent.standings(actor.subject_id)
    history = ConsentRecord.objects.filter(subject=actor.subject_id).order_by("-at", "-id")
    page = Paginator(history, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "refused": refused,
        "policy": policy.current(),
        "asked": [_row(each) for each in standings if each.purpose.by_consent and _asked(each)],
        "objectable": [
            _row(each)
            for each in standings
            if each.purpose.can_object and not each.purpose.by_consent
        ],
        "needed": [_row(each) for each in standings if not each.purpose.can_object],
        "accepted": _accepted(actor),
        "history": page,
        "rows": [(record, receipts.number_of(record), _title(record.purpose)) for record in page],
    }
    return render(request, "frontend/privacy/consents.html", context, status=status)


def _accepted(actor: User) -> list[Acceptance]:
    """The person's newest answers to terms and policy, organisations' contracts included."""
    rows = Acceptance.objects.filter(subject=actor.subject_id).order_by("-at", "-id")
    return list(rows[:PER_PAGE])


def _asked(standing: Standing) -> bool:
    """Whether there is anything to ask or to take back: a channel that is off asks nothing."""
    served = any(channel.purpose == standing.purpose.code for channel in channels())
    return served or not standing.purpose.by_channel or standing.last is not None


def _row(standing: Standing) -> dict[str, Any]:
    purpose = standing.purpose
    return {
        "purpose": purpose,
        "ground": GROUNDS[purpose.basis],
        "last": standing.last,
        "allowed": not standing.refusal,
        "state": _state(standing),
        "digest": consent.words_digest(purpose, language()) if purpose.by_consent else "",
    }


def _state(standing: Standing) -> str:
    """given, again (asked once more), objected, withdrawn, refused, or "" (never answered)."""
    if standing.last is None or standing.last.act == "unobjected":
        return ""
    act = str(standing.last.act)
    return "again" if act == "given" and standing.refusal == "other_version" else act


def _title(code: str) -> str:
    purpose = PURPOSES.get(code)
    return str(purpose.title) if purpose else code
