"""The routes of the ground floor's API."""

from django.urls import path

from privacy import api_access, api_messages

urlpatterns = [
    path("privacy/access-log", api_access.AccessLogView.as_view(), name="privacy-access-log"),
    path("privacy/held", api_access.HeldView.as_view(), name="privacy-held"),
    path("privacy/messages", api_messages.SentMessagesView.as_view(), name="privacy-messages"),
]
