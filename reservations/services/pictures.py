"""Pictures of spaces, at most twelve each; see accounts/pictures.py for what becomes of one."""

from typing import IO, Final
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pictures import Frame, PictureRefused, picture_redrawn
from accounts.rules import line_clean
from privacy.errors import Broken, NotAllowed, NotFound
from reservations.errors import RulesBroken
from reservations.models import Space, SpacePicture
from reservations.services.locks import act

FRAME: Final = Frame(most_megabytes=8, most_megapixels=40, side=1600)
MOST_PICTURES: Final = 12


def picture_add(
    *, actor: User, space_id: UUID, upload: IO[bytes], alt_id: str, alt_en: str
) -> SpacePicture:
    """Add a picture, at most 1600 pixels a side, as WebP without its metadata.

    Raises RulesBroken for what is no JPEG, PNG or WebP, over 8 MB or over 40 megapixels.
    """
    _require(actor)
    words = {
        "alt_id": line_clean(alt_id, field="alt_id", required=True),
        "alt_en": line_clean(alt_en, field="alt_en", required=True),
    }
    content = picture_judged(upload)
    name = default_storage.save(f"spaces/{uuid4().hex}.webp", ContentFile(content))
    try:
        with act():
            space = Space.objects.select_for_update(no_key=True).filter(id=space_id).first()
            if space is None:
                raise NotFound(_("There is no such space."))
            count = space.pictures.count()
            if count >= MOST_PICTURES:
                detail = _("At most %(n)s pictures; delete one first.") % {"n": MOST_PICTURES}
                raise RulesBroken([Broken("too_many", detail, "picture")])
            return SpacePicture.objects.create(space=space, image=name, position=count, **words)
    except BaseException:
        default_storage.delete(name)
        raise


def picture_remove(*, actor: User, picture_id: UUID) -> Space:
    """Delete a picture, the file included; returns its space."""
    _require(actor)
    with act():
        picture = SpacePicture.objects.select_related("space").filter(id=picture_id).first()
        if picture is None:
            raise NotFound(_("There is no such picture."))
        name = str(picture.image.name)
        picture.delete()
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)
    return picture.space


def picture_judged(upload: IO[bytes]) -> bytes:
    """The picture drawn anew, or RulesBroken with what is wrong with it."""
    try:
        return picture_redrawn(upload, FRAME)
    except PictureRefused as error:
        raise RulesBroken([Broken(error.code, error.detail, "picture")]) from None


def _require(actor: User) -> None:
    if not actor.may("reservations.manage_spaces"):
        raise NotAllowed(_("Your role does not include managing spaces."))
