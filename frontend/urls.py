"""The pages' routes."""

from django.urls import URLPattern, URLResolver, path

from frontend.views import home, preferences

app_name = "frontend"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language", preferences.language, name="language"),
    path("theme", preferences.theme, name="theme"),
]
