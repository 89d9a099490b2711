"""What was sent to a person, and the way out of offers."""

from django.urls import path

from frontend.views import messages_sent, unsubscribe

urlpatterns = [
    path("privacy/messages", messages_sent.messages, name="privacy-messages"),
    path("unsubscribe/<str:token>", unsubscribe.ask, name="unsubscribe"),
    path("unsubscribe/<str:token>/one-click", unsubscribe.one_click, name="unsubscribe-one-click"),
]
