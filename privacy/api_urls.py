"""The routes of the ground floor's API."""

from django.urls import path

from privacy import api_messages

urlpatterns = [
    path("privacy/messages", api_messages.SentMessagesView.as_view(), name="privacy-messages"),
]
