"""Students and grades out of tables and out of the gradebook of a OneRoster bundle."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from testamur.exchange.connectors.lms import fetching, filing
from testamur.exchange.connectors.lms.rules import Brought, Note
from testamur.exchange.connectors.uploads import WrongKind
from testamur.kernel.base.refused import NotAllowed
from tests.schoolday.reporting.university import University

HEAD = "sourcedId,status,dateLastModified"
MANIFEST = "propertyName,value\noneroster.version,1.2\nfile.users,bulk\nfile.lineItems,bulk\nfile.results,bulk\n"


def _file(
    u: University, name: str, data: str | bytes, *, scale: str = "AF", by: str = "teacher", **more: Any
) -> Brought:
    sent = data.encode() if isinstance(data, str) else data
    return fetching.file(by=u.actor(by), path=u.data, scale=scale, name=name, data=sent, now=u.now, **more)


def _dashed(number: str) -> str:
    return f"{number[:8]}-{number[8:]}"


@pytest.mark.feature("B31", "B33")
def test_a_table_gives_students_grades_days_and_points(
    university: University, numbers: list[str], mails: list[str]
) -> None:
    u = university
    text = (
        "Personnummer;E-post;Betyg;Examinationsdatum;Poäng\n"
        f"{_dashed(numbers[0])};;b;2026-10-28;41,5\n"
        f"{numbers[1]};{mails[1]};FX;28.10.2026;12\n"
        f"{numbers[2][2:8]}-{numbers[2][8:]};;;;\n"
        f";{mails[3].upper()};A;2026-10-28;60\n"
    )
    brought = _file(u, "tenta.csv", text)
    assert [(one.person, one.value, one.examined_on, one.points) for one in brought.incoming] == [
        (u.students[0], "B", date(2026, 10, 28), "41.5"),
        (u.students[1], "Fx", date(2026, 10, 28), "12"),
        (u.students[2], "", None, ""),
        (u.students[3], "A", date(2026, 10, 28), "60"),
    ]
    assert brought.unknown == ()
    assert brought.notes == ()


@pytest.mark.feature("B33")
def test_each_fault_of_a_table_is_told_with_its_line_and_the_rest_is_read(
    university: University, numbers: list[str], mails: list[str]
) -> None:
    u = university
    text = (
        "number,email,name,grade,date,points\n"
        f"{numbers[0]},,Ett,G+,2026-10-28,\n"
        f"{numbers[1]},,Två,A,2026-02-30,\n"
        f"{numbers[2]},,Tre,A,2026-10-28,många\n"
        f"{numbers[0]},,Ett igen,B,2026-10-28,\n"
        f"{numbers[4]},{mails[5]},Fem,B,2026-10-28,\n"
        ",,Ingen,B,2026-10-28,\n"
        "19000101-0017,,Okänd Prov,B,2026-10-28,\n"
    )
    brought = _file(u, "t.csv", text)
    assert [(one.person, one.value, one.examined_on) for one in brought.incoming] == [
        (u.students[0], "", date(2026, 10, 28)),
        (u.students[1], "A", None),
        (u.students[2], "A", date(2026, 10, 28)),
    ]
    assert brought.unknown == ("Fem", "Okänd Prov")
    assert [(note.code, note.row) for note in brought.notes] == [
        ("off_scale", 2), ("file", 3), ("no_number", 4), ("twice", 5), ("conflict", 6), ("no_key", 7),
    ]  # fmt: skip
    assert Note("off_scale", 2, "G+") in brought.notes
    assert brought.notes[3].found == "2", "the line that was read"


@pytest.mark.feature("B33")
def test_a_workbook_with_percentages_becomes_grades_by_thresholds(university: University, numbers: list[str]) -> None:
    u, made = university, io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Kursen DV1574, exporterad"])
        sheet.write_row(1, 0, ["SIS User ID", "Student", "Final Score", "Points Possible", "Examination date"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for n, score in enumerate((50, 44.9, 29), start=2):
            sheet.write_row(n, 0, [numbers[n - 2], f"Prov {n}", score, 50])
            sheet.write_datetime(n, 4, date(2026, 10, 28), day)
    brought = _file(u, "betyg.xlsx", made.getvalue(), thresholds="A 90, B 80, C 60")
    assert [(one.value, one.points, one.examined_on) for one in brought.incoming] == [
        ("A", "50", date(2026, 10, 28)), ("B", "44.9", date(2026, 10, 28)), ("", "29", date(2026, 10, 28)),
    ]  # fmt: skip
    assert [(note.code, note.found) for note in brought.notes] == [
        ("file", "Kursen DV1574, exporterad"),
        ("below", "58 %"),
    ]


def test_a_bare_digit_is_a_grade_where_the_scale_has_it_and_points_where_it_has_not(
    university: University, numbers: list[str]
) -> None:
    text = f"number,grade\n{numbers[0]},4\n{numbers[1]},87 %\n"
    assert [one.value for one in _file(university, "t.csv", text, scale="TH").incoming] == ["4", ""]
    brought = _file(university, "t.csv", text, scale="AF", thresholds="A 80")
    assert [(one.value, one.points) for one in brought.incoming] == [("", "4"), ("A", "87")]
    assert [note.code for note in brought.notes] == ["no_maximum"]


def _bundle(results: str, items: str = "", users: str = "", *, manifest: str = MANIFEST) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("manifest.csv", manifest)
        packed.writestr("users.csv", f"{HEAD},userIds,givenName,familyName,identifier,email\n{users}")
        packed.writestr("lineItems.csv", f"{HEAD},title,classSourcedId,resultValueMin,resultValueMax\n{items}")
        packed.writestr(
            "results.csv",
            f"{HEAD},lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore\n{results}",
        )
    return made.getvalue()


@pytest.mark.feature("B33")
def test_the_gradebook_of_a_oneroster_bundle_gives_grades_and_no_day(
    university: University, numbers: list[str], mails: list[str]
) -> None:
    u = university
    users = (
        f"u0,,,{{personnummer:{_dashed(numbers[0])}}},Noll,Prov,,\n"
        f"u1,,,,Ett,Prov,{numbers[1]},\n"
        f"u2,,,,Två,Prov,,{mails[2]}\n"
        f"u3,,,,Tre,Prov,{numbers[3]},\n"
        "u4,,,,Fyra,Främmande,x-4,\n"
    )
    items = "i1,,,Tentamen,c1,0,60\ni2,,,Labb,c1,0,10\n"
    results = (
        "r0,,,i1,u0,fully graded,60,2026-11-05,,\n"
        "r1,,,i1,u1,fully graded,12,2026-11-05,,Fx\n"
        "r2,,,i1,u2,fully graded,C,2026-11-05,,\n"
        "r3,,,i1,u3,submitted,44,2026-11-05,,\n"
        "r4,,,i1,u4,fully graded,44,2026-11-05,,\n"
        "r5,,,i2,u0,fully graded,1,2026-11-05,,\n"
    )
    data = _bundle(results, items, users)
    assert [(one.id, one.label, one.maximum) for one in fetching.file_items(name="b.zip", data=data)] == [
        ("i1", "Tentamen", Decimal(60)), ("i2", "Labb", Decimal(10)),
    ]  # fmt: skip
    with pytest.raises(filing.ChooseLineItem) as refused:
        _file(u, "b.zip", data)
    assert refused.value.found["items"] == "Tentamen, Labb"
    assert len(_file(u, "b.zip", data, line_item="labb").incoming) == 1
    with pytest.raises(filing.ChooseLineItem):
        _file(u, "b.zip", data, line_item="i9")
    brought = _file(u, "b.zip", data, line_item="i1", thresholds="A 90")
    assert [(one.person, one.value, one.points, one.examined_on) for one in brought.incoming] == [
        (u.students[0], "A", "60", None), (u.students[1], "Fx", "12", None), (u.students[2], "C", "", None),
    ]  # fmt: skip
    assert brought.unknown == ("Fyra Främmande",)
    assert [(note.code, note.row) for note in brought.notes] == [("ungraded", 5)]


def test_what_is_no_table_is_refused_in_words(university: University, numbers: list[str]) -> None:
    u = university
    wrong: list[tuple[str, str | bytes, type[Exception]]] = [
        ("t.csv", "namn,betyg\nProv,A\n", filing.NotATable),
        ("t.csv", "", WrongKind),
        ("t.xlsx", f"number\n{numbers[0]}\n", WrongKind),
        ("t.pdf", b"%PDF-1.7\n", filing.NotATable),
        ("t.zip", b"PK\x03\x04 broken", WrongKind),
        ("b.zip", _bundle("", manifest="propertyName,value\nfile.results,absent\n"), filing.NotATable),
        ("t.csv", b"number\n" + b"1" * filing.MAX_BYTES, filing.FileTooLarge),
        ("t.csv", "number\n" + "1\n" * (filing.MAX_ROWS + 1), filing.FileTooLarge),
    ]
    for name, data, kind in wrong:
        with pytest.raises(kind):
            _file(u, name, data)
    with pytest.raises(NotAllowed):
        _file(u, "t.csv", f"number\n{numbers[0]}\n", by="administrator")
    with pytest.raises(fetching.NoRules):
        _file(u, "t.csv", f"number\n{numbers[0]}\n", scale="XX")


def test_a_bundle_that_unpacks_to_more_than_is_read_is_refused(
    university: University, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MAX_UNPACKED", 100)
    with pytest.raises(filing.FileTooLarge):
        _file(university, "b.zip", _bundle(""))


def test_a_personal_number_that_nobody_has_is_not_made_good_by_an_address(
    university: University, mails: list[str]
) -> None:
    brought = _file(university, "t.csv", f"number,email,name\n19000101-0017,{mails[0]},Okänd Prov\n")
    assert (brought.incoming, brought.unknown) == ((), ("Okänd Prov",))


def test_a_name_that_climbs_out_is_only_a_name(university: University, numbers: list[str]) -> None:
    for name in ("../../etc/t.csv", "C:\\x\\..\\t.csv", ".t.csv"):
        assert len(_file(university, name, f"number\n{numbers[0]}\n").incoming) == 1


def test_a_protected_student_is_found_by_number_and_named_by_nobody(university: University, numbers: list[str]) -> None:
    u = university
    hidden = u.numbers["protected"]
    brought = _file(u, "t.csv", f"number,name\n{hidden},Vad som helst\n")
    assert [one.person for one in brought.incoming] == [u.persons["protected"]]
    assert u.names["protected"] not in repr(brought)
    assert hidden not in repr(brought)
