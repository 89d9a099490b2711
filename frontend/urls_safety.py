"""Routes of the privacy officers' watch."""

from django.urls import path

from frontend.views import staff_safety

urlpatterns = [
    path("staff/safety", staff_safety.safety, name="safety"),
    path("staff/safety/alerts/<uuid:alert_id>", staff_safety.alert, name="safety-alert"),
    path("staff/safety/audits/<slug:code>", staff_safety.audit, name="safety-audit"),
]
