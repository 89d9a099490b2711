"""GET /api/v1/privacy/access-log and …/held: who looked at the caller's data, and what is held."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from privacy.access_words import access_page
from privacy.actors import Actor
from privacy.formats import language
from privacy.held import held_counts, held_table


class SeenOut(serializers.Serializer[Any]):
    """One look of staff; the words are in the caller's language. Names nobody of the staff."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    role = serializers.CharField(allow_blank=True)
    role_words = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    fields_words = serializers.CharField()
    purpose = serializers.CharField()
    purpose_words = serializers.CharField()


class HeldOut(serializers.Serializer[Any]):
    """One kind of data: why it is held, on what ground, how long, who may see it, how many rows."""

    code = serializers.CharField()
    category = serializers.CharField()
    what = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    ground = serializers.ListField(child=serializers.CharField())
    how_long = serializers.ListField(child=serializers.CharField())
    who = serializers.ListField(child=serializers.CharField())
    sealed = serializers.BooleanField()
    rows = serializers.IntegerField()


def _page(name: str, kind: serializers.Serializer[Any]) -> Any:
    fields = {"next": serializers.URLField(allow_null=True), "results": kind}
    return inline_serializer(name=name, fields=fields)


class AccessLogView(APIView):
    """Who of the staff looked at the caller's data."""

    @extend_schema(
        operation_id="privacy_access_log",
        parameters=[OpenApiParameter("cursor", str)],
        responses=_page("SeenPage", SeenOut(many=True)),
    )
    def get(self, request: Request) -> Response:
        """A page of 30, the latest first."""
        asked = request.query_params.get("cursor", "")
        page = access_page(cast("Actor", request.user).subject_id, cursor=asked)
        here = request.build_absolute_uri()
        following = replace_query_param(here, "cursor", page.cursor) if page.cursor else None
        rows = [seen.__dict__ for seen in page.rows]
        return Response({"next": following, "results": rows})


class HeldView(APIView):
    """What is held about people, and how much of it about the caller."""

    @extend_schema(operation_id="privacy_held", responses=_page("HeldPage", HeldOut(many=True)))
    def get(self, request: Request) -> Response:
        """Every kind of data of the data map; `rows` counts those about the caller."""
        counts = held_counts(cast("Actor", request.user).subject_id)
        rows = [{**row.__dict__, "rows": counts.get(row.code, 0)} for row in held_table(language())]
        return Response({"next": None, "results": rows})
