"""Routes of the privacy officers' watch, and of tenants' grants to customer service."""

from django.urls import path

from frontend.views import staff_safety, staff_tenants

urlpatterns = [
    path("staff/safety", staff_safety.safety, name="safety"),
    path("staff/safety/alerts/<uuid:alert_id>", staff_safety.alert, name="safety-alert"),
    path("staff/safety/audits/<slug:code>", staff_safety.audit, name="safety-audit"),
    path("staff/tenants", staff_tenants.tenants, name="tenants"),
    path("staff/tenants/<uuid:organisation_id>", staff_tenants.tenant, name="tenant"),
    path("staff/tenants/<uuid:organisation_id>/ask", staff_tenants.tenant_ask, name="tenant-ask"),
]
