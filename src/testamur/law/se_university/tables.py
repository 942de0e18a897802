"""The facts of Swedish higher education, each with its source. [M] marks what is still to be verified.

Sources: högskoleförordningen (1993:100), chapter 6 ("HF"), förvaltningslagen (2017:900, "FL"), local rules of Swedish
universities. Which system of grades a course has is for the university to say (HF 6 kap. 19 §): the law knows none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from testamur.law.contract import CorrectionRule, Occasion, Scale, ScaleValue

ID = "se.university"
VERSION = "2026.1"
TERMS = ("HT", "VT")
TERM_NAMES: Mapping[str, tuple[str, str]] = {"HT": ("Höstterminen", "Autumn"), "VT": ("Vårterminen", "Spring")}
YEAR_LEVELS = (0,)
"""A course belongs to no year of study: every decision has level 0."""

MODULE, COURSE = "module", "course"
KINDS = (MODULE, COURSE)
KIND_NAMES: Mapping[str, tuple[str, str]] = {
    MODULE: ("Modul", "Module"),
    COURSE: ("Hel kurs", "Whole course"),
    "correction": ("Ändrat beslut", "Corrected decision"),
}
OCCASIONS = (
    Occasion("HT", "", "Höstterminens slut"),
    Occasion("VT", "", "Vårterminens slut"),
)
"""The end of each term. The `occasion` of a decision is none of these but the day of examination."""

# --- scales, worst first -------------------------------------------------------------------------

IN_FORCE = date(1993, 7, 1)
"""HF in force. A scale is the university's own; from when each was used at which one is local [M]."""

_U = ScaleValue("U", "Underkänd", passed=False)
_G = ScaleValue("G", "Godkänd", passed=True)

UG = Scale("UG", (_U, _G), IN_FORCE)  # local rules; the commonest of all
UV = Scale("UV", (_U, _G, ScaleValue("VG", "Väl godkänd", passed=True)), IN_FORCE)  # local rules; no numbers
TH = Scale(  # universities of technology; names as in the old statutes of civilingenjör programmes [M]
    "TH",
    (
        _U,
        ScaleValue("3", "Godkänd", Decimal(3), passed=True),
        ScaleValue("4", "Icke utan beröm godkänd", Decimal(4), passed=True),
        ScaleValue("5", "Med beröm godkänd", Decimal(5), passed=True),
    ),
    IN_FORCE,
)
AF = Scale(  # seven steps, after ECTS; Swedish names as at SU and KTH [M], points after the mean of LU [F]
    "AF",
    (
        ScaleValue("F", "Underkänd", passed=False),
        ScaleValue("Fx", "Underkänd, komplettering möjlig", passed=False),
        ScaleValue("E", "Tillräckligt", Decimal(1), passed=True),
        ScaleValue("D", "Tillfredsställande", Decimal(2), passed=True),
        ScaleValue("C", "Bra", Decimal(3), passed=True),
        ScaleValue("B", "Mycket bra", Decimal(4), passed=True),
        ScaleValue("A", "Framstående", Decimal(5), passed=True),
    ),
    IN_FORCE,
)
PF = Scale(  # KTH, pass or fail [M]
    "PF", (ScaleValue("F", "Underkänd", passed=False), ScaleValue("P", "Godkänd", passed=True)), IN_FORCE
)
SCALES: Mapping[str, Scale] = {scale.id: scale for scale in (UG, UV, TH, AF, PF)}

ENGLISH: Mapping[tuple[str, str], str] = {  # the university's own words in English vary [M]
    ("UG", "U"): "Fail",
    ("UG", "G"): "Pass",
    ("UV", "U"): "Fail",
    ("UV", "G"): "Pass",
    ("UV", "VG"): "Pass with distinction",
    ("TH", "U"): "Fail",
    ("TH", "3"): "Pass",
    ("TH", "4"): "Pass with credit",
    ("TH", "5"): "Pass with distinction",
    ("AF", "F"): "Fail",
    ("AF", "Fx"): "Fail, some more work required",
    ("AF", "E"): "Sufficient",
    ("AF", "D"): "Satisfactory",
    ("AF", "C"): "Good",
    ("AF", "B"): "Very good",
    ("AF", "A"): "Excellent",
    ("PF", "F"): "Fail",
    ("PF", "P"): "Pass",
}
"""Scale and value → English."""

WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    # What people and platforms write beside value, name and English. A word that could mean two values is nobody's:
    # ``pass`` and ``godkänd`` on a scale with several passing values name none of them.
    ("UG", "U"): ("Underkänt", "Ej godkänd", "Icke godkänd", "Ej godkänt", "Failed", "Not passed"),
    ("UG", "G"): ("Godkänt", "Passed"),
    ("UV", "U"): ("Underkänt", "Ej godkänd", "Icke godkänd", "Ej godkänt", "Failed", "Not passed"),
    ("UV", "G"): ("Godkänt", "Passed"),
    ("UV", "VG"): ("Väl godkänt", "Passed with distinction"),
    ("TH", "U"): ("Underkänt", "Ej godkänd", "Icke godkänd", "Ej godkänt", "Failed", "Not passed"),
    ("TH", "5"): (),
    ("AF", "F"): ("Underkänt", "Failed"),
    ("AF", "Fx"): ("Komplettering", "Fail some more work required"),
    ("PF", "F"): ("Underkänt", "Ej godkänd", "Icke godkänd", "Ej godkänt", "Failed", "Not passed"),
    ("PF", "P"): ("Godkänt", "Passed"),
}
AMBIGUOUS: frozenset[tuple[str, str]] = frozenset({("TH", "3"), ("TH", "4"), ("TH", "5")})
"""Values whose Swedish name or English word says less than the number: only the number is read."""

# --- flags of a decision --------------------------------------------------------------------------

CREDITS = "hp:"
"""Flag ``hp:7.5``: how many credits the module or course has. Only `standing.summary` reads it."""

# --- what a student may ask for -------------------------------------------------------------------

FAILED_ATTEMPTS = 2
"""After so many failed attempts at a course or part of it a student may have another examiner: HF 6 kap. 22 §."""

# --- corrections ----------------------------------------------------------------------------------

DECEIT = ("deceit", "Beslutet har blivit felaktigt för att studenten har lämnat oriktiga eller vilseledande uppgifter.")
"""Ground that lets a re-examination lower a grade [F: su.se, oru.se; FL 37 §; how HF 6:24 bounds it is M]."""

CORRECTIONS: Mapping[str, CorrectionRule] = {
    "rectification": CorrectionRule(
        reason="rectification",
        name="Rättelse",
        law="högskoleförordningen (1993:100) 6 kap. 23 §",  # which points to FL 36 §
        roles=("examiner",),
        direction="any",
        hears=("pupil",),  # the student, when the grade is lowered, unless it is unnecessary (FL 36 §)
        grounds=(("slip", "Beslutet innehåller en uppenbar felaktighet till följd av skrivfel eller förbiseende."),),
        duties=("note_in_catalogue",),
    ),
    "re-examination": CorrectionRule(
        reason="re-examination",
        name="Omprövning",
        law="högskoleförordningen (1993:100) 6 kap. 24 §",
        roles=("examiner",),
        direction="not_lower",  # but for deceit: `DECEIT`
        grounds=(
            ("obviously_wrong", "Beslutet är uppenbart oriktigt på grund av nya omständigheter eller annan anledning."),
            ("quick_and_simple", "Ändringen kan ske snabbt och enkelt."),
        ),
        duties=("note_in_catalogue",),
    ),
}
