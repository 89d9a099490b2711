"""Pictures people give us: judged by their content, drawn anew, never passed on as they came."""

import io
import warnings
from dataclasses import dataclass
from typing import IO, Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP")


class PictureRefused(Exception):
    """What was given cannot be used; `code` is stable, `detail` a sentence for the person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Frame:
    """What a kind of picture may be, and what becomes of it.

    `side` is in pixels: of a square cut from the middle, or of the longest side. A picture
    that would unpack to more than `most_megapixels` is refused before it is unpacked.
    """

    most_megabytes: int
    most_megapixels: int
    side: int
    square: bool = False


def picture_redrawn(upload: IO[bytes], frame: Frame) -> bytes:
    """A fresh WebP of the picture; nothing of the file but its pixels survives.

    Raises PictureRefused for what is no JPEG, PNG or WebP, or larger than the frame says.
    """
    most = frame.most_megabytes * 1024 * 1024
    data = upload.read(most + 1)
    if len(data) > most:
        detail = _("The picture is larger than %(n)s MB.") % {"n": frame.most_megabytes}
        raise PictureRefused("too_large", detail)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(data, frame)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        detail = _("The picture has more than %(n)s megapixels.") % {"n": frame.most_megapixels}
        raise PictureRefused("too_large", detail) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        detail = _("This is not a JPEG, PNG or WebP picture.")
        raise PictureRefused("picture", detail) from None


def _redraw(data: bytes, frame: Frame) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > frame.most_megapixels * 1_000_000:
            raise Image.DecompressionBombError
        drawn = ImageOps.exif_transpose(image).convert("RGB")
    if frame.square:
        drawn = ImageOps.fit(drawn, (frame.side, frame.side))
    else:
        drawn.thumbnail((frame.side, frame.side))
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=82)
    return out.getvalue()
