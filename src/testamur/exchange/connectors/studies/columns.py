"""Columns of the tables, with the headers that universities write in Swedish."""

from __future__ import annotations

from testamur.exchange.connectors.tabular.table import Column


def _column(name: str, *aliases: str) -> Column:
    return Column(name.rstrip("!"), required=name.endswith("!"), aliases=aliases)


_COURSE = _column("course!", "kurs", "kurskod", "course_code")
_MODULE = _column("module", "modul", "modulkod", "provkod")
_TERM = _column("term", "termin")
_UNIT = _column("unit", "institution", "department", "avdelning")
_STUDENT = _column("personal_number!", "personnummer", "personnr", "pnr", "student")
_CREDITS = _column("credits!", "hp", "poäng", "högskolepoäng", "omfattning")
_SCALE = _column("scale!", "betygsskala", "skala")

TABLES: dict[str, tuple[Column, ...]] = {
    "courses": (
        _column("code!", "kurskod", "kod"),
        _column("name!", "namn", "benämning"),
        _column("name_en", "engelskt namn", "benämning på engelska"),
        _CREDITS,
        _SCALE,
        _column("final_rule", "slutbetygsregel"),
        _column("degree_project", "examensarbete"),
        _column("discontinued_on", "nedlagd", "avvecklad"),
    ),
    "modules": (
        _COURSE,
        _column("code!", "modulkod", "provkod", "kod"),
        _column("name!", "namn", "benämning"),
        _column("name_en", "engelskt namn", "benämning på engelska"),
        _CREDITS,
        _SCALE,
        _column("deciding", "betygsgrundande", "avgörande"),
        _column("titled", "titel", "titel krävs"),
    ),
    "occasions": (
        _COURSE,
        _column("code!", "tillfälleskod", "kurstillfälleskod", "anmälningskod"),
        _column("term!", "termin"),
        _UNIT,
        _column("start_date!", "startdatum", "från"),
        _column("end_date!", "slutdatum", "till"),
        _column("pace", "studietakt", "takt"),
    ),
    "registrations": (
        _STUDENT,
        _COURSE,
        _column("occasion!", "tillfälleskod", "kurstillfälle", "kurstillfälleskod"),
        _TERM,
        _column("registered_on!", "registreringsdatum", "registrerad"),
        _column("ended_on", "avslutad", "avbrottsdatum"),
        _column("ended", "avslut", "orsak"),
    ),
    "exams": (
        _COURSE,
        _MODULE,
        _column("code!", "tentamenskod", "aktivitetstillfälle", "kod"),
        _column("name!", "namn", "benämning"),
        _column("held_on!", "datum", "tentamensdatum"),
        _UNIT,
        _column("anonymous", "anonym"),
    ),
    "signups": (
        _STUDENT,
        _COURSE,
        _column("exam!", "tentamenskod", "tentamen"),
        _column("held_on!", "datum", "tentamensdatum"),
        _column("anonymous_code", "anonymkod", "kodnummer"),
        _column("attended", "närvarande", "deltog"),
    ),
    "credits": (
        _STUDENT,
        _COURSE,
        _MODULE,
        _CREDITS,
        _column("decided_on!", "beslutsdatum", "datum"),
    ),
}
"""Table name (file name or worksheet) → its columns, in the order in which tables depend on one another."""

NAMES: dict[str, tuple[str, ...]] = {
    "courses": ("courses", "kurser"),
    "modules": ("modules", "moduler", "prov"),
    "occasions": ("occasions", "kurstillfällen", "tillfällen"),
    "registrations": ("registrations", "registreringar"),
    "exams": ("exams", "tentor", "tentamina", "tentamen"),
    "signups": ("signups", "anmälningar", "tentamensanmälningar"),
    "credits": ("credits", "tillgodoräknanden"),
}
"""Names of files and worksheets that hold each table."""

YES_NO = {"yes": "yes", "no": "", "ja": "yes", "nej": "", "true": "yes", "false": "", "1": "yes", "0": ""}
RULES = {
    "manual": "manual", "manuell": "manual", "single_module": "single_module", "enda modulen": "single_module",
    "deciding_module": "deciding_module", "avgörande modul": "deciding_module",
    "betygsgrundande modul": "deciding_module", "mean_rounded": "mean_rounded", "medelvärde": "mean_rounded",
}  # fmt: skip
"""Rules for the final grade of a course."""
ENDED = {
    "interrupted": "interrupted", "avbrott": "interrupted", "withdrawn": "withdrawn", "återkallad": "withdrawn",
    "borttagen": "withdrawn",
}  # fmt: skip
SCALES = {"U/G": "UG", "U/G/VG": "UV", "U/3/4/5": "TH", "A-F": "AF", "F/P": "PF", "P/F": "PF"}
"""Scales as they are written, beside the ids of the pack."""
