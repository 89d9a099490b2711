"""Who looks at a page: the signed-in person, or nobody."""

from django.http import HttpRequest

from accounts.models import User


def actor_of(request: HttpRequest) -> User | None:
    """The signed-in person; None for a visitor."""
    user = request.user
    return user if isinstance(user, User) and user.is_authenticated else None


def signed_in(request: HttpRequest) -> User:
    """The person of a page that asks for one (views behind login_required)."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("This page is for signed-in people.")
    return user
