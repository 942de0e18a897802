"""The facts of Bulgarian school, each with its source. [M] marks what is still to be verified.

Sources: Ordinance 11 of 1 September 2016 (assessment; "N11"), Ordinance 10 of 1 September 2016 (organisation; "N10"),
Ordinance 8 of 11 August 2016 (documents; "N8"), Ordinance 4 of 30 November 2015 (school plan; "N4"), the Act on
pre-school and school education (ЗПУО).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from testamur.law.contract import CorrectionRule, Occasion, Scale, ScaleValue
from testamur.law.diary import Ground, LeaveRule, RegisterRule, RemarkKind, TestRule

ID = "bg.school"
VERSION = "2026.1"
TERMS = ("I", "II")
TERM_NAMES: Mapping[str, str] = {"I": "първи срок", "II": "втори срок", "": "учебна година"}
YEAR_LEVELS = tuple(range(1, 13))
KINDS = ("grade", "level", "fact", "comment")

OCCASIONS = (  # term marks and, at the end of term II, annual marks: N11
    Occasion("I", "", "Край на първия срок"),
    Occasion("II", "", "Край на втория срок"),
)

# --- scales ------------------------------------------------------------------------------------

START = date(2016, 9, 1)
"""Diaries and marks before this day are history; the six-point scale is much older, and its range has not changed."""

SIX = Scale(  # N11 art. 9
    id="bg.school.six",
    values=(
        ScaleValue("6", "отличен", Decimal(6), passed=True),
        ScaleValue("5", "много добър", Decimal(5), passed=True),
        ScaleValue("4", "добър", Decimal(4), passed=True),
        ScaleValue("3", "среден", Decimal(3), passed=True),
        ScaleValue("2", "слаб", Decimal(2), passed=False),
    ),
    valid_from=date(1991, 9, 15),  # [M]
)
QUALITY = Scale(
    # Words instead of numbers: in grades 1-3, and for pupils with special needs. Schools of grades 1-3 may have words
    # of their own (N11 art. 9); these three are those that the ordinance itself names [M].
    id="bg.school.quality.2016",
    values=(
        ScaleValue("П", "постига изискванията", passed=True),
        ScaleValue("С", "справя се", passed=True),
        ScaleValue("З", "среща затруднения"),
    ),
    valid_from=START,
)
SCALES: Mapping[str, Scale] = {"grade": SIX, "level": QUALITY}

WORD_ONLY_YEARS = (1, 2, 3)  # no six-point marks: N11 art. 9
SPECIAL = "special_needs"
"""Flag of a quality indicator above grade 3: the pupil has special educational needs."""

SHORT_WORDS: Mapping[str, tuple[str, ...]] = {  # what teachers write for the words
    "6": ("отл", "отлична", "excellent"),
    "5": ("мн добър", "мн добра", "много добра", "мн д", "мн доб", "мд", "very good"),
    "4": ("доб", "добра", "д", "good"),
    "3": ("ср", "средна", "сред", "satisfactory", "average"),
    "2": ("сл", "слаба", "poor"),
}
QUALITY_WORDS: Mapping[str, tuple[str, ...]] = {
    "П": ("постига", "meets the requirements"),
    "С": ("справя", "copes"),
    "З": ("затруднения", "среща", "has difficulties"),
}

WORD_BANDS = (  # an average in words: from this value up, best first [M: the article]
    (Decimal("5.50"), "отличен"),
    (Decimal("4.50"), "много добър"),
    (Decimal("3.50"), "добър"),
    (Decimal("3.00"), "среден"),
    (Decimal("0.00"), "слаб"),
)

# --- facts on documents --------------------------------------------------------------------------

EXCUSED, UNEXCUSED = "absences_excused", "absences_unexcused"
FACTS: Mapping[str, tuple[str, ...]] = {
    EXCUSED: ("Отсъствия по уважителни причини", "Уважителни причини", "Извинени отсъствия", "Excused absences"),
    UNEXCUSED: ("Отсъствия по неуважителни причини", "Неуважителни причини", "Неизвинени отсъствия",
                "Unexcused absences"),
}  # fmt: skip

# --- absences: N10 --------------------------------------------------------------------------------

HALVES_FROM = date(2017, 9, 15)
"""From the school year 2017/2018; the exact day [M]."""
LATE_UP_TO, LATE_WEIGHT = 20, Decimal("0.5")
FORMER_LATE_UP_TO, FORMER_LATE_WEIGHT = 15, Decimal(1) / 3

ABSENCES: Mapping[str, str] = {"absent": "отсъствие", "late": "закъснение", "left_early": "преждевременно напускане"}

GROUNDS = (
    Ground("medical", "по медицински причини, с медицински документ", ("class_teacher", "principal", "doctor")),
    Ground("family", "по семейни причини, със заявление от родителя", ("guardian", "class_teacher")),
    Ground(
        "competition", "участие в състезание, олимпиада или друга проява", ("teacher", "class_teacher", "principal")
    ),
    Ground("official", "по служебни причини, с документ от институция", ("class_teacher", "principal")),
)
LEAVE = LeaveRule(
    # a reasoned written application to the class teacher beforehand or on the first day: State Gazette, 19 March 2024
    days_per_year=15,
    days_in_row=5,
    guardians=1,
    approvers=((5, "class_teacher"), (None, "principal")),  # [M]
    counts=("family",),
    law="Наредба № 10 от 1.09.2016 г., чл. 62",  # the article [M]
)
ALARM = (Decimal(5), Decimal(10), Decimal(15))  # 5 in a month stop the child's benefit; sanctions at 5, 10, 15 [M]

TESTS = TestRule(
    per_day=1,
    per_week=2,
    refuses=True,
    law="Наредба № 11 от 1.09.2016 г.",  # one class or control test of a class in a day, two in a week [M]
)

REMARKS = (
    RemarkKind("remark", "забележка", positive=False),
    RemarkKind("praise", "похвала", positive=True),
)
REGISTER = RegisterRule(document="dnevnik", every="year", keep_years=5)  # N8: closed and signed by the head, 5 years

# --- marks: N11 -----------------------------------------------------------------------------------

CURRENT_WEIGHT = Decimal(1)
TEST_WEIGHT = Decimal(1)  # the ordinance weighs no current mark above another [M]
MARK_KINDS = (  # code, name, what it closes, weight in the average
    ("current", "текуща", "", CURRENT_WEIGHT),
    ("test", "контролна или класна работа", "", TEST_WEIGHT),
    ("term", "срочна", "term", Decimal(0)),
    ("annual", "годишна", "year", Decimal(0)),
)
WORD_KINDS = (  # grades 1-3: no mark of the term [M]
    ("current", "текуща с качествен показател", "", Decimal(0)),
    ("annual", "годишна с качествен показател", "year", Decimal(0)),
)

# --- corrections ----------------------------------------------------------------------------------

CORRECTIONS: Mapping[str, CorrectionRule] = {
    "rectification": CorrectionRule(
        reason="rectification",
        name="Поправка на очевидна фактическа грешка",
        law="Административнопроцесуален кодекс, чл. 62, ал. 2; Наредба № 8 от 11.08.2016 г.",  # [M]
        roles=("principal",),
        direction="any",
        grounds=(("slip", "Оценката е вписана погрешно поради очевидна фактическа грешка."),),
        duties=("note_in_catalogue",),
    ),
}

# Class and school averages stand beside a pupil's own: it is the custom of Bulgarian diaries, and no rule forbids it.
COMPARED = frozenset({"mark_average", "success", "absences"})
