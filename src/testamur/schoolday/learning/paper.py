"""The PDF of a development plan: what is confirmed and signed, in the language of the school's country."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.learning.rules import Ahead, Judgement, ahead_in, judgements_in
from testamur.trust.records.render import FONT_FILES, fonts_dir

_TEMPLATE = Path(__file__).parent / "documents" / "development.typ"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it."""

    country: str
    school: str
    group: str
    year: str
    pupil: str
    number: int
    judgements: tuple[Judgement, ...]
    ahead: Ahead
    made: datetime


def said(place: Room, *, pupil: str, number: int, content: dict[str, Any], made: datetime) -> Paper:
    """What stands on the paper of a version. `pupil`: the name, or of a protected one the alias."""
    return Paper(
        place.school.country, place.school.name, place.group.code, place.year.code, pupil, number,
        judgements_in(content), ahead_in(content), made,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    zone: str
    title: str
    pupil: str
    group: str
    year: str
    version: str
    subject: str
    value: str
    text: str
    well: str
    next: str
    school: str
    home: str
    ahead: str
    judged: str
    nothing: str
    made: str


WORDS: Mapping[str, Words] = {
    "SE": Words(
        "sv", "Europe/Stockholm", "Skriftlig individuell utvecklingsplan", "Elev", "Klass", "Läsår", "Version", "Ämne",
        "Omdöme", "Kommentar", "Det här går bra", "Det här ska eleven arbeta med", "Skolan gör", "Hemma gör vi",
        "Framåtsyftande planering", "Omdömen om kunskapsutvecklingen", "Inga omdömen är publicerade.", "Upprättad",
    ),
    "VN": Words(
        "vi", "Asia/Ho_Chi_Minh", "Kế hoạch phát triển cá nhân", "Học sinh", "Lớp", "Năm học", "Phiên bản", "Môn học",
        "Mức", "Nhận xét", "Điều em làm tốt", "Điều em sẽ rèn luyện tiếp", "Nhà trường sẽ làm", "Gia đình sẽ làm",
        "Kế hoạch tiếp theo", "Nhận xét theo môn học", "Chưa có nhận xét nào được công bố.", "Lập lúc",
    ),
    "BG": Words(
        "bg", "Europe/Sofia", "Индивидуален план за развитие", "Ученик", "Клас", "Учебна година", "Версия", "Предмет",
        "Оценка", "Бележка", "Какво върви добре", "Над какво ще работи ученикът", "Училището ще направи",
        "Вкъщи ще направим", "План напред", "Оценки по предмети", "Няма публикувани оценки.", "Съставен",
    ),
    "": Words(
        "en", "UTC", "Individual development plan", "Pupil", "Class", "School year", "Version", "Subject", "Judgement",
        "Comment", "What goes well", "What the pupil works on next", "The school does", "At home we do", "Plan forward",
        "Judgements by subject", "No judgement is published.", "Made",
    ),
}  # fmt: skip
"""By country; a document stays in the language of its school."""


def words(country: str) -> Words:
    """The words of a country's schools; English where they are not there."""
    return WORDS.get(country, WORDS[""])


def paper(said: Paper) -> bytes:
    """A tagged PDF on A4. The same plan and instant give the same bytes."""
    word = words(said.country)
    made = said.made.astimezone(ZoneInfo(word.zone)).replace(microsecond=0)
    content = {
        "words": {name: getattr(word, name) for name in Words.__slots__},
        "school": said.school, "group": said.group, "year": said.year, "pupil": said.pupil, "number": said.number,
        "made": made.strftime("%Y-%m-%d %H:%M"),
        "judgements": [[j.name, j.value_name or j.value, "\n".join(filter(None, (j.text, j.plan)))]
                       for j in said.judgements],
        "ahead": [[getattr(word, name), getattr(said.ahead, name)] for name in ("well", "next", "school", "home")
                  if getattr(said.ahead, name)],
    }  # fmt: skip
    found: Any = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        timestamp=said.made.astimezone(UTC).replace(microsecond=0),
        sys_inputs={"plan": json.dumps(content, ensure_ascii=False)},
    )
    return bytes(found)


@cache
def _fonts() -> Any:
    folder = fonts_dir()
    folders = sorted({str(next(folder.rglob(name)).parent) for name in FONT_FILES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
