"""What a signer with a personal certificate is told where a ceremony ends, in the languages of the packs. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "": "Choose the certificate and sign.",
        "cancelled": "The signature was cancelled. Nothing of what was signed so far counts.",
        "expiredTransaction": "The documents waited for a day. Nothing of what was signed so far counts.",
        "neverBegun": "No certificate was chosen within half an hour.",
        "failed": "Nothing was signed.",
    },
    "sv": {
        "": "Välj certifikat och skriv under.",
        "cancelled": "Underskriften avbröts. Det som hann skrivas under räknas inte.",
        "expiredTransaction": "Handlingarna har väntat ett dygn. Det som hann skrivas under räknas inte.",
        "neverBegun": "Inget certifikat valdes inom en halvtimme.",
        "failed": "Ingenting är underskrivet.",
    },
    "vi": {
        "": "Chọn chứng thư số và ký.",
        "cancelled": "Việc ký đã bị hủy. Những chữ ký đã tạo không được tính.",
        "expiredTransaction": "Các văn bản đã chờ một ngày. Những chữ ký đã tạo không được tính.",
        "neverBegun": "Không có chứng thư số nào được chọn trong nửa giờ.",
        "failed": "Chưa có gì được ký.",
    },
    "bg": {
        "": "Изберете сертификата и подпишете.",
        "cancelled": "Подписването е прекъснато. Подписаното дотук не се брои.",
        "expiredTransaction": "Документите чакаха едно денонощие. Подписаното дотук не се брои.",
        "neverBegun": "В рамките на половин час не беше избран сертификат.",
        "failed": "Нищо не е подписано.",
    },
}


def text(hint: str, *, failed: bool, locale: str) -> str:
    """The sentence; English where the language is not there."""
    say = _TEXTS.get(locale.replace("_", "-").split("-")[0].lower(), _TEXTS["en"])
    return say.get(hint, say["failed" if failed else ""])
