"""Pupils and timetables of another diary: its columns become those of our own tables, which are then imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from testamur.exchange.connectors.diary import looking
from testamur.exchange.connectors.diary.fields import Kind
from testamur.exchange.connectors.diary.mapping import Mapping as Told
from testamur.exchange.connectors.diary.mapping import check
from testamur.exchange.connectors.diary.words import loose, meaning
from testamur.exchange.connectors.rules import Options, Reporter
from testamur.kernel.base.refused import Refused
from testamur.register.people.rules import Scheme, parse_identifier
from testamur.register.schools.rules import UnitView

ROSTERS = frozenset({Kind.PUPILS, Kind.TIMETABLE})
_PERSONS = ("identifier", "identifier_scheme", "given_name", "middle_name", "family_name", "birth_date", "sex", "email",
            "phone", "role", "school_code", "class", "year_level")  # fmt: skip
_TIMETABLE = ("school_code", "group", "subject", "teacher", "weekday", "week", "number", "start_time", "end_time",
              "room")  # fmt: skip
_SCHEMES: Mapping[str, tuple[Scheme, ...]] = {
    "BG": (Scheme.EGN, Scheme.LNCH),
    "SE": (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY),
    "VN": (Scheme.CCCD,),
}
_SEXES: Mapping[str, tuple[str, ...]] = {
    "female": ("ж", "жена", "женски", "момиче", "kvinna", "flicka", "k", "nữ", "f", "girl"),
    "male": ("м", "мъж", "мъжки", "момче", "man", "pojke", "nam", "m", "boy"),
}


@contextmanager
def as_our_own(path: Path, told: Told, school: UnitView, reporter: Reporter, on: date) -> Iterator[Path]:
    """The table as one of our own, row under row as it stands there; gone afterwards. Raises `MappingInvalid`."""
    check(told)
    pupils = told.kind is Kind.PUPILS
    columns = _PERSONS if pupils else _TIMETABLE
    with TemporaryDirectory(prefix="testamur-roster-") as folder:
        made = Path(folder) / ("persons.csv" if pupils else "timetable.csv")
        with made.open("w", encoding="utf-8", newline="") as stream:
            stream.write(_line(columns))
            line = 1
            for number, row in looking.rows(path, told, reporter, Options()):
                stream.write("\n" * max(0, number - line - 1))  # findings name the row of the table that was sent
                line = max(number, line + 1)
                cells = _translated(told, row)
                values = _person(cells, school, on) if pupils else {**cells, "number": cells["lesson"]}
                stream.write(_line([{**values, "school_code": school.code}.get(name, "") for name in columns]))
        yield made


def _translated(told: Told, row: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, text in row.items():
        words = {loose(word): said for word, said in told.values.get(name, {}).items()}
        found[name] = words.get(loose(text), text) if words else text
    return found


def _person(cells: dict[str, str], school: UnitView, on: date) -> dict[str, str]:
    """The row as a pupil: the number under the scheme of the country that it fits, else as a local one."""
    number, scheme = cells["number"], ""
    for one in _SCHEMES.get(school.country, ()):
        for text in (number, f"0{number}"):  # a spreadsheet drops a leading nought
            try:
                parse_identifier(one, text, on=on)
            except Refused:
                continue
            number, scheme = text, one.value
            break
        if scheme:
            break
    sex = meaning(cells["sex"], _SEXES) if cells["sex"] else ""
    return {
        **cells, "identifier": number, "identifier_scheme": scheme or (Scheme.LOCAL.value if number else ""),
        "role": "pupil", "sex": sex or cells["sex"],
    }  # fmt: skip


def _line(values: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow([" ".join(value.split()) for value in values])
    return text.getvalue()
