"""The tables of third-party apps that hold nothing about a person."""

from privacy.datamap import neutral_model

neutral_model("auth.Permission", "id", "name", "content_type", "codename")
neutral_model("auth.Group_permissions", "id", "group", "permission")
neutral_model("auth.Group", "id", "name")
neutral_model("contenttypes.ContentType", "id", "app_label", "model")

# OpenID 1 and 2 only: shared secrets of providers, of nobody in particular. Ruang uses neither.
neutral_model("social_django.Nonce", "id", "server_url", "timestamp", "salt")
neutral_model(
    "social_django.Association",
    "id",
    "server_url",
    "handle",
    "secret",
    "issued",
    "lifetime",
    "assoc_type",
)
