"""Addresses that people reach from a mail or a calendar, without signing in."""

from django.urls import path

from frontend.views import calendar, guest

urlpatterns = [
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("guest/<str:token>", guest.guest, name="guest"),
]
