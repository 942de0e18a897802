"""Words that leave the house: what BankID's app shows, and the text message with a code, in the reader's language.

Swedish and English keep to GSM-7, so that one text message is one part; Vietnamese is written without diacritics there.
"""

from __future__ import annotations

from collections.abc import Mapping

_LOG_IN: Mapping[str, str] = {
    "sv": "Jag loggar in i Testamur på {host}.",
    "en": "I log in to Testamur at {host}.",
    "vi": "Tôi đăng nhập vào Testamur tại {host}.",
    "bg": "Влизам в Testamur на {host}.",
}
_CONFIRM: Mapping[str, str] = {
    "sv": "Jag bekräftar vem jag är för Testamur på {host}.",
    "en": "I confirm who I am to Testamur at {host}.",
    "vi": "Tôi xác nhận danh tính với Testamur tại {host}.",
    "bg": "Потвърждавам кой съм пред Testamur на {host}.",
}
_CODE: Mapping[str, str] = {
    "sv": "{code} är din kod till Testamur. Den gäller i 5 minuter. Ge den inte till någon.",
    "en": "{code} is your code for Testamur. It is valid for 5 minutes. Give it to nobody.",
    "vi": "{code} la ma dang nhap Testamur cua ban. Ma co hieu luc 5 phut. Khong dua ma cho bat ky ai.",
    "bg": "{code} е Вашият код за Testamur, валиден 5 минути. Не го давайте на никого.",
}


def intention(host: str, *, confirm: bool, locale: str) -> str:
    """What the person identifies for, as BankID's app shows it."""
    return _in(_CONFIRM if confirm else _LOG_IN, locale).format(host=host)


def code_message(code: str, *, host: str, locale: str) -> str:
    """Text message with a code; its last line lets a browser fill the code in on our own page only (WebOTP)."""
    return f"{_in(_CODE, locale).format(code=code)}\n\n@{host} #{code}"


def _in(table: Mapping[str, str], locale: str) -> str:
    return table.get(locale.replace("_", "-").split("-")[0].lower(), table["en"])
