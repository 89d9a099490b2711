"""Profile pictures: judged by their content, drawn anew, never passed on as they came."""

import io
import warnings
from typing import IO, Final
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.errors import InputRefused
from accounts.models import User
from accounts.services.common import act, event_add, user_change, user_lock
from privacy.errors import Broken

MOST_BYTES: Final = 5 * 1024 * 1024
#: A picture that would unpack to more is refused before it is unpacked.
MOST_PIXELS: Final = 24_000_000
SIDE: Final = 512
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def user_picture_set(*, actor: User, upload: IO[bytes]) -> None:
    """Show this picture of the person: a square of 512 pixels, WebP, without its metadata.

    Raises InputRefused for what is no JPEG, PNG or WebP, over 5 MB or over 24 megapixels.
    """
    content = picture_redrawn(upload)
    name = default_storage.save(f"people/{uuid4().hex}.webp", ContentFile(content))
    try:
        _store(actor.id, actor, name)
    except BaseException:
        default_storage.delete(name)
        raise


def user_picture_remove(*, actor: User) -> None:
    """Delete the picture, the file included."""
    _store(actor.id, actor, "")


def picture_redrawn(upload: IO[bytes]) -> bytes:
    """A fresh WebP of the picture; nothing of the file but its pixels survives."""
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _refuse("too_large", _("The picture is larger than 5 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refuse("too_large", _("The picture has more than 24 megapixels.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise _refuse("picture", _("This is not a JPEG, PNG or WebP picture.")) from None


def _redraw(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        upright = ImageOps.exif_transpose(image)
        square = ImageOps.fit(upright.convert("RGB"), (SIDE, SIDE))
    out = io.BytesIO()
    square.save(out, "WEBP", quality=82)
    return out.getvalue()


def _store(user_id: UUID, actor: User, name: str) -> None:
    with act():
        user = user_lock(user_id)
        former = user.picture.name
        user_change(user, picture=name)
        verb = "picture_set" if name else "picture_removed"
        event_add(verb, subject_id=user.subject_id, actor=actor)
        if former:
            transaction.on_commit(lambda: default_storage.delete(former), robust=True)


def _refuse(code: str, detail: str) -> InputRefused:
    return InputRefused([Broken(code, detail, "picture")])
