"""Columns of our own tables, with the headers that schools write in Swedish, Bulgarian and Vietnamese."""

from __future__ import annotations

from dataclasses import dataclass

from testamur.exchange.connectors.tabular.table import Column


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a template: what it means, in a sentence for the person who fills it in."""

    column: Column
    help: str


def _field(name: str, text: str, *aliases: str) -> Field:
    return Field(Column(name.rstrip("!"), required=name.endswith("!"), aliases=aliases), text)


PERSON_KEY = (
    _field("person", "key of the person in your system, if you use one", "person_key", "elev_id", "ученик_id"),
    _field("personnummer", "Swedish personal number", "personnr", "pnr", "personal_number"),
    _field("egn", "Bulgarian ЕГН", "ЕГН"),
    _field("cccd", "Vietnamese identity number, 12 digits", "số định danh", "số định danh cá nhân", "căn cước"),
    _field("identifier", "any other identifier; name its scheme in the next column", "identitet"),
    _field(
        "identifier_scheme",
        "se.personnummer, se.samordningsnummer, se.temporary, bg.egn, bg.lnch, vn.cccd or local",
    ),
)
"""Whom a row is about: one of these is needed."""

_YEAR = _field("school_year", "2025/2026", "läsår", "учебна година", "năm học")
_FROM = _field("start_date", "first day, 2025-08-18", "startdatum", "från", "начална дата", "ngày bắt đầu")
_TO = _field("end_date", "last day, or empty", "slutdatum", "till", "крайна дата", "ngày kết thúc")
_LEVEL = _field("year_level", "school year of the pupil, 0 to 13", "årskurs", "клас (година)", "khối")
_SCHOOL = _field("school_code", "official code of the school", "skolenhetskod", "код по НЕИСПУО", "mã trường")
_SCHOOL_MUST = _field("school_code!", "official code of the school", "skolenhetskod", "код по НЕИСПУО", "mã trường")
_CLASS = _field("class", "9A; made when it does not exist", "klass", "паралелка", "lớp")

TABLES: dict[str, tuple[Field, ...]] = {
    "schools": (
        _SCHOOL_MUST,
        _field("name!", "name of the school", "namn", "skolenhet", "училище", "tên trường"),
        _field("country", "SE, BG, VN", "land"),
        _field("form", "primary, compulsory, lower_secondary, upper_secondary, university …", "skolform"),
        _field("pack", "rule pack, e.g. se.compulsory"),
        _field("place", "municipality or place", "kommun", "община", "xã"),
        _field("kind", "school, or office for a level between the body and its schools", "loại"),
        _field("parent", "code of the office that it belongs to; empty: the body", "đơn vị quản lý", "mã khu vực"),
    ),
    "terms": (
        _field("school_year!", "2025/2026", "läsår", "учебна година", "năm học"),
        _field("term", "HT, VT, HK1, HK2; empty for the whole school year", "termin", "срок", "học kì"),
        _field("start_date!", "first day", "startdatum", "начална дата"),
        _field("end_date!", "last day", "slutdatum", "крайна дата"),
    ),
    "groups": (
        _SCHOOL_MUST,
        _field("group!", "code of the class or teaching group, 9A or MA9A", "grupp", "klass", "паралелка", "lớp"),
        _YEAR,
        _field("kind", "class or teaching", "typ"),
        _field("subject", "subject code of a teaching group", "ämne", "предмет", "môn"),
        _LEVEL,
    ),
    "persons": (
        *PERSON_KEY,
        _field("given_name!", "given name", "förnamn", "tilltalsnamn", "име", "tên", "first name", "given name"),
        _field("family_name!", "family name", "efternamn", "фамилия", "họ", "last name", "family name", "surname"),
        _field("middle_name", "middle name or patronymic", "mellannamn", "презиме", "tên đệm"),
        _field("preferred_name", "name used every day"),
        _field("birth_date", "2010-03-04", "födelsedatum", "дата на раждане", "ngày sinh", "birthdate"),
        _field("sex", "female, male, other or empty", "kön", "пол", "giới tính"),
        _field("protection", "none, confidentiality_mark, protected_registration", "skydd", "sekretess"),
        _field("email", "e-mail", "e-post", "epost", "е-поща", "имейл", "thư điện tử"),
        _field("phone", "+46…", "telefon", "mobil", "телефон", "điện thoại"),
        _field("role", "pupil, teacher, principal or guardian", "roll", "роля", "vai trò"),
        _SCHOOL,
        _CLASS,
        _YEAR,
        _LEVEL,
        _FROM,
        _TO,
        _field("birth_place", "as in the birth certificate", "födelseort", "месторождение", "nơi sinh"),
        _field("ethnicity", "dân tộc", "dân tộc"),
        _field("nationality", "as the document writes it", "medborgarskap", "гражданство", "quốc tịch"),
        _field("home_town", "quê quán", "quê quán"),
        _field("residence", "present residence", "nơi ở hiện nay"),
    ),
    "guardians": (
        _field("child!", "key or identifier of the child", "barn", "elev", "дете", "con"),
        _field("guardian!", "key or identifier of the guardian", "vårdnadshavare", "родител", "phụ huynh"),
        _field("relation", "mother, father, parent, appointed or foster", "relation", "връзка", "quan hệ"),
        _field("custody", "yes or no; empty is yes", "vårdnad"),
    ),
    "enrolments": (
        *PERSON_KEY,
        _SCHOOL_MUST,
        _field("group", "code of the class or teaching group; empty: the school as such", "grupp", "klass", "паралелка",
               "lớp"),
        _field("role", "pupil, teacher or class_teacher; empty is pupil", "roll"),
        _YEAR,
        _LEVEL,
        _FROM,
        _TO,
    ),
    "timetable": (
        _SCHOOL_MUST,
        _field("group!", "class or teaching group that has the lesson", "grupp", "klass", "паралелка", "клас", "lớp"),
        _YEAR,
        _field("subject", "code of the subject; empty: that of the group", "ämne", "предмет", "môn", "môn học"),
        _field("teacher", "key or identifier of the teacher, or empty", "lärare", "учител", "giáo viên"),
        _field("weekday!", "1 (Monday) to 7, or the day's name", "veckodag", "dag", "ден", "ден от седмицата", "thứ"),
        _field("week", "A (odd weeks) or B (even weeks); empty: every week", "vecka", "седмица", "tuần"),
        _field("number", "which lesson of the day, 1 to 20", "lektion", "час", "час №", "tiết"),
        _field("start_time!", "08:10", "börjar", "starttid", "начало", "начален час", "giờ bắt đầu"),
        _field("end_time!", "08:50", "slutar", "sluttid", "край", "краен час", "giờ kết thúc"),
        _field("room", "where", "sal", "стая", "кабинет", "phòng"),
        _FROM,
        _TO,
    ),
    "holidays": (
        _field("school_code", "official code of the school; empty: all schools of the body", "skolenhetskod",
               "код по НЕИСПУО", "mã trường"),
        _field("name!", "what the day is called", "namn", "име", "почивка", "tên"),
        _field("start_date!", "first day without lessons", "startdatum", "från", "начална дата", "ngày bắt đầu"),
        _field("end_date", "last day; empty: one day", "slutdatum", "till", "крайна дата", "ngày kết thúc"),
    ),
    "grades": (
        *PERSON_KEY,
        _SCHOOL,
        _field("subject!", "code or name of the subject", "ämne", "ämneskod", "предмет", "môn", "môn học"),
        _field("grade!", "value on the pack's scale", "betyg", "оценка", "điểm", "value", "mark"),
        _field("school_year", "2025/2026; empty: as said with --period", "läsår", "учебна година", "năm học"),
        _field("term", "HT, VT, HK1, HK2", "termin", "срок", "học kì"),
        _field("group", "class or teaching group", "grupp", "klass", "паралелка", "lớp"),
        _LEVEL,
        _field("kind", "grade, level, test, quality …; empty is grade", "typ"),
        _field("decided_on", "day of the decision", "beslutsdatum", "betygsdatum", "дата", "ngày"),
        _field("decided_by", "key or identifier of the teacher who decided", "lärare", "учител", "giáo viên"),
        _field("comment", "short comment", "kommentar", "бележка", "nhận xét"),
        _field("pack", "rule pack; empty: as said with --pack"),
    ),
}  # fmt: skip
"""Table name (file name or worksheet) → its columns in order. Rows may leave out every column that is not marked."""

NAMES: dict[str, tuple[str, ...]] = {
    "schools": ("schools", "skolor", "училища", "trường"),
    "terms": ("terms", "terminer", "срокове"),
    "groups": ("groups", "grupper", "klasser", "паралелки"),
    "persons": ("persons", "personer", "elever", "pupils", "лица", "ученици", "học sinh"),
    "guardians": ("guardians", "vårdnadshavare", "родители"),
    "enrolments": ("enrolments", "placeringar", "записвания"),
    "timetable": ("timetable", "schema", "lektioner", "седмична програма", "разписание", "thời khóa biểu"),
    "holidays": ("holidays", "lov", "lovdagar", "ваканции", "почивни дни", "ngày nghỉ"),
    "grades": ("grades", "betyg", "оценки", "điểm"),
}
"""Names of files and worksheets that hold each table."""

SEXES = {
    "female": "female", "male": "male", "other": "other", "F": "female", "M": "male", "K": "female", "kvinna": "female",
    "man": "male", "flicka": "female", "pojke": "male", "жена": "female", "мъж": "male", "nữ": "female", "nam": "male",
}  # fmt: skip
ROLES = {
    "pupil": "pupil", "student": "pupil", "elev": "pupil", "ученик": "pupil", "học sinh": "pupil", "teacher": "teacher",
    "lärare": "teacher", "учител": "teacher", "giáo viên": "teacher", "principal": "principal", "rektor": "principal",
    "директор": "principal", "hiệu trưởng": "principal", "guardian": "guardian", "vårdnadshavare": "guardian",
    "родител": "guardian", "phụ huynh": "guardian",
}  # fmt: skip
GROUP_ROLES = {**ROLES, "class_teacher": "class_teacher", "klassföreståndare": "class_teacher"}
PROTECTIONS = {
    "none": "none", "ingen": "none", "nej": "none", "confidentiality_mark": "confidentiality_mark",
    "sekretessmarkering": "confidentiality_mark", "sekretess": "confidentiality_mark", "ja": "confidentiality_mark",
    "protected_registration": "protected_registration", "skyddad folkbokföring": "protected_registration",
    "fingered": "fingered",
}  # fmt: skip
KINDS = {"class": "class", "klass": "class", "teaching": "teaching", "undervisning": "teaching", "mentor": "teaching"}
"""Group kinds."""
UNIT_KINDS = {
    "school": "school", "skola": "school", "училище": "school", "trường": "school", "office": "office",
    "khu vực": "office", "phòng": "office",
}  # fmt: skip
"""Kinds of units."""
YES_NO = {"yes": "yes", "no": "", "ja": "yes", "nej": "", "true": "yes", "false": "", "1": "yes", "0": ""}
"""Custody."""
WEEKDAYS = {
    **{str(n): str(n) for n in range(1, 8)},
    "Monday": "1", "Tuesday": "2", "Wednesday": "3", "Thursday": "4", "Friday": "5", "Saturday": "6", "Sunday": "7",
    "måndag": "1", "tisdag": "2", "onsdag": "3", "torsdag": "4", "fredag": "5", "lördag": "6", "söndag": "7",
    "понеделник": "1", "вторник": "2", "сряда": "3", "четвъртък": "4", "петък": "5", "събота": "6", "неделя": "7",
    "thứ hai": "1", "thứ ba": "2", "thứ tư": "3", "thứ năm": "4", "thứ sáu": "5", "thứ bảy": "6", "chủ nhật": "7",
}  # fmt: skip
"""Days by number (Monday is 1) or full name. Vietnamese numbers (thứ 2 is Monday) are not read: they would mislead."""
WEEKS = {
    "A": "A", "B": "B", "odd": "A", "even": "B", "udda": "A", "jämn": "B", "jämna": "B", "нечетна": "A", "четна": "B",
    "lẻ": "A", "chẵn": "B", "every": "", "varje": "", "всяка": "",
}  # fmt: skip
"""Weeks of a lesson."""
