"""Words that tables of diaries use in four languages, where a mapping says nothing of its own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from testamur.register.people.rules import fold

MARK_KINDS: Mapping[str, tuple[str, ...]] = {
    "current": ("текуща", "текуща оценка", "устно изпитване", "löpande", "resultat", "thường xuyên", "oral"),
    "test": ("контролно", "контролна работа", "контролна", "класна работа", "класно", "тест", "prov", "kiểm tra"),
    "term": ("срочна", "срочна оценка", "terminsbetyg", "học kì", "term grade"),
    "annual": ("годишна", "годишна оценка", "slutbetyg", "cả năm", "year grade"),
}  # fmt: skip
ABSENCE_KINDS: Mapping[str, tuple[str, ...]] = {
    "absent": ("отсъства", "отсъствие", "отсъствал", "нб", "о", "1", "да", "frånvarande", "frånvaro", "vắng", "nghỉ",
               "v", "yes", "x", "absence"),
    "late": ("закъснение", "закъснял", "з", "0.5", "0,5", "1/2", "½", "sen", "sen ankomst", "muộn", "đi muộn", "m"),
    "left_early": ("тръгнал по-рано", "напуснал", "gick tidigare", "về sớm", "left early"),
}  # fmt: skip
YES = (
    "да",
    "уважително",
    "извинено",
    "и",
    "у",
    "ja",
    "giltig",
    "anmäld",
    "có",
    "có phép",
    "p",
    "yes",
    "true",
    "1",
    "excused",
)
NO = ("не", "неуважително", "неизвинено", "н", "nej", "ogiltig", "oanmäld", "không", "không phép", "k", "no", "false",
      "0", "unexcused")  # fmt: skip
PRAISE = ("похвала", "положителен", "beröm", "khen", "khen ngợi", "praise", "positive")
REMARKS: Mapping[str, tuple[str, ...]] = {
    "remark": ("забележка", "отзив", "отрицателен", "anmärkning", "nhắc nhở", "remark", "negative"),
    "praise": PRAISE,
}
TERMS: Mapping[str, tuple[str, ...]] = {
    "I": ("1", "първи", "първи срок", "i срок", "1 срок"),
    "II": ("2", "втори", "втори срок", "ii срок", "2 срок"),
    "HT": ("höst", "hösttermin", "höstterminen"),
    "VT": ("vår", "vårtermin", "vårterminen"),
    "HK1": ("1", "học kì 1", "học kì i", "hki"),
    "HK2": ("2", "học kì 2", "học kì ii", "hkii"),
}
_LOOKS = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def meaning(text: str, table: Mapping[str, tuple[str, ...]]) -> str:
    """The code that the word stands for, or an empty text. Case and marks do not matter."""
    plain = loose(text)
    return next((code for code, words in table.items() if plain in {loose(code), *map(loose, words)}), "")


def yes_no(text: str) -> bool | None:
    """What the word says, None for one that is neither."""
    plain = loose(text)
    return True if plain in set(map(loose, YES)) else False if plain in set(map(loose, NO)) else None


@lru_cache(maxsize=4096)
def loose(text: str) -> str:
    """A word without case, marks and points; of signs alone, these."""
    return fold(text) or text.strip()


@lru_cache(maxsize=4096)
def class_key(text: str) -> str:
    """A class as a key: ``8 а``, ``8А`` and ``8A`` (in Latin letters) are one."""
    return "".join(c for c in text.upper() if c.isalnum()).translate(_LOOKS)


def name_key(*parts: str) -> str:
    """A name as a key: its words in any order."""
    return " ".join(sorted(" ".join(map(fold, parts)).split()))


def number_key(text: str) -> str:
    """A number as a key: without spaces, hyphens, and the ``'`` or ``.0`` that spreadsheets add."""
    plain = text.strip().strip("'").removesuffix(".0")
    return "".join(c for c in plain.upper() if c.isalnum())
