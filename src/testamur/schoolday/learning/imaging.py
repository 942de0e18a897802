"""Pictures that people send: sniffed, bounded, and made anew from their pixels.

Whatever the file holds beside its pixels (place, time, camera, thumbnails, colour profiles, comments, text, what was
put behind its end) does not come along: the picture that is kept is written by us.
"""

from __future__ import annotations

import io

from PIL import Image

from testamur.kernel.base import pictures
from testamur.schoolday.learning.rules import (
    LONG_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    THUMB_SIDE,
    PictureInvalid,
    Reencoded,
)

_SIGNS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}


def reencode(data: bytes) -> Reencoded:
    """The picture upright, at most `LONG_SIDE` long, and its small one, both as JPEG without metadata.

    Raises `PictureInvalid` (``learning.picture.invalid``) with ``why``: ``size``, ``kind``, ``pixels`` or ``broken``.
    """
    if not data or len(data) > MOST_BYTES:
        raise PictureInvalid(f"At most {MOST_BYTES // 2**20} MB.", field="picture", why="size")
    kind = next((name for name, sign in _SIGNS.items() if data.startswith(sign)), "")
    if not kind:
        raise PictureInvalid("Only JPEG, PNG and WebP are taken.", field="picture", why="kind")
    try:
        upright = pictures.upright(data, formats=[kind], most_pixels=MOST_PIXELS, enough=4 * LONG_SIDE**2)
    except pictures.TooManyPixelsError as error:
        raise PictureInvalid("The picture has too many pixels.", field="picture", why="pixels") from error
    except pictures.UnreadableError as error:
        raise PictureInvalid("The picture is not whole.", field="picture", why="broken") from error
    upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    small = upright.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return Reencoded(_jpeg(upright, 85), _jpeg(small, 80), upright.width, upright.height)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
