"""What a table of another diary can tell, and how such columns are called. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the rows of a table are."""

    MARKS = "marks"
    ABSENCES = "absences"
    REMARKS = "remarks"
    PUPILS = "pupils"
    TIMETABLE = "timetable"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row tells. `words`: its values may be words that a mapping translates."""

    name: str
    needed: bool = False
    words: bool = False
    aliases: tuple[str, ...] = ()


def _field(name: str, *aliases: str) -> Field:
    """``name!`` is needed, ``name*`` has words."""
    return Field(name.rstrip("!*"), needed="!" in name, words="*" in name, aliases=aliases)


_NUMBER = _field(
    "number", "ЕГН", "ЛНЧ", "ЕГН/ЛНЧ", "ЕГН / ЛНЧ", "личен номер", "идентификатор", "personnummer", "personnr",
    "elevnummer",
    "mã định danh", "số định danh", "mã học sinh", "pupil number", "student id", "identifier", "student number",
)  # fmt: skip
_NAME = _field(
    "name", "ученик", "име на ученик", "име на ученика", "трите имена", "имена", "име и фамилия", "elev",
    "elevens namn", "namn",
    "họ và tên", "họ tên", "học sinh", "pupil", "student", "student name", "full name",
)  # fmt: skip
_GIVEN = _field("given_name", "име", "собствено име", "förnamn", "tên", "first name", "given name")
_FAMILY = _field("family_name", "фамилия", "фамилно име", "efternamn", "họ", "last name", "family name", "surname")
_CLASS = _field("class", "паралелка", "клас", "клас и паралелка", "klass", "lớp", "group", "class code")
_GROUP = _field("group", "група", "учебна група", "grupp", "undervisningsgrupp", "nhóm", "teaching group")
_DATE = _field("date", "дата", "на дата", "дата на оценката", "дата на отсъствието", "datum", "dag", "ngày", "day")
_SUBJECT = _field("subject*", "предмет", "учебен предмет", "ämne", "kurs", "môn", "môn học", "course")
_KEY = _field("key", "№ на запис", "запис", "id", "row id", "record id")

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.MARKS: (
        _NUMBER, _NAME, _GIVEN, _FAMILY, _CLASS, _GROUP, _SUBJECT,
        _field("kind*", "вид", "вид оценка", "вид на оценката", "тип оценка", "typ", "bedömningstyp", "loại",
            "loại điểm", "type"),
        _DATE,
        _field("term*", "срок", "учебен срок", "termin", "học kì", "học kỳ", "semester"),
        _field("value!*", "оценка", "бележка", "betyg", "resultat", "omdöme", "điểm", "mức đạt được", "mark", "grade",
            "score"),
        _field("title", "тема", "за какво", "rubrik", "uppgift", "tên bài", "task", "assignment"),
        _field("comment", "коментар", "забележка към оценката", "kommentar", "nhận xét", "note"),
        _field("weight", "тежест", "vikt", "hệ số"),
        _field("hidden", "скрита", "dold", "ẩn"),
        _KEY,
    ),
    Kind.ABSENCES: (
        _NUMBER, _NAME, _GIVEN, _FAMILY, _CLASS, _GROUP, _DATE,
        _field("lesson", "час", "№ на час", "учебен час", "lektion", "lektionsnummer", "tiết", "lesson number",
            "period"),
        _SUBJECT,
        _field("kind*", "вид", "вид отсъствие", "отсъствие", "typ", "frånvaro", "frånvarotyp", "loại", "vắng",
            "absence", "type"),
        _field("minutes", "минути", "минути закъснение", "minuter", "số phút"),
        _field("count", "брой", "брой отсъствия", "брой часове", "antal lektioner", "số tiết", "lessons missed"),
        _field("excused*", "извинено", "уважително", "уважителна причина", "giltig", "anmäld", "có phép",
            "excused absence"),
        _field("ground*", "причина", "основание", "orsak", "skäl", "lý do", "reason"),
    ),
    Kind.REMARKS: (
        _NUMBER, _NAME, _GIVEN, _FAMILY, _CLASS, _GROUP, _DATE, _SUBJECT,
        _field("kind*", "вид", "вид отзив", "typ", "loại", "type"),
        _field("text!", "текст", "забележка", "отзив", "описание", "anteckning", "anmärkning", "nội dung", "remark",
            "note"),
        _KEY,
    ),
    Kind.PUPILS: (
        _NUMBER, _field("given_name!", *_GIVEN.aliases), _field("family_name!", *_FAMILY.aliases),
        _field("middle_name", "презиме", "mellannamn", "tên đệm", "middle name"),
        _field("birth_date", "дата на раждане", "рождена дата", "födelsedatum", "ngày sinh", "birthdate"),
        _field("sex*", "пол", "kön", "giới tính", "gender"),
        _CLASS,
        _field("year_level", "випуск", "årskurs", "khối", "year"),
        _field("email", "имейл", "е-поща", "e-mail", "e-post", "thư điện tử"),
        _field("phone", "телефон", "мобилен", "telefon", "mobil", "điện thoại"),
    ),
    Kind.TIMETABLE: (
        _field("group!", "паралелка", "клас", "група", "klass", "grupp", "lớp", "class"),
        _SUBJECT,
        _field("teacher", "учител", "преподавател", "lärare", "giáo viên"),
        _field("weekday!*", "ден", "ден от седмицата", "veckodag", "dag", "thứ", "day"),
        _field("week*", "седмица", "vecka", "tuần"),
        _field("lesson", "час", "№ на час", "lektion", "tiết", "number", "period"),
        _field("start_time!", "начало", "начален час", "от", "börjar", "starttid", "giờ bắt đầu", "start"),
        _field("end_time!", "край", "краен час", "до", "slutar", "sluttid", "giờ kết thúc", "end"),
        _field("room", "стая", "кабинет", "sal", "phòng"),
    ),
}  # fmt: skip

WHO = ("number", "name", "given_name", "family_name")
"""By one of these (both names count as one) the pupil of a row is known."""


def field(kind: Kind, name: str) -> Field | None:
    """The field of that name, or None."""
    return next((one for one in FIELDS[kind] if one.name == name), None)
