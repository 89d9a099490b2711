"""Routes of conversations: the person's, and customer service's."""

from django.urls import path

from frontend.views import staff_openings, staff_support, support

urlpatterns = [
    path("support", support.conversations, name="support"),
    path("support/new", support.ask, name="support-new"),
    path("support/sent", support.sent, name="support-sent"),
    path("support/<uuid:conversation_id>", support.conversation, name="support-conversation"),
    path("support/link/<str:token>", support.by_link, name="support-link"),
    path("staff/support", staff_support.inbox, name="staff-support"),
    path("staff/support/call", staff_support.new_call, name="staff-call"),
    path("staff/support/openings", staff_openings.pending, name="staff-openings"),
    path(
        "staff/support/openings/<uuid:opening_id>/<slug:verb>",
        staff_openings.decide,
        name="staff-opening",
    ),
    path(
        "staff/support/<uuid:conversation_id>",
        staff_support.conversation,
        name="staff-conversation",
    ),
    path(
        "staff/support/<uuid:conversation_id>/contents",
        staff_openings.contents,
        name="staff-contents",
    ),
]
