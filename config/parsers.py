"""Reads request bodies: JSON, of bounded size and depth, in UTF-8."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer


class BoundedJSONParser(BaseParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; anything unreadable is a 400.

    DRF's own parser reads the stream past Django's limit, and lets text nested deeper than
    the interpreter's stack, and lone surrogates, end in a fault.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The decoded value; raises ParseError or RequestDataTooBig."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise RequestDataTooBig
        try:
            value = json.loads(raw.decode(), parse_constant=_refuse)
            # Names of unknown fields are repeated in the answer, so they must be writable.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ParseError(_("The body is not readable JSON in UTF-8."), "malformed") from None
        return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
