"""The OpenAPI document: served as JSON, and as a page for people."""

from functools import cache
from typing import Any, Final

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
)
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PROBLEM = {"$ref": "#/components/schemas/Problem"}
#: The document is the same for everyone, so nobody is asked who they are.
NOBODY: Final[list[Any]] = []
METHODS = {"get", "post", "patch", "put", "delete"}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a program proves who it is."""

    target_class = "accounts.api_auth.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in the Authorization header."""
        return {"type": "http", "scheme": "bearer"}


class PageSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a signed-in page does."""

    target_class = "accounts.api_auth.PageSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The session cookie; writes need the CSRF token as well."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def problems_add(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Say once what every operation may answer instead: a problem, and two headers it reads."""
    result["components"]["schemas"]["Problem"] = _problem()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                _describe(path, method, operation)
    return result


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    operation["responses"]["default"] = _answer("What was wrong.")
    if path.startswith("/api/v1/reservations") and method == "post":
        operation["responses"] |= {
            "412": _answer("Changed since the If-Match: with `difference`."),
            "422": _answer("Every broken rule, by field, in `errors`."),
        }
    asked = operation.setdefault("parameters", [])
    if "201" in operation["responses"]:
        asked.append(_header("Idempotency-Key", "Repeats the first answer, made once.", 200))
    elif method in {"post", "patch"}:
        asked.append(_header("If-Match", "The ETag that was read; 412 when it is outdated.", 40))


def _header(name: str, says: str, most: int) -> dict[str, Any]:
    # Printable ASCII without a blank at either end, which HTTP strips.
    kind = {"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[!-~]+$"}
    return {"in": "header", "name": name, "description": says, "schema": kind}


def _answer(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/problem+json": {"schema": PROBLEM}}}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    rule = {
        "type": "object",
        "properties": {"code": text, "detail": text},
        "required": ["code", "detail"],
    }
    return {
        "type": "object",
        "description": "RFC 9457 problem details. `code` is stable, `detail` is for people.",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": rule},
            },
            "difference": {"type": "object", "additionalProperties": {}},
        },
        "required": ["type", "title", "status", "detail", "code"],
    }


@cache
def document() -> dict[str, Any]:
    """The whole OpenAPI document; the same for everyone, so made once per process."""
    with translation.override("en"):
        generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
        found: dict[str, Any] = generator.get_schema(request=None, public=True)
        return found


class SchemaView(APIView):
    """The OpenAPI 3.1 document."""

    authentication_classes = NOBODY
    permission_classes = [AllowAny]
    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """As JSON, or YAML when asked."""
        return Response(document())


# Swagger UI writes style attributes; scripts stay ours alone, none of them inline.
@method_decorator(csp_update({"style-src": "'unsafe-inline'"}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """The document for people, from files of our own."""

    authentication_classes = NOBODY
    permission_classes = [AllowAny]
    url_name = "api-schema"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        """The page, or with `?script` the few lines that start it."""
        answer: HttpResponseBase = super().get(request)  # type: ignore[no-untyped-call]
        return answer
