"""Plainly invented class registers of the three packs, and Bulgarian statements of marks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from testamur.law.bg_school import tables as bg
from testamur.law.contract import Decision, DocumentFacts, Period, PupilFacts, SchoolFacts
from testamur.law.diary import MarkFact
from testamur.law.register import (
    RegisterAbsence,
    RegisterFacts,
    RegisterLesson,
    RegisterPupil,
    RegisterRemark,
    RegisterText,
)
from tests.law.documents.making import CYRILLIC_NAME, SCHOOL, VN_SCHOOL

BG_SCHOOL = SchoolFacts("1234567", "ОУ „Измислено“", "Община Примерово")
BG_PUPIL = PupilFacts(
    "Лиляна Измислена", "Лиляна", "Измислена", "bg.egn", "1242051230", date(2012, 2, 5), sex="female"
)  # fmt: skip
YEAR = "2025/2026"
BG_YEAR = Period(YEAR, "", date(2025, 9, 15), date(2026, 6, 30))
BG_I = Period(YEAR, "I", date(2025, 9, 15), date(2026, 1, 31))
BG_II = Period(YEAR, "II", date(2026, 2, 4), date(2026, 6, 30))
SE_YEAR = Period(YEAR, "", date(2025, 8, 18), date(2026, 6, 12))
SE_TERMS = (Period(YEAR, "HT", SE_YEAR.starts, date(2025, 12, 19)), Period(YEAR, "VT", date(2026, 1, 8), SE_YEAR.ends))
VN_YEAR = Period("2025-2026", "", date(2025, 9, 5), date(2026, 5, 29))
VN_TERMS = (
    Period("2025-2026", "HK1", VN_YEAR.starts, date(2026, 1, 16)),
    Period("2025-2026", "HK2", date(2026, 1, 19), VN_YEAR.ends),
)


def mark(subject: str, value: str, term: str = "I", kind: str = "current", **more: Any) -> MarkFact:
    return MarkFact(subject, kind, value, term, date(2025, 10, 1), **more)


def bulgarian(*decisions: Decision, period: Period = BG_II, pupil: PupilFacts | None = BG_PUPIL) -> DocumentFacts:
    return DocumentFacts(
        BG_SCHOOL, period, 7, "7А", pupil, decisions, period.ends, class_teacher="Мария Учителска",
        principal="Петър Директоров",
    )  # fmt: skip


def bg_grade(code: str, value: str, period: Period = BG_II, **more: Any) -> Decision:
    return Decision("grade", code, value, period, 7, decided_by=("Мария Учителска",), **more)


def bg_absences(excused: str, unexcused: str, period: Period = BG_II) -> tuple[Decision, ...]:
    return (Decision("fact", bg.EXCUSED, excused, period, 7), Decision("fact", bg.UNEXCUSED, unexcused, period, 7))


BG_SUBJECTS = ("BEL", "ENG", "MAT", "KMIT", "IST", "GEO", "BIO", "FIZ", "HIM", "MUZ", "IZO", "TEH", "FVS")


def statement() -> DocumentFacts:
    """A whole year: marks of both terms and of the year."""
    values = [(code, "65432"[n % 5]) for n, code in enumerate(BG_SUBJECTS)]
    rows = [bg_grade(code, value, period) for code, value in values for period in (BG_I, BG_II, BG_YEAR)]
    return bulgarian(*rows, *bg_absences("12", "2.5"))


def _pupils(size: int, name: str, scheme: str, one: Any) -> tuple[RegisterPupil, ...]:
    return tuple(
        RegisterPupil(n, PupilFacts(f"{name} {n}", "", "", scheme, f"{9000000000 + n}", None), **one(n))
        for n in range(1, size + 1)
    )


def _lessons(
    count: int, subjects: tuple[str, ...], topic: str, teacher: str, starts: date
) -> tuple[RegisterLesson, ...]:
    return tuple(
        RegisterLesson(
            starts + timedelta(days=n // 6 // 5 * 7 + n // 6 % 5), n % 6 + 1, subjects[n % len(subjects)],
            f"{topic} {n}", teacher, absent=(1, 2) if n % 9 == 0 else (), late=(2,) if n % 7 == 0 else (),
            cancelled=n % 50 == 49,
        )
        for n in range(count)
    )  # fmt: skip


def bg_register(size: int = 3, lessons: int = 12, name: str = CYRILLIC_NAME) -> DocumentFacts:
    def one(n: int) -> dict[str, Any]:
        values = ["6543"[(n + k) % 4] for k in range(6)]
        marks = [
            m
            for code in BG_SUBJECTS[:6]
            for term in bg.TERMS
            for m in (*(mark(code, v, term) for v in values), mark(code, values[0], term, "term"))
        ]
        marks += [mark(code, values[1], "II", "annual") for code in BG_SUBJECTS[:6]]
        return {
            "marks": tuple(marks),
            "absences": (
                RegisterAbsence("I", Decimal(n), Decimal("0.5"), 1), RegisterAbsence("II", Decimal(2), Decimal(n)),
            ),
            "left": date(2026, 3, 2) if n == 2 else None,
        }  # fmt: skip

    pupils = _pupils(size, name, "bg.egn", one)
    register = RegisterFacts(
        (BG_I, BG_II), pupils, _lessons(lessons, BG_SUBJECTS, "Измислена тема", "Мария Учителска", BG_I.starts),
        tuple(RegisterRemark(date(2025, 10, n), 1, "praise" if n % 2 else "remark", "Помага на съучениците си.",
                             "Мария Учителска") for n in range(1, size + 1)),
    )  # fmt: skip
    return DocumentFacts(
        BG_SCHOOL, BG_YEAR, 7, "7А", None, (), BG_YEAR.ends, class_teacher="Мария Учителска",
        principal="Петър Директоров", group_name="7А", register=register,
    )  # fmt: skip


def se_register(size: int = 3, lessons: int = 12, year_level: int = 8) -> DocumentFacts:
    def one(n: int) -> dict[str, Any]:
        absences = tuple(RegisterAbsence(t, Decimal("3.25"), Decimal(n), n) for t in ("HT", "VT"))
        if year_level < 6:
            texts = tuple(
                RegisterText(c, "", "Läser säkert och berättar gärna för klassen.", "1", "Öva på längre texter.")
                for c in ("SV", "MA")
            )  # fmt: skip
            return {"texts": texts, "absences": absences}
        marks = tuple(
            mark(c, v, t, k) for c in ("MA", "SV", "M2SPA") for t in ("HT", "VT")
            for v, k in (("A", "current"), ("F", "test"), ("-", "current"), ("C", "term"))
        )  # fmt: skip
        return {"marks": marks, "absences": absences}

    register = RegisterFacts(
        SE_TERMS, _pupils(size, "Elev Påhittad", "se.personnummer", one),
        _lessons(lessons, ("MA", "SV", "M2SPA"), "Påhittat område", "Lo Lärarsson", SE_YEAR.starts),
        (RegisterRemark(date(2025, 9, 3), 1, "praise", "Hjälpte en ny klasskamrat till rätta.", "Lo Lärarsson"),),
    )  # fmt: skip
    return DocumentFacts(
        SCHOOL, SE_YEAR, year_level, f"{year_level}A", None, (), SE_YEAR.ends, class_teacher="Lo Lärarsson",
        principal="Anna Rektorsson", group_name=f"{year_level}A", register=register,
    )  # fmt: skip


def vn_register(size: int = 3, lessons: int = 12) -> DocumentFacts:
    def one(n: int) -> dict[str, Any]:
        marks = tuple(
            mark(c, v, t, k) for c in ("TV", "TOAN") for t in ("HK1", "HK2")
            for v, k in (("T", "mid_level"), ("8", "mid_test"), ("H", "level"), ("9", "test"))
        )  # fmt: skip
        texts = tuple(RegisterText("TV", t, "Đọc trôi chảy, tích cực phát biểu.") for t in ("HK1", "HK2"))
        absences = tuple(RegisterAbsence(t, Decimal(n), Decimal(0), 1) for t in ("HK1", "HK2"))
        return {"marks": marks, "texts": texts, "absences": absences}

    register = RegisterFacts(
        VN_TERMS, _pupils(size, "Nguyễn Thị Ví Dụ", "vn.cccd", one),
        _lessons(lessons, ("TV", "TOAN"), "Bài học giả định", "Lê Thị Giáo Viên", VN_YEAR.starts),
        (RegisterRemark(date(2025, 9, 9), 2, "praise", "Biết giúp đỡ bạn bè.", "Lê Thị Giáo Viên"),),
    )  # fmt: skip
    return DocumentFacts(
        VN_SCHOOL, VN_YEAR, 4, "4A", None, (), VN_YEAR.ends, class_teacher="Lê Thị Giáo Viên",
        principal="Phạm Hiệu Trưởng", group_name="4A", register=register,
    )  # fmt: skip
