"""GET /api/v1/privacy/messages: what was sent to the caller, and what was not."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from privacy.actors import Actor
from privacy.models import OutboxMessage
from privacy.sent import messages_sent


class SentMessageOut(serializers.Serializer[Any]):
    """One message; the words are in the caller's language."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    category = serializers.ChoiceField(choices=OutboxMessage.Category.choices)
    category_words = serializers.CharField()
    kind = serializers.CharField()
    kind_words = serializers.CharField()
    channel = serializers.CharField()
    channel_words = serializers.CharField()
    state = serializers.ChoiceField(choices=["queued", "sent", "refused", "dead"])
    state_words = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    reason_words = serializers.CharField(allow_blank=True)


SentMessagePage = inline_serializer(
    name="SentMessagePage",
    fields={"next": serializers.URLField(allow_null=True), "results": SentMessageOut(many=True)},
)


class SentMessagesView(APIView):
    """The caller's own messages, the newest first."""

    @extend_schema(
        operation_id="privacy_messages",
        parameters=[OpenApiParameter("cursor", str)],
        responses=SentMessagePage,
    )
    def get(self, request: Request) -> Response:
        """A page of 30."""
        asked = request.query_params.get("cursor", "")
        page = messages_sent(cast("Actor", request.user), cursor=asked)
        here = request.build_absolute_uri()
        following = replace_query_param(here, "cursor", page.cursor) if page.cursor else None
        return Response({"next": following, "results": SentMessageOut(page.rows, many=True).data})
