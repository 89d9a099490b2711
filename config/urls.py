"""Where every request goes."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("frontend.urls")),
    path("api/v1/", include("config.api_urls")),
    path("webhooks/", include("support.webhook_urls")),
    path("oauth/", include("social_django.urls", namespace="social")),
    path("admin/", admin.site.urls),
    path("", include("config.health_urls")),
]

handler400 = "frontend.views.errors.bad_request"
handler403 = "frontend.views.errors.not_allowed"
handler404 = "frontend.views.errors.not_found"
handler500 = "frontend.views.errors.fault"
