"""How people prove who they are."""

from django.contrib.auth.backends import ModelBackend
from social_core.backends.google import GoogleOAuth2


class EmailBackend(ModelBackend):
    """E-mail and password."""


class GoogleBackend(GoogleOAuth2):
    """Google."""
