"""Pictures are whole or refused, whatever another library of the process thinks of halves."""

import io

import pytest
from PIL import Image, ImageFile

from testamur.kernel.base import pictures

FORMATS = ("JPEG", "PNG", "WEBP")


def written(kind: str, *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_half_a_picture_is_refused_though_a_library_lets_halves_pass(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(kind)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert pictures.upright(data, formats=FORMATS, most_pixels=10_000, enough=10_000).size == (60, 40)
    with pytest.raises(pictures.UnreadableError):
        pictures.upright(data[: len(data) // 2], formats=FORMATS, most_pixels=10_000, enough=10_000)


def test_pixels_are_counted_before_they_are_decoded() -> None:
    with pytest.raises(pictures.TooManyPixelsError):
        pictures.upright(
            written("PNG", mode="1", size=(9000, 9000)), formats=FORMATS, most_pixels=50_000_000, enough=10_000
        )


def test_what_can_be_seen_through_lies_on_white_or_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3, 3), (255, 0, 0, 0)).save(out, "PNG")
    plain = pictures.upright(out.getvalue(), formats=FORMATS, most_pixels=100, enough=100)
    assert (plain.mode, plain.getpixel((1, 1))) == ("RGB", (255, 255, 255))
    assert pictures.upright(out.getvalue(), formats=FORMATS, most_pixels=100, enough=100, alpha=True).mode == "RGBA"


def test_a_format_that_is_not_named_is_not_read_and_nothing_but_pixels_comes_along() -> None:
    with pytest.raises(pictures.UnreadableError):
        pictures.upright(written("PNG"), formats=["JPEG"], most_pixels=10_000, enough=10_000)
    assert (
        pictures.upright(
            written("JPEG", comment=b"where it was"), formats=FORMATS, most_pixels=10_000, enough=10_000
        ).info
        == {}
    )


def test_a_large_jpeg_is_decoded_small_and_others_are_bounded() -> None:
    """Forty million pixels cost six hundred megabytes: a JPEG is read at a half of its sides, no other can be."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (801, 601), "green").save(out, "JPEG", exif=exif)
    half = pictures.upright(out.getvalue(), formats=FORMATS, most_pixels=500_000, enough=200_000)
    assert half.size == (301, 401)
    assert pictures.upright(out.getvalue(), formats=FORMATS, most_pixels=500_000, enough=481_401).size == (601, 801)
    tiny = pictures.upright(out.getvalue(), formats=FORMATS, most_pixels=500_000, enough=1)
    assert tiny.width * tiny.height <= 801 * 601 // 60


@pytest.mark.parametrize("kind", FORMATS)
def test_what_cannot_be_decoded_small_has_fewer_pixels(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_WHOLE", 2000)
    with pytest.raises(pictures.TooManyPixelsError):
        pictures.upright(written(kind, progressive=True), formats=FORMATS, most_pixels=10_000, enough=100)
