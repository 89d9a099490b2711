"""Routes of the privacy pages: hub, promises, policy, consents."""

from django.urls import path

from frontend.views import privacy

urlpatterns = [
    path("privacy", privacy.hub, name="privacy"),
    path("privacy/promises", privacy.promises, name="promises"),
]
