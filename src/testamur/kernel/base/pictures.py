"""Pictures that people send: opened by what their bytes are, bounded before they are decoded, whole or refused.

Whoever keeps a picture keeps what this module answers, written anew: place, time, camera, thumbnails, profiles, text
and whatever was put behind the end of the file do not come along.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError, UnidentifiedImageError,
    Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises for files that are not whole or not what they say."""


class UnreadableError(ValueError):
    """No picture of the formats that are taken, or not a whole one."""


class TooManyPixelsError(ValueError):
    """More pixels than are taken: told by the file's head, before anything is decoded."""


MOST_WHOLE = 20_000_000
"""So many pixels at most are decoded at once, of a picture that cannot be decoded smaller than it is: about 250 MB."""


def upright(data: bytes, *, formats: Sequence[str], most_pixels: int, enough: int, alpha: bool = False) -> Image.Image:
    """The pixels alone, turned as the camera was held, in RGB; what can be seen through lies on white.

    `formats` are Pillow's names ("JPEG", "PNG", "WEBP"). A JPEG of more than `enough` pixels is decoded at a half, a
    quarter or an eighth of its sides, at once and in little memory; other pictures, and JPEGs that come in ever better
    passes, are bounded by `MOST_WHOLE`. With `alpha` a picture that can be seen through stays RGBA.
    Raises `UnreadableError` and `TooManyPixelsError`.
    """
    # The switch is one of the whole process, and libraries turn it on as they are loaded (WeasyPrint does): half a
    # picture, grey below, would then be taken for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a bomb is refused here, by its size
            with Image.open(io.BytesIO(data), formats=list(formats)) as opened:
                most = most_pixels if _is_plain_jpeg(opened) else min(most_pixels, MOST_WHOLE)
                picture = None
                if 0 < opened.width * opened.height <= most:
                    _draft(opened, enough)
                    ImageOps.exif_transpose(opened, in_place=True)
                    picture = _plain(opened, alpha=alpha)
    except _BROKEN as error:
        raise UnreadableError from error
    if picture is None:
        raise TooManyPixelsError
    return picture


def pixels(data: bytes, *, formats: Sequence[str]) -> int:
    """How many pixels the file's head says that it has. Raises `UnreadableError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=list(formats)) as opened:
                return opened.width * opened.height
    except _BROKEN as error:
        raise UnreadableError from error


def _is_plain_jpeg(picture: Image.Image) -> bool:
    return picture.format == "JPEG" and "progressive" not in picture.info


def _draft(picture: Image.Image, enough: int) -> None:
    """Have a JPEG decoded at the largest scale that makes no more than `enough` pixels of it."""
    for scale in (1, 2, 4, 8):
        if picture.width * picture.height <= enough * scale * scale or scale == 8:  # noqa: PLR2004 - the smallest there is
            if scale > 1:
                picture.draft(None, (max(1, picture.width // scale), max(1, picture.height // scale)))
            return


def _plain(picture: Image.Image, *, alpha: bool) -> Image.Image:
    if not (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info):
        return _bare(picture if picture.mode == "RGB" else picture.convert("RGB"))
    over = picture.convert("RGBA")
    if alpha:
        return _bare(over)
    plain = Image.new("RGB", over.size, "white")
    plain.paste(over, mask=over.getchannel("A"))
    return plain


def _bare(picture: Image.Image) -> Image.Image:
    """Without what Pillow carries along from the file (`info`, palettes)."""
    found = Image.new(picture.mode, picture.size)
    found.paste(picture)
    return found
