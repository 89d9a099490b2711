"""Where providers call us."""

from django.urls import path

from support.api_webhook import whatsapp

app_name = "webhooks"
urlpatterns = [path("whatsapp", whatsapp, name="whatsapp")]
