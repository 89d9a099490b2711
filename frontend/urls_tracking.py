"""Cookies, the activity record, suggestions, and the way to other sites."""

from django.urls import path

from frontend.views import cookies

urlpatterns = [
    path("privacy/cookies", cookies.cookies, name="cookies"),
    path("privacy/cookies/answer", cookies.answer, name="cookies-answer"),
    path(".well-known/gpc.json", cookies.gpc, name="gpc"),
]
