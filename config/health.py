"""Is the process alive, may it take traffic, and what does it count?"""

import contextlib

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView
from psycopg_pool import PoolTimeout


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503."""
    try:
        waiting = _waiting("default")
    except (DatabaseError, PoolTimeout):
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    # Without the vault, pages that need no key work and the others answer 503 by themselves.
    with contextlib.suppress(DatabaseError, PoolTimeout):
        waiting = waiting or _waiting("vault")
    if waiting:
        return HttpResponse("migrations waiting\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def _waiting(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    targets = executor.loader.graph.leaf_nodes("vault" if alias == "vault" else None)
    return bool(executor.migration_plan(targets))


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' numbers, for this machine and for the bearer of METRICS_TOKEN; else 404."""
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _is_local(request: HttpRequest) -> bool:
    # What a proxy on this machine passes on comes from elsewhere.
    passed_on = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not passed_on


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(given, f"Bearer {token}")
