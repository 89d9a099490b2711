"""The record of processing: for everybody by purpose, for officers with tables and processors."""

import csv
import io
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from frontend.views.staff_guard import staff_page
from privacy.models import Processor
from privacy.record import COLUMNS, activity_rows, record_jsonld, record_rows
from privacy.stores import stores


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Every purpose with its data, and every place where data lies."""
    context = {"activities": activity_rows(), "stores": stores().values()}
    return render(request, "frontend/privacy/record.html", context)


@require_safe
@staff_page("privacy.see_record")
def staff_record(request: HttpRequest, actor: User) -> HttpResponse:
    """The same with the tables of the database and the processors under contract."""
    processors = Processor.objects.filter(state=Processor.State.ACTIVE).order_by("service", "name")
    context = {
        "activities": activity_rows(),
        "stores": stores().values(),
        "processors": processors,
        "officer": True,
    }
    return render(request, "frontend/privacy/record.html", context)


@require_safe
def record_csv(request: HttpRequest) -> HttpResponse:
    """One line a purpose and kind of data, in the language of the page."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(record_rows())
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", "csv")


@require_safe
def record_json(request: HttpRequest) -> HttpResponse:
    """JSON-LD in terms of the W3C Data Privacy Vocabulary."""
    text = json.dumps(record_jsonld(), ensure_ascii=False, indent=2)
    return _file(text, "application/ld+json", "jsonld")


def _file(content: Any, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="ruang-record.{ending}"'
    return answer
