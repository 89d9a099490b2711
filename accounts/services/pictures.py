"""Profile pictures; see accounts/pictures.py for what becomes of one."""

from typing import IO, Final
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.errors import InputRefused
from accounts.models import User
from accounts.pictures import Frame, PictureRefused, picture_redrawn
from accounts.services.common import act, event_add, user_change, user_lock
from privacy.errors import Broken

FRAME: Final = Frame(most_megabytes=5, most_megapixels=24, side=512, square=True)


def user_picture_set(*, actor: User, upload: IO[bytes]) -> None:
    """Show this picture of the person: a square of 512 pixels, WebP, without its metadata.

    Raises InputRefused for what is no JPEG, PNG or WebP, over 5 MB or over 24 megapixels.
    """
    content = picture_judged(upload)
    name = default_storage.save(f"people/{uuid4().hex}.webp", ContentFile(content))
    try:
        _store(actor.id, actor, name)
    except BaseException:
        default_storage.delete(name)
        raise


def user_picture_remove(*, actor: User) -> None:
    """Delete the picture, the file included."""
    _store(actor.id, actor, "")


def picture_judged(upload: IO[bytes]) -> bytes:
    """The picture drawn anew, or InputRefused with what is wrong with it."""
    try:
        return picture_redrawn(upload, FRAME)
    except PictureRefused as error:
        raise InputRefused([Broken(error.code, error.detail, "picture")]) from None


def _store(user_id: UUID, actor: User, name: str) -> None:
    with act():
        user = user_lock(user_id)
        former = user.picture.name
        user_change(user, picture=name)
        verb = "picture_set" if name else "picture_removed"
        event_add(verb, subject_id=user.subject_id, actor=actor)
        if former:
            transaction.on_commit(lambda: default_storage.delete(former), robust=True)
