"""What was sent to the person who looks, and what was not."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.people import signed_in
from privacy.sent import messages_sent


@require_safe
@login_required
def messages(request: HttpRequest) -> HttpResponse:
    """The newest first, 30 a page."""
    cursor = request.GET.get("after", "")
    page = messages_sent(signed_in(request), cursor=cursor)
    context = {"rows": page.rows, "next": page.cursor, "further": bool(cursor)}
    return render(request, "frontend/privacy/messages.html", context)
