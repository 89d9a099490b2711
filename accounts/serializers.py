"""The base of every serializer that reads a request body."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from privacy.cards import card_refuse


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know (400), so that a misspelt one is not lost in silence."""

    def get_fields(self) -> dict[str, Any]:
        """The fields; text that holds a payment card number is refused (promise P32)."""
        fields: dict[str, Any] = super().get_fields()
        for field in fields.values():
            if isinstance(field, serializers.CharField):
                field.validators.append(card_refuse)
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """The validated values; raises ValidationError for unknown fields as well."""
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(set(map(str, data)) - known)
            if unknown:
                detail = _("There is no such field.")
                raise serializers.ValidationError(
                    {name[:100]: [ErrorDetail(detail, "unknown")] for name in unknown}
                )
        return super().to_internal_value(data)
