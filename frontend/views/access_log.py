"""Who of the staff looked at one's data, in words."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.people import signed_in
from privacy.access_words import access_page


@require_safe
@login_required
def access_log(request: HttpRequest) -> HttpResponse:
    """When, by which role, what, why; the latest first."""
    asked = request.GET.get("after", "")
    page = access_page(signed_in(request).subject_id, cursor=asked)
    context = {"rows": page.rows, "next": page.cursor, "further": bool(asked)}
    return render(request, "frontend/privacy/access_log.html", context)
