"""RFC 9457 problem details for everything under /api/: one shape for every refusal."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from privacy.errors import DomainError, is_busy

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 2


def problem(
    status: int, code: str, detail: str, *, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body: type, title, status, detail, code, and further members."""
    return {
        "type": f"urn:ruang:problem:{code}",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "code": code,
        **(extra or {}),
    }


def problem_response(
    status: int, code: str, detail: str, *, extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A plain Django response with the problem as its body."""
    response = JsonResponse(
        problem(status, code, detail, extra=extra), status=status, content_type=CONTENT_TYPE
    )
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's hook: every exception that has an answer, as problem details."""
    described = describe(error)
    if described is None:
        return None
    set_rollback()
    status, code, detail, extra, headers = described
    return Response(
        problem(status, code, detail, extra=extra),
        status=status,
        headers=headers,
        content_type=CONTENT_TYPE,
    )


Described = tuple[int, str, str, dict[str, Any], dict[str, str]]


def describe(error: BaseException) -> "Described | None":
    """(status, code, detail, extra, headers) of an error, or None for a fault of ours."""
    if isinstance(error, DomainError):
        return _domain(error)
    if isinstance(error, Http404):
        return 404, "not_found", _("There is nothing here."), {}, {}
    if isinstance(error, PermissionDenied):
        return 403, "not_allowed", _("You may not do this."), {}, {}
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        return 413, "too_large", _("The request is too large."), {}, {}
    if isinstance(error, SuspiciousOperation | BadRequest):
        return 400, "malformed", _("The request cannot be understood."), {}, {}
    if isinstance(error, drf.APIException):
        return _drf(error)
    if is_busy(error):
        return 503, "busy", busy_text(), {}, {"Retry-After": str(RETRY_SECONDS)}
    return None


def busy_text() -> str:
    """What to say when trying again in a moment is right."""
    return _("Too much is going on at this moment. Nothing was changed; please try again.")


def _domain(error: DomainError) -> Described:
    extra = dict(error.extra)
    if error.broken:
        fields: dict[str, list[dict[str, str]]] = {}
        for rule in error.broken:
            fields.setdefault(rule.field or "reservation", []).append(
                {"code": rule.code, "detail": rule.detail}
            )
        extra["errors"] = fields
    headers = {"Retry-After": str(RETRY_SECONDS)} if error.status == 503 else {}
    return error.status, error.code, error.detail, extra, headers


def _drf(error: drf.APIException) -> Described:
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(max(1, ceil(error.wait)))  # type: ignore[attr-defined]
    if isinstance(error, drf.ValidationError):
        errors = flatten(error.get_full_details())
        detail = _("Some of what was sent cannot be used. See errors.")
        return 400, "malformed", detail, {"errors": errors}, headers
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "refused"
    return error.status_code, code, str(error.detail), {}, headers


def flatten(details: Any, prefix: str = "") -> dict[str, list[dict[str, str]]]:
    """DRF's nested error details as {"guests.0.email": [{code, detail}]}."""
    found: dict[str, list[dict[str, str]]] = {}
    if isinstance(details, dict) and "message" in details and "code" in details:
        return {
            prefix or "body": [{"code": str(details["code"]), "detail": str(details["message"])}]
        }
    items = details.items() if isinstance(details, dict) else enumerate(details)
    for key, value in items:
        leaf = isinstance(value, dict) and "message" in value and "code" in value
        of_whole = key == "non_field_errors" or (leaf and isinstance(key, int))
        name = prefix if of_whole else f"{prefix}.{key}".strip(".")
        for path, rules in flatten(value, name).items():
            found.setdefault(path, []).extend(rules)
    return found


def _title(status: int) -> str:
    titles = {
        400: _("Malformed request"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        409: _("Conflict"),
        412: _("Changed in the meantime"),
        413: _("Too large"),
        415: _("Unsupported format"),
        422: _("A rule forbids this"),
        429: _("Too many requests"),
        503: _("Busy"),
    }
    return titles.get(status, _("Refused"))


class ProblemMiddleware:
    """Answers below /api/ that never reached DRF (unknown path, bad host, too large) as problems.

    Stands before all other middleware, so that what those refuse is covered as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace an HTML error page below /api/ by its problem."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if "\x00" in request.META.get("QUERY_STRING", "") or "%00" in request.META.get(
            "QUERY_STRING", ""
        ):
            return problem_response(400, "malformed", _("A NUL character is not allowed."))
        response = self.get_response(request)
        kind = response.get("Content-Type", "")
        if response.status_code >= 400 and not kind.startswith(CONTENT_TYPE):
            return self._replaced(response)
        return response

    def _replaced(self, response: HttpResponse) -> HttpResponse:
        status = response.status_code
        codes = {
            400: "malformed", 403: "not_allowed", 404: "not_found", 413: "too_large", 503: "busy",
        }  # fmt: skip
        code = codes.get(status, "refused" if status < 500 else "fault")
        return problem_response(status, code, busy_text() if status == 503 else _title(status))
