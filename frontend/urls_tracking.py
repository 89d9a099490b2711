"""Cookies, the activity record, suggestions, and the way to other sites."""

from django.urls import path

from frontend.views import cookies, habits, outside

urlpatterns = [
    path("privacy/cookies", cookies.cookies, name="cookies"),
    path("privacy/cookies/answer", cookies.answer, name="cookies-answer"),
    path("privacy/activity", habits.activity, name="activity"),
    path("privacy/preferences", habits.preferences, name="preferences"),
    path("leave/<slug:code>", outside.leave, name="leave"),
    path(".well-known/gpc.json", cookies.gpc, name="gpc"),
]
