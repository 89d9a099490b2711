"""Routes of announcements: written by one member of staff, let go by another."""

from django.urls import path

from frontend.views import staff_announcements as announcements

urlpatterns = [
    path("staff/announcements", announcements.listed, name="announcements"),
    path("staff/announcements/new", announcements.compose, name="announcement-new"),
    path(
        "staff/announcements/<uuid:announcement_id>",
        announcements.announcement,
        name="announcement",
    ),
    path(
        "staff/announcements/<uuid:announcement_id>/edit",
        announcements.edit,
        name="announcement-edit",
    ),
    path(
        "staff/announcements/<uuid:announcement_id>/mail/<slug:language>",
        announcements.mail,
        name="announcement-mail",
    ),
    path(
        "staff/announcements/<uuid:announcement_id>/<slug:verb>",
        announcements.act,
        name="announcement-act",
    ),
]
