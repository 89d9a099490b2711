"""Consents over HTTP: what the caller agreed to, giving and taking back, with receipts."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api import actor_of, listed, page_of, read
from accounts.http import repeat
from accounts.serializers import StrictSerializer
from privacy import consent, policy
from privacy.consent import Standing
from privacy.models import ConsentRecord
from privacy.receipts import receipt_of


class ConsentIn(StrictSerializer):
    """What the caller agrees to, under which policy: as GET says it."""

    purpose = serializers.CharField(max_length=40)
    policy_version = serializers.IntegerField(min_value=1, max_value=100_000)
    policy_hash = serializers.CharField(max_length=64)


class ConsentOut(serializers.Serializer[Any]):
    """One purpose that rests on consent, and where the caller stands on it."""

    purpose = serializers.CharField(source="purpose.code")
    title = serializers.CharField(source="purpose.title")
    words = serializers.CharField(source="purpose.words")
    state = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField()
    policy_version = serializers.SerializerMethodField()
    policy_hash = serializers.SerializerMethodField()
    receipt = serializers.SerializerMethodField()

    def get_state(self, standing: Standing) -> str:
        """given, refused, withdrawn, objected, unobjected, or none."""
        return str(standing.last.act) if standing.last else "none"

    def get_allowed(self, standing: Standing) -> bool:
        """Whether the caller's data may serve the purpose at this moment."""
        return not standing.refusal

    def get_policy_version(self, _standing: Standing) -> int:
        """The version in force, to be sent with a consent."""
        version: policy.Version = self.context["policy"]
        return version.number

    def get_policy_hash(self, _standing: Standing) -> str:
        """Its hash, to be sent with a consent."""
        version: policy.Version = self.context["policy"]
        return version.hash

    def get_receipt(self, standing: Standing) -> dict[str, Any] | None:
        """The receipt of the newest answer, as JSON-LD, or null."""
        return receipt_of(standing.last) if standing.last else None


class ReceiptOut(serializers.Serializer[ConsentRecord]):
    """A consent receipt as JSON-LD (ISO/IEC TS 27560, W3C DPV)."""

    def to_representation(self, instance: ConsentRecord) -> dict[str, Any]:
        """The receipt as it is, signature and all."""
        return receipt_of(instance)


class ConsentsView(APIView):
    """The caller's consents."""

    scopes: ClassVar[dict[str, str]] = {"POST": "account"}

    @extend_schema(operation_id="consents_list", responses=page_of(ConsentOut))
    def get(self, request: Request) -> Response:
        """Every purpose that rests on consent; their number is fixed by the registry."""
        found = consent.standings(actor_of(request).subject_id)
        rows = [each for each in found if each.purpose.by_consent]
        context = {"policy": policy.current()}
        return listed(ConsentOut(rows, many=True, context=context).data)

    @extend_schema(operation_id="consent_give", request=ConsentIn, responses={201: ReceiptOut})
    def post(self, request: Request) -> Response:
        """Agree. Takes an Idempotency-Key; 409 `policy_outdated` for an earlier version."""
        record = services.consent_answer(
            actor=actor_of(request),
            language=get_language() or "id",
            repeat=repeat(request),
            **read(ConsentIn, request),
        )
        return Response(receipt_of(record), status.HTTP_201_CREATED)


class ConsentView(APIView):
    """One consent of the caller."""

    scopes: ClassVar[dict[str, str]] = {"DELETE": "account"}

    @extend_schema(operation_id="consent_withdraw", responses=ReceiptOut)
    def delete(self, request: Request, purpose: str) -> Response:
        """Take it back, from this moment; the second time answers the same."""
        subject_id: UUID = actor_of(request).subject_id
        record = consent.consent_withdraw(
            subject_id=subject_id, purpose=purpose, method=consent.Method.API, form="api"
        )
        return Response(receipt_of(record))
