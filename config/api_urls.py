"""The API's routes, gathered from the apps."""

from django.urls import URLPattern, URLResolver, include, path

from config.schema import DocsView, SchemaView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.api_urls")),
    path("", include("privacy.api_urls")),
    path("", include("reservations.api_urls")),
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("docs", DocsView.as_view(), name="api-docs"),
]
