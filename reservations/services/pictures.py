"""Pictures of spaces: judged by their content, drawn anew, never passed on as they came."""

import io
import warnings
from typing import IO, Final
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from accounts.rules import line_clean
from privacy.errors import Broken, NotAllowed, NotFound
from reservations.errors import RulesBroken
from reservations.models import Space, SpacePicture
from reservations.services.locks import act

MOST_BYTES: Final = 8 * 1024 * 1024
#: A picture that would unpack to more is refused before it is unpacked.
MOST_PIXELS: Final = 40_000_000
SIDE: Final = 1600
MOST_PICTURES: Final = 12
FORMATS: Final = ("JPEG", "PNG", "WEBP")


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
    content = picture_redrawn(upload)
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


def picture_redrawn(upload: IO[bytes]) -> bytes:
    """A fresh WebP of the picture; nothing of the file but its pixels survives."""
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _refuse("too_large", _("The picture is larger than 8 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refuse("too_large", _("The picture has more than 40 megapixels.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise _refuse("picture", _("This is not a JPEG, PNG or WebP picture.")) from None


def _redraw(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=82)
    return out.getvalue()


def _refuse(code: str, detail: str) -> RulesBroken:
    return RulesBroken([Broken(code, detail, "picture")])


def _require(actor: User) -> None:
    if not actor.may("reservations.manage_spaces"):
        raise NotAllowed(_("Your role does not include managing spaces."))
