"""The pages' routes."""

from django.urls import URLPattern, URLResolver, include, path

from frontend.views import (
    acts,
    feeds,
    find,
    home,
    locations,
    preferences,
    reservations,
    sheet,
    spaces,
    staff_pages,
)

app_name = "frontend"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("find", find.find, name="find"),
    path("find/timeline", find.timeline, name="find-timeline"),
    path("book", sheet.book, name="book"),
    path("reservations", reservations.reservations, name="reservations"),
    path("reservations/<uuid:reservation_id>", reservations.reservation, name="reservation"),
    path(
        "reservations/<uuid:reservation_id>.ics",
        reservations.reservation_file,
        name="reservation-file",
    ),
    path("reservations/<uuid:reservation_id>/<slug:verb>", acts.act, name="reservation-act"),
    path("calendar", feeds.feeds, name="calendar-feeds"),
    path("spaces/<slug:slug>", spaces.space, name="space"),
    path("spaces/<slug:slug>/month", spaces.month, name="space-month"),
    path("spaces/<slug:slug>/plan.svg", spaces.plan, name="space-plan"),
    path("locations/<slug:slug>", locations.location, name="location"),
    path("language", preferences.language, name="language"),
    path("theme", preferences.theme, name="theme"),
    path("", include("frontend.urls_account")),
    path("", include("frontend.urls_calendar")),
    path("", include("frontend.urls_development")),
    path("", include("frontend.urls_privacy")),
    path("", include("frontend.urls_safety")),
    path("", include("frontend.urls_map")),
    path("", include("frontend.urls_messages")),
    path("staff", staff_pages.staff, name="staff"),
    path("", include("frontend.urls_outgoing")),
    path("", include("frontend.urls_announcements")),
    path("", include("frontend.urls_staff")),
    path("", include("frontend.urls_support")),
    path("", include("frontend.urls_tracking")),
]
