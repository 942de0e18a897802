"""The facts of Swedish compulsory school, each with its source. [M] marks what is still to be verified.

Sources: skollagen (2010:800), skolförordningen (2011:185), gymnasieförordningen (2010:2039), SKOLFS 2011:123 (subject
codes), SKOLFS 2014:50 (grade documents), prop. 2009/10:219, prop. 2020/21:58, läroplan Lgr22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from testamur.law.contract import CorrectionRule, Occasion, Scale, ScaleValue, Subject
from testamur.law.diary import Ground, LeaveRule, RegisterRule, RemarkKind

ID = "se.compulsory"
VERSION = "2026.1"
TERMS = ("HT", "VT")
YEAR_LEVELS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
KINDS = ("grade", "level", "fact", "comment")

OCCASIONS = (  # grades at the end of each term: skollagen 10 kap. 15 §
    Occasion("HT", "", "Höstterminens slut"),
    Occasion("VT", "", "Vårterminens slut"),
)

DASH = "-"

# --- scales ------------------------------------------------------------------------------------

GRADES = (
    # G/VG/MVG and their merit values; nothing is set for less than G: grundskoleförordningen (1994:1194) 7 kap. [M]
    Scale(
        id="se.compulsory.grade.1994",
        values=(
            ScaleValue("MVG", "Mycket väl godkänd", Decimal(20), passed=True),
            ScaleValue("VG", "Väl godkänd", Decimal(15), passed=True),
            ScaleValue("G", "Godkänd", Decimal(10), passed=True),
        ),
        valid_from=date(1995, 7, 1),
        valid_to=date(2012, 6, 30),
    ),
    # A-F and the dash: skollagen 10 kap. 17-18 §§ (A-E passed, F failed; no grade and "streck" when absence leaves
    # nothing to judge by). First used in the autumn term of 2012: prop. 2009/10:219. The dash counts 0 and is no grade.
    # Values: gymnasieförordningen 7 kap. 4 §.
    Scale(
        id="se.compulsory.grade.2012",
        values=(
            ScaleValue("A", "A", Decimal(20), passed=True),
            ScaleValue("B", "B", Decimal("17.5"), passed=True),
            ScaleValue("C", "C", Decimal(15), passed=True),
            ScaleValue("D", "D", Decimal("12.5"), passed=True),
            ScaleValue("E", "E", Decimal(10), passed=True),
            ScaleValue("F", "F", Decimal(0), passed=False),
            ScaleValue(DASH, "Betygsunderlag saknas på grund av frånvaro", None, passed=None, is_grade=False),
        ),
        valid_from=date(2012, 7, 1),
    ),
)

LEVELS = (
    # Written judgement per subject in the IUP: skollagen 10 kap. 13 §. The law leaves the form to the principal; these
    # four are the values in use in exchange formats.
    Scale(
        id="se.compulsory.level.2013",
        values=(
            ScaleValue("2", "Når mer än en godtagbar kunskapsnivå", passed=True),
            ScaleValue("1", "Når en godtagbar kunskapsnivå", passed=True),
            ScaleValue("0", "Når ännu inte en godtagbar kunskapsnivå", passed=False),
            ScaleValue("-1", "Omdöme saknas", is_grade=False),
        ),
        valid_from=date(2013, 7, 1),  # [M]
    ),
)

LEVEL_YEARS = range(1, 6)  # once a year in years 1-5, where no grades are set: skollagen 10 kap. 13 §


@dataclass(frozen=True, slots=True)
class GradeYears:
    """In which year levels grades are set, from a day on. `by_decision` needs the principal's decision."""

    valid_from: date
    years: tuple[int, ...]
    by_decision: tuple[int, ...] = ()


GRADE_YEARS = (  # newest first
    # The principal may decide on grades from year 4: skollagen 3 kap. 14 a §, prop. 2020/21:58; first used in the
    # autumn term of 2021 (SFS 2021:192).
    GradeYears(date(2021, 7, 1), (6, 7, 8, 9), by_decision=(4, 5)),
    GradeYears(date(2012, 7, 1), (6, 7, 8, 9)),  # skollagen 10 kap. 15 §, prop. 2009/10:219
    GradeYears(date(1995, 7, 1), (8, 9)),  # grundskoleförordningen (1994:1194) 7 kap. [M]
)
SPRAKVAL_FROM = 7  # skollagen 10 kap. 15 §: språkval from the autumn term of year 7
BLOCK_YEARS = (6,)  # skollagen 10 kap. 15 §: one grade for NO or SO only in year 6
BLOCKS_FROM = date(2012, 7, 1)  # prop. 2009/10:219

# --- flags that the rules read -----------------------------------------------------------------

EARLY = "early_grades"
"""The principal has decided on grades from year 4 (3 kap. 14 a §)."""
BLOCK = "block"
"""The principal has decided on one grade for the block, since teaching was cross-subject (10 kap. 15 §)."""
UNLICENSED = "unlicensed"
"""The teacher has no licence and sets the grade together with one who has (3 kap. 16 §)."""
ADJUSTED = "adjusted_timetable"
"""The subject was reduced by an adjusted timetable, anpassad timplan (shown on the slutbetyg)."""
TEST = "test"
"""Set after a prövning (10 kap. 23 §)."""

# --- subjects: names and codes SKOLFS 2011:123, Lgr22 -------------------------------------------

SUBJECTS = (
    Subject("BL", "Bild", order=1),
    Subject("EN", "Engelska", order=2),
    Subject("HKK", "Hem- och konsumentkunskap", order=3),
    Subject("IDH", "Idrott och hälsa", order=4),
    Subject("MA", "Matematik", order=5),
    Subject("MU", "Musik", order=6),
    Subject("NO", "Naturorienterande ämnen", "NO", order=7, years=(1, 2, 3, 4, 5, 6), covers=("BI", "FY", "KE")),
    Subject("BI", "Biologi", "NO", order=8),
    Subject("FY", "Fysik", "NO", order=9),
    Subject("KE", "Kemi", "NO", order=10),
    Subject(
        "SO", "Samhällsorienterande ämnen", "SO", order=11, years=(1, 2, 3, 4, 5, 6), covers=("GE", "HI", "RE", "SH")
    ),
    Subject("GE", "Geografi", "SO", order=12),
    Subject("HI", "Historia", "SO", order=13),
    Subject("RE", "Religionskunskap", "SO", order=14),
    Subject("SH", "Samhällskunskap", "SO", order=15),
    Subject("SL", "Slöjd", order=16),
    Subject("SV", "Svenska", "SVGRP", order=17),
    Subject("SVA", "Svenska som andraspråk", "SVGRP", order=18),
    Subject("TK", "Teknik", order=19),
    Subject("DA", "Förberedande dansarutbildning", order=20, elective=True),
    Subject("JU", "Judiska studier", order=21, elective=True),
    Subject("TN", "Teckenspråk för hörande", order=22, elective=True),
)
BY_CODE: Mapping[str, Subject] = {s.code: s for s in SUBJECTS}

LANGUAGE_SUBJECTS: Mapping[str, tuple[str, int]] = {  # prefix → name, order; the language's code follows
    "M2": ("Moderna språk, språkval", 23),
    "M1": ("Moderna språk, elevens val", 24),
    "ML": ("Modersmål", 25),
}

EXCLUSIVE = (  # a pupil has one or the other
    ("SV", "SVA"),  # skolförordningen 5 kap. 14 §: instead of svenska
    ("IDH", "DA"),  # dancers' training replaces idrott och hälsa [M]
)

ALIASES: Mapping[str, tuple[str, ...]] = {
    "BL": ("Bildkonst", "Art", "Arts", "Visual arts", "Visual art"),
    "EN": ("English",),
    "HKK": ("Hemkunskap", "HK", "Home and consumer studies", "Home economics", "Hem och konsumentkunskap"),
    "IDH": ("Idrott", "Gymnastik", "Physical education", "PE", "Physical education and health", "Sports"),
    "MA": ("Matte", "Mathematics", "Maths", "Math"),
    "MU": ("Music",),
    "NO": ("Naturorientering", "Naturorienterande ämne", "Science", "Science studies", "NO-ämnen"),
    "BI": ("Biology",),
    "FY": ("Physics",),
    "KE": ("Chemistry",),
    "SO": ("Samhällsorientering", "Samhällsorienterande ämne", "Social study subjects", "SO-ämnen"),
    "GE": ("Geography",),
    "HI": ("History",),
    "RE": ("Religion", "Religious education", "Religious studies"),
    "SH": ("Samhälle", "Civics"),
    "SL": ("Trä- och metallslöjd", "Textilslöjd", "Crafts", "Craft", "Sloyd"),
    "SV": ("Swedish",),
    "SVA": ("Swedish as a second language", "Svenska andraspråk"),
    "TK": ("Technology", "Te"),
    "DA": ("Dans", "Dance", "Dancer training"),
    "JU": ("Jewish studies",),
    "TN": ("Teckenspråk", "Sign language", "Sign language for hearing pupils", "Svenskt teckenspråk för hörande"),
}

LANGUAGE_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "M2": (
        "Moderna språk språkval",
        "Moderna språk inom ramen för språkval",
        "Språkval",
        "M2",
        "Modern languages language choice",
        "Language choice",
    ),
    "M1": (
        "Moderna språk elevens val",
        "Moderna språk inom ramen för elevens val",
        "Elevens val",
        "M1",
        "Modern languages pupil's choice",
        "Pupil's choice",
    ),
    "ML": ("Modersmål", "Modersmålsundervisning", "Hemspråk", "ML", "Mother tongue", "Mother tongue tuition"),
}

# --- facts that documents show -----------------------------------------------------------------

UNEXCUSED = "unexcused_hours"
FACTS: Mapping[str, tuple[str, ...]] = {
    # whole hours in the term, on terminsbetyg only: skolförordningen 6 kap. 12 §, in force 1 July 2012
    UNEXCUSED: ("Ogiltig frånvaro", "Ogiltig frånvaro timmar", "Unexcused absence", "Unexcused hours"),
}

# --- merit value and eligibility ---------------------------------------------------------------

MERIT_BEST = 16  # gymnasieförordningen 7 kap. 4 §
SPRAKVAL_EXTRA_FROM = date(2014, 1, 1)
"""Språkval counts as a 17th grade from the admission to school year 2014/15; the exact day [M]."""

PASS_ALWAYS = (("SV", "SVA"), ("EN",), ("MA",))  # skollagen 16 kap. 30-31 §§


@dataclass(frozen=True, slots=True)
class Programme:
    """What a kind of upper secondary programme demands: `passed` subjects in all, `named` ones among them."""

    id: str
    name: str
    passed: int
    named: tuple[str, ...] = ()


PROGRAMMES = (
    Programme("yrkes", "Yrkesprogram", 8),  # 3 + 5 others: skollagen 16 kap. 30 §
    Programme("estetiska", "Estetiska programmet", 12),  # 3 + 9 others: skollagen 16 kap. 31 §
    # which nine: gymnasieförordningen 7 kap. 2 § [M]
    Programme(
        "ek_hu_sa", "Ekonomi-, humanistiska och samhällsvetenskapsprogrammet", 12, named=("GE", "HI", "SH", "RE")
    ),
    Programme("na_te", "Naturvetenskaps- och teknikprogrammet", 12, named=("BI", "FY", "KE")),
)

# --- corrections -------------------------------------------------------------------------------

PRINCIPAL_INSTEAD: tuple[tuple[str, str], ...] = (  # 3 kap. 20 § second paragraph, items 1-3
    ("decider_left", "Den som fattade beslutet är inte längre anställd av huvudmannen."),
    ("decider_prevented", "Den som fattade beslutet är förhindrad."),
    ("deciders_disagree", "De som fattade beslutet kan inte enas."),
)

CORRECTIONS: Mapping[str, CorrectionRule] = {
    "rectification": CorrectionRule(
        reason="rectification",
        name="Rättelse",
        law="skollagen (2010:800) 3 kap. 19 §",
        roles=("principal",),
        direction="any",
        hears=("pupil", "guardian"),  # unless it is unnecessary
        # not for faults in the inquiry or in the judgement
        grounds=(("slip", "Betyget innehåller en uppenbar oriktighet till följd av ett skrivfel eller förbiseende."),),
        duties=("destroy_wrong", "note_in_catalogue"),
    ),
    "change": CorrectionRule(
        reason="change",
        name="Ändring",
        law="skollagen (2010:800) 3 kap. 20 §",
        roles=("teacher", "principal"),
        direction="not_lower",
        grounds=(
            ("obviously_wrong", "Beslutet är uppenbart oriktigt på grund av nya omständigheter eller annan anledning."),
            ("quick_and_simple", "Ändringen kan ske snabbt och enkelt."),
        ),
        instead=PRINCIPAL_INSTEAD,
        duties=("sign_catalogue",),
    ),
    "test": CorrectionRule(
        reason="test",
        name="Prövning",
        law="skollagen (2010:800) 10 kap. 23 §",
        roles=("teacher",),
        direction="any",  # [M]
        grounds=(("test_taken", "Eleven har genomgått prövning i hela ämnet."),),
        duties=("sign_catalogue",),
    ),
}

# Figures by which pupils or classes must not be set beside each other: the merit value is made for admission only.
NEVER_COMPARED = frozenset({"merit_value"})

# --- diary ---------------------------------------------------------------------------------------

MARK_KINDS = (  # code, name, what it closes: working marks, which no law names
    ("current", "Resultat", ""),
    ("test", "Prov", ""),
    ("term", "Terminsbetyg (förslag)", "term"),
)
ABSENCES: Mapping[str, str] = {"absent": "Frånvaro", "late": "Sen ankomst", "left_early": "Gick i förtid"}
GROUNDS = (  # skollagen 7 kap. 17-18 §§: absence is valid with a reason that the guardian has told, or with leave
    Ground("illness", "Sjukdom", ("guardian", "class_teacher", "teacher", "principal")),
    Ground("leave", "Beviljad ledighet", ("class_teacher", "principal")),
    Ground("other", "Annat giltigt skäl", ("class_teacher", "teacher", "principal")),
)
LEAVE = LeaveRule(  # short leave for private matters, longer for special reasons; the principal may delegate ten days
    days_per_year=None,
    days_in_row=None,
    guardians=2,
    approvers=((1, "class_teacher"), (10, "principal"), (None, "principal")),  # one day by delegation [M]
    counts=(),
    law="skollagen (2010:800) 7 kap. 18 §",
)
REMARKS = (
    RemarkKind("remark", "Anmärkning", positive=False),
    RemarkKind("praise", "Beröm", positive=True),
)
REGISTER = RegisterRule(document="klassdagbok", every="year", keep_years=3)
"""Attendance is thinned out after three school years (common plans of municipal archives) [M]."""
