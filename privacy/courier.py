"""The one way by which a call over HTTP leaves us (promises P26 and P28).

No other module may import an HTTP client. A call names its service and its purpose; it
leaves only while a processor of that service is under contract with a known place
(privacy/processors.py). It follows no redirect, uses no proxy of the environment, and
reads a bounded answer. Never call it inside a transaction.
"""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from privacy.channels import NotNow, Unreachable
from privacy.processors import service_trouble
from privacy.purposes import PURPOSES

MAX_ANSWER: Final = 1024 * 1024
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Blocked(Exception):
    """No call may leave over the service; the text is a stable code."""


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def courier_call(  # noqa: PLR0913 - each names one part of a request
    *,
    service: str,
    purpose: str,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = 10.0,
) -> Answer:
    """One request to a processor, and its answer of at most 1 MiB.

    Raises Blocked (no contract, no place, no such purpose), Unreachable when no connection
    could be made, NotNow when it broke or the answer was too long, ValueError for an
    address that is neither https nor on this machine.
    """
    if purpose not in PURPOSES:
        raise Blocked("unknown_purpose")
    trouble = service_trouble(service)
    if trouble:
        raise Blocked(trouble)
    connection, target = _connection(url, seconds)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise Unreachable(type(error).__name__) from None
        return _exchange(connection, method, target, headers or {}, body)
    finally:
        connection.close()


def _connection(url: str, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https" and host:
        context = ssl.create_default_context()
        secure = http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=context)
        return secure, target
    if parts.scheme == "http" and host in LOOPBACK:
        return http.client.HTTPConnection(host, parts.port, timeout=seconds), target
    raise ValueError("Personal data leaves over https alone.")


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    try:
        connection.request(method, target, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NotNow(type(error).__name__) from None
    if len(content) > MAX_ANSWER:
        raise NotNow("answer_too_long")
    return Answer(answer.status, dict(answer.getheaders()), content)
