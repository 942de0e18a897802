"""Invented people and marks of the demo. Nobody here exists; every family name says so.

Swedish numbers use the birth numbers 980-999, which the Tax Agency keeps for tests; Vietnamese ones the province code
099, which is not in use; Bulgarian ones serial numbers that name no district. [M]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from testamur.law.contract import Decision, Period
from testamur.law.vn_primary import results as vn_results
from testamur.law.vn_primary import rules as vn_rules
from testamur.law.vn_primary import tables as vn

SE_FAMILY = (
    "Exempelsson", "Provgren", "Testlund", "Mallqvist", "Påhittad", "Låtsberg", "Exempelström", "Övningsdotter",
    "Skisshammar", "Utkastdal", "Modellnäs", "Försöksby",
)  # fmt: skip
SE_GIVEN = (
    "Alva", "Björn", "Cajsa", "Davud", "Elin", "Folke", "Göran", "Hedda", "Ismail", "Jonna", "Kåre", "Lykke", "Måns",
    "Nadja", "Olle", "Pärla", "Rasmus", "Saga", "Tove", "Ulla", "Vidar", "Ylva", "Åsa", "Ängla", "Örjan",
)  # fmt: skip
OTHER_NAMES = (
    ("Ивайло", "Примеров"), ("Мария", "Образцова"), ("Đặng Thị Ví", "Dụ"), ("Łucja", "Przykładowa"),
    ("Ayşe", "Örnekoğlu"), ("Žofie", "Ukázková"), ("Θάλεια", "Δοκιμαστική"), ("Jökull", "Dæmisson"),
)  # fmt: skip
VN_FAMILY = ("Nguyễn Ví", "Trần Mẫu", "Lê Thử", "Phạm Giả", "Hoàng Định", "Đỗ Minh Hoạ")
VN_MIDDLE = ("Thị", "Văn", "Ngọc", "Minh", "Thuỳ", "Quốc")
VN_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khôi", "Linh", "Ngân", "Phúc", "Quỳnh", "Sơn", "Tú", "Yến")


@dataclass(frozen=True, slots=True)
class Size:
    """How much to invent."""

    swedish_schools: int
    classes_per_level: int
    class_size: int
    vietnamese_schools: int
    vietnamese_classes: int
    vietnamese_size: int
    students: int = 60


SIZES = {
    "school": Size(3, 1, 24, 2, 2, 15),
    "municipality": Size(4, 2, 25, 2, 10, 32, students=400),
}


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented person."""

    given: str
    middle: str
    family: str
    number: str
    birth_date: date
    female: bool


def swedish(random: Random, born: Iterator[date], serials: range = range(980, 1000)) -> Iterator[Invented]:
    """Swedish persons, one in twelve with a name in another script; `serials` keep two lots of them apart."""
    used: set[str] = set()
    while True:
        day = next(born)
        number = _personnummer(day, random, used, serials)
        if number is None:
            continue
        if random.random() < 1 / 12:
            given, family = random.choice(OTHER_NAMES)
        else:
            given, family = random.choice(SE_GIVEN), random.choice(SE_FAMILY)
        yield Invented(given, "", family, number, day, int(number[10]) % 2 == 0)


def vietnamese(random: Random, born: Iterator[date]) -> Iterator[Invented]:
    """Vietnamese persons."""
    serial = 0
    while True:
        day = next(born)
        serial += 1
        female = random.random() < 0.5  # noqa: PLR2004 - a coin
        number = f"099{2 + female}{day:%y}{serial:06d}" if day.year >= 2000 else f"099{int(female)}{day:%y}{serial:06d}"  # noqa: PLR2004
        yield Invented(random.choice(VN_GIVEN), random.choice(VN_MIDDLE), random.choice(VN_FAMILY), number, day, female)


def days(random: Random, year: int) -> Iterator[date]:
    """Birth dates in a year, without end."""
    while True:
        yield date(year, 1, 1) + timedelta(days=random.randrange(365))


def _personnummer(day: date, random: Random, used: set[str], among: range) -> str | None:
    serials = [f"{n}" for n in among]
    random.shuffle(serials)
    for serial in serials:
        number = f"{day:%Y%m%d}{serial}" + _luhn(f"{day:%y%m%d}{serial}")
        if number not in used:
            used.add(number)
            return number
    return None


def _luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(digits):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - sum of digits
    return str(-total % 10)


BG_FAMILY = ("Примеров", "Образцов", "Измислев", "Пробов", "Тестов", "Макетов", "Условен", "Скицов")
BG_GIVEN = (
    ("Ана", True), ("Борис", False), ("Вяра", True), ("Георги", False), ("Дара", True), ("Емил", False), ("Жана", True),
    ("Захари", False), ("Ива", True), ("Калоян", False), ("Лора", True), ("Мартин", False), ("Нели", True),
    ("Огнян", False), ("Петя", True), ("Радослав", False), ("Стела", True), ("Теодор", False), ("Яна", True),
)  # fmt: skip


def bulgarian(random: Random, born: Iterator[date]) -> Iterator[Invented]:
    """Bulgarian persons; serial numbers from 930 on, which name no district of birth [M]."""
    used: set[str] = set()
    while True:
        day, (given, female) = next(born), random.choice(BG_GIVEN)
        month = day.month + (40 if day.year >= 2000 else 0)  # noqa: PLR2004 - the century is told by the month
        body = f"{day:%y}{month:02}{day:%d}{930 + 2 * random.randrange(35) + female}"
        number = f"{body}{_egn_check(body)}"
        if number in used:
            continue
        used.add(number)
        family = random.choice(BG_FAMILY)
        yield Invented(given, "", f"{family}{'а' if female else ''}", number, day, female)


def _egn_check(body: str) -> int:
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6)
    return sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 % 10


SE_SUBJECTS = ("BL", "EN", "HKK", "IDH", "MA", "MU", "BI", "FY", "KE", "GE", "HI", "RE", "SH", "SL", "TK")


def swedish_marks(random: Random, level: int) -> Iterator[tuple[str, str, str]]:
    """(kind, code, value) of one pupil in one term."""
    ability = random.gauss(0.35, 0.8)
    languages = ("SVA",) if random.random() < 0.15 else ("SV",)  # noqa: PLR2004 - share of pupils
    second = (random.choice(("M2SPA", "M2FRE", "M2GER")),) if level >= 7 else ()  # noqa: PLR2004 - språkval from year 7
    for code in (*SE_SUBJECTS, *languages, *second):
        draw = ability + random.gauss(0, 0.7)
        value = next((v for v, least in zip("ABCDE", (1.6, 0.9, 0.1, -0.5, -1.5), strict=True) if draw > least), "F")
        yield "grade", code, "-" if random.random() < 0.01 else value  # noqa: PLR2004 - share of pupils
    yield "fact", "unexcused_hours", str(random.choice((0, 0, 0, 0, 1, 2, 3, 7, 12)))


VN_COMMENTS = {
    "T": ("Nắm chắc kiến thức, tích cực phát biểu.", "Tiếp thu bài nhanh, vận dụng tốt.", "Có nhiều tiến bộ."),
    "H": ("Hoàn thành các yêu cầu, cần luyện thêm.", "Hiểu bài, cần trình bày cẩn thận hơn."),
    "C": ("Cần cố gắng và được hỗ trợ thêm.",),
}


def _traits(level: int) -> Iterator[tuple[str, str]]:
    """Qualities and the competences that the grade is assessed in."""
    for kind, codes in (("quality", vn.QUALITIES), ("competence", vn.COMPETENCES)):
        yield from ((kind, code) for code in codes if level >= vn.COMPETENCE_FROM.get(code, 1))


def vietnamese_year(random: Random, level: int, period: Period) -> Iterator[Decision]:
    """Everything that a Vietnamese transcript shows of one year, the proposed result last."""
    strong = random.random() < 0.35  # noqa: PLR2004 - share of pupils
    made: list[Decision] = []

    def one(kind: str, code: str, value: str, comment: str = "") -> Decision:
        made.append(Decision(kind=kind, code=code, value=value, period=period, year_level=level, comment=comment))
        return made[-1]

    for subject in vn_rules.subjects_for(level):
        if subject.code in {"TH", "CN", "NT", "TDT"}:
            continue
        grade = "T" if strong or random.random() < 0.6 else "H"  # noqa: PLR2004 - share of pupils
        yield one("level", subject.code, grade, random.choice(VN_COMMENTS[grade]))
        if vn_rules.has_test(subject.code, level, ""):
            yield one("test", subject.code, str(random.randint(9, 10) if strong else random.randint(6, 10)))
    for kind, code in _traits(level):
        yield one(kind, code, "T" if strong or random.random() < 0.8 else "Đ")  # noqa: PLR2004 - share of pupils
    yield one("fact", "height_cm", f"{108 + 6 * level + random.randint(-6, 6)}")
    yield one("fact", "weight_kg", f"{16 + 3 * level + random.randint(-3, 6)}")
    yield one("fact", "health", "Tốt")
    yield one("fact", "absent_with_leave", str(random.choice((0, 0, 1, 2, 3))))
    yield one("fact", "absent_without_leave", "0")
    result = vn_results.year_result(made, level).result
    if result is not None:
        yield one("year_result", "ket_qua_giao_duc", result)
        for award in vn_results.propose_awards(made, level):
            if not award.open:
                yield one("award", "khen_thuong", award.award)
