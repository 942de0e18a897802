"""A school administrator's way with the real command line: real processes, one small school, SQLite."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests import schema
from tests.journeys import schools
from tests.journeys.schools import PRINCIPAL, PUPILS, SE_SCHOOL, TEACHERS, valid

TERM = "2025/2026 VT"
ISSUE = ("issue", "--school", SE_SCHOOL, "--term", TERM)
PYTHON = (sys.executable, "-c", "from testamur.surfaces.cli.main import run; run()")


@dataclass(frozen=True)
class Ran:
    """What a command said."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def all(self) -> str:
        """Everything said; never a traceback."""
        said = self.out + self.err
        assert "Traceback" not in said
        return " ".join(said.split())


def command(data: Path, *arguments: object, **environment: str) -> Ran:
    """Run the command line as a person would."""
    done = subprocess.run(
        [*PYTHON, *map(str, arguments)],
        env=surroundings(data, **environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def surroundings(data: Path, **environment: str) -> dict[str, str]:
    """The environment: this data folder, demo mode, and the sources."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TESTAMUR_", "DJANGO_"))}
    source = str(Path(__file__).resolve().parents[2] / "src")
    return {**kept, "PYTHONPATH": source, "TESTAMUR_DATA": str(data), "TESTAMUR_MODE": "demo", **environment}


@dataclass(frozen=True)
class Town:
    """A municipality with one issued school."""

    data: Path
    bundles: Path
    told: dict[str, Any]

    @property
    def records(self) -> Path:
        """The copies as they were handed out first, whatever a later test corrects."""
        return self.bundles / "handed-out"

    @property
    def trust(self) -> Path:
        """The bundle to verify with."""
        return self.records / "trust.json"

    def pdfs(self, kind: str = "terminsbetyg") -> list[Path]:
        """Issued originals."""
        return sorted(self.records.rglob(f"{kind}/*.pdf"))

    def verify(self, *files: Path) -> Ran:
        """With the town's own trust bundle."""
        return command(self.data, "verify", "--trust", self.trust, *files)

    def correct(self, *more: str, subject: str = "Matematik", value: str = "A", by: str = "", pupil: int = 0) -> Ran:
        """Rectify a grade."""
        return command(
            self.data, "correct", "--school", SE_SCHOOL, "--term", TERM, "--pupil", valid(PUPILS[pupil][0]),
            "--subject", subject, "--value", value, "--because", "rectification", "--by", by or valid(PRINCIPAL), *more,
        )  # fmt: skip


LAWFUL = ("--ground", "slip", "--explanation", "Skrivfel.", "--heard", "pupil", "--heard", "guardian")


def imported(folder: Path, *, principal: bool = True, new: bool = False) -> Path:
    """A data folder into which the roster was imported; `new`: nothing whatever was there before."""
    roster = schools.oneroster(folder / "oneroster", principal=principal)
    data = folder / "data" if new else schema.put(folder / "data")
    done = command(data, "import", roster, "--country", "SE", "--identifiers", "se.personnummer", "--json")
    assert done.exit == 0, done.all
    assert done.json["bundles"][0]["refused"] == 0
    return data


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """OneRoster and a table of grades in, the term's documents out."""
    folder = tmp_path_factory.mktemp("town")
    data = imported(folder, new=True)
    grades = schools.grades(folder / "betyg" / "grades.csv")
    done = command(data, "import", grades.parent, "--json")
    assert done.exit == 0, done.all
    issued = command(data, *ISSUE, "--json")
    assert issued.exit == 0, issued.all
    shutil.copytree(data / "records", folder / "handed-out")
    return Town(data, folder, issued.json)


# --- the way through -------------------------------------------------------------------------------


@pytest.mark.feature("A1", "A5", "A16", "A19")
def test_a_roster_and_a_table_of_grades_become_issued_documents(town: Town) -> None:
    assert town.told["records"] == len(PUPILS) + len(TEACHERS)
    assert town.told["made"] == ["seal", "log"]
    assert (town.told["left_out"], town.told["waiting"], town.told["exit"]) == ([], {}, 0)
    assert len(town.pdfs()) == len(PUPILS)
    assert len(town.pdfs("betygskatalog")) == len(TEACHERS)


@pytest.mark.feature("A22")
def test_every_document_verifies_offline(town: Town) -> None:
    done = town.verify(*town.pdfs(), *town.pdfs("betygskatalog"))
    assert done.exit == 0, done.all
    assert done.out.count("VALID") == town.told["records"]


@pytest.mark.feature("A18", "A20")
def test_foreign_tools_accept_every_document(town: Town) -> None:
    import page

    for path in (*town.pdfs(), *town.pdfs("betygskatalog")):
        with path.open("rb") as stream:
            (signature,) = PdfFileReader(stream).embedded_signatures
            anchors = ValidationContext(trust_roots=[], allow_fetching=False)
            status = validate_pdf_signature(signature, signer_validation_context=anchors)
            assert (status.intact, status.valid) == (True, True)
            assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
            assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        shown = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
        assert "Total document signed" in shown
        assert "Signature is Valid" in shown
        for profile in ("3a", "ua1"):
            assert page.validate_pdf_bytes(path.read_bytes(), profile=profile).is_compliant, (path.name, profile)


def test_issuing_again_issues_nothing_twice(town: Town) -> None:
    again = command(town.data, *ISSUE, "--json").json
    assert (again["records"], again["exit"]) == (0, 0)
    assert again["issued_already"] >= town.told["records"] - 1


def test_the_audits_agree(town: Town) -> None:
    for name in ("log", "archive", "journal"):
        done = command(town.data, name, "audit", "--json")
        assert (done.exit, done.json["faults"]) == (0, []), name


# --- forgeries -------------------------------------------------------------------------------------


@pytest.mark.feature("A21")
def test_a_flipped_byte_a_shadow_revision_and_foreign_parts_are_refused_with_the_reason(
    town: Town, tmp_path: Path
) -> None:
    first, second = town.pdfs()[:2]
    data, other = first.read_bytes(), second.read_bytes()
    flipped = bytearray(data)
    box_font = data.index(b"/Length1", data.rindex(b"startxref", 0, data.rindex(b"startxref")))  # in revision 2
    flipped[data.index(b"stream\n", box_font) + 40] ^= 1
    forged = {
        "flipped": (bytes(flipped), "The file was changed after it was sealed"),
        "shadow": (data + b"\n%%EOF\n", "revisions"),
        "foreign seal": (with_seal_of(data, other), "belongs to another record"),
        "cut": (data[:-500], "damaged or was tampered with"),
    }
    for name, (made, reason) in forged.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(made)
        done = town.verify(path)
        assert done.exit == 1, name
        assert "FORGED OR CHANGED" in done.all
        assert reason in done.all, (name, done.all)


def test_a_proof_of_another_record_beside_the_file_is_refused(town: Town, tmp_path: Path) -> None:
    first, second = town.pdfs()[:2]
    (tmp_path / "a.pdf").write_bytes(first.read_bytes())
    (tmp_path / "a.pdf.tlog-proof").write_bytes(second.with_suffix(".pdf.tlog-proof").read_bytes())
    done = town.verify(tmp_path / "a.pdf")
    assert done.exit == 1
    assert "The proof beside the file is another than the one inside" in done.all


def test_without_the_issuers_trust_bundle_nothing_is_called_valid(town: Town) -> None:
    done = command(town.data, "verify", town.pdfs()[0], TESTAMUR_TRUST="")
    assert done.exit == 2
    assert "CANNOT BE DECIDED" in done.all


def with_seal_of(data: bytes, other: bytes) -> bytes:
    """The file with the signature container of another one in the place of its own."""
    pattern = re.compile(rb"/Contents ?<([0-9a-fA-F]{200,})>")
    mine, theirs = list(pattern.finditer(data))[-1], list(pattern.finditer(other))[-1]
    container = theirs[1][: len(mine[1])].ljust(len(mine[1]), b"0")
    return data[: mine.start(1)] + container + data[mine.end(1) :]


# --- corrections -----------------------------------------------------------------------------------


def test_the_law_is_told_when_a_correction_lacks_its_grounds(town: Town) -> None:
    done = town.correct()
    assert done.exit == 1
    assert "--ground slip" in done.all
    assert "3 kap. 19 §" in done.all


def test_a_teacher_does_not_rectify(town: Town) -> None:
    done = town.correct(*LAWFUL, by=valid(TEACHERS["MA"]))
    assert done.exit == 1
    assert "does not hold the post principal" in done.all


@pytest.mark.parametrize(
    ("subject", "value", "said"),
    [
        ("Matematik", "G", "not on the scale A, B, C, D, E, F, -"),
        ("Simning", "A", "No subject is called 'Simning'"),
        ("Fysik", "A", "there are: EN"),
    ],
)
def test_a_wrong_grade_or_subject_is_told_with_what_there_is(town: Town, subject: str, value: str, said: str) -> None:
    done = town.correct(*LAWFUL, subject=subject, value=value)
    assert done.exit == 1
    assert said in done.all


def test_a_rectified_grade_becomes_a_new_document_that_names_the_old_one(town: Town) -> None:
    pupil = 3
    (before,) = [p for p in town.pdfs() if PUPILS[pupil][1] in p.name]
    done = town.correct(*LAWFUL, pupil=pupil, value="E")
    assert done.exit == 0, done.all
    assert "F → E" in done.all
    issued = command(town.data, *ISSUE, "--json")
    assert (issued.exit, issued.json["records"], issued.json["replaced"]) == (0, 2, 2), issued.all
    folder = town.data / "records"
    (after,) = [p for p in folder.rglob(f"terminsbetyg/{PUPILS[pupil][1]}*.pdf") if p.name != before.name]
    assert command(town.data, "verify", "--trust", folder / "trust.json", after).exit == 0
    old = command(town.data, "verify", "--trust", folder / "trust.json", before)
    assert old.exit == 1
    assert "a later version has replaced it" in old.all
    assert snapshot(after)["replaces"] == snapshot(before)["record"]
    assert snapshot(after)["version"] == 2


def snapshot(path: Path) -> Any:
    """The record.json inside."""
    with pikepdf.open(path) as pdf:
        return json.loads(pdf.attachments["record.json"].get_file().read_bytes())


# --- finished documents ----------------------------------------------------------------------------


@pytest.mark.feature("A16")
def test_finished_documents_are_taken_in_signed_and_issued_and_bad_ones_are_told(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "finished"
    folder.mkdir()
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(folder / "intyg.pdf")
    (folder / "brev.pdf").write_text("Inget PDF.")
    signer = f"principal:{valid(PRINCIPAL)}:Rut Rektorsexempel"
    schools.table(
        folder / "register.csv",
        ("file", "identifier", "scheme", "document_type", "signers", "school_code", "issued_on"),
        [
            (name, valid(PUPILS[0][0]), "se.personnummer", "Intyg", signer, SE_SCHOOL, "2026-06-12")
            for name in ("intyg.pdf", "brev.pdf", "saknas.pdf")
        ],
    )
    nothing = command(town.data, "issue", "--school", SE_SCHOOL, "--finished")
    assert nothing.exit == 1
    assert "No finished document waits" in nothing.all
    done = command(town.data, "import", folder)
    assert done.exit == 1
    assert "not a whole PDF" in done.all
    assert "no such file in the bundle" in done.all
    issued = command(town.data, "issue", "--school", SE_SCHOOL, "--finished", "--out", tmp_path / "out", "--json")
    assert (issued.exit, issued.json["records"]) == (0, 1), issued.all
    assert town.verify(issued.json["first"]).exit == 0


# --- what goes wrong -------------------------------------------------------------------------------


def test_a_vacant_principals_post_leaves_out_only_what_a_principal_signs(tmp_path: Path) -> None:
    data = imported(tmp_path, principal=False)
    assert command(data, "import", schools.grades(tmp_path / "betyg" / "grades.csv").parent).exit == 0
    done = command(data, *ISSUE)
    assert done.exit == 1
    assert f"left out {len(PUPILS)} terminsbetyg" in done.all
    assert "nobody holds that post" in done.all
    assert f"{len(TEACHERS)} records issued" in done.all


def test_grades_off_the_scale_of_unknown_subjects_or_persons_are_left_out_one_by_one(tmp_path: Path) -> None:
    data = imported(tmp_path)
    teacher = TEACHERS["MA"]
    bad = [
        schools.grade(PUPILS[0][0], "BI", "G", teacher),
        schools.grade(PUPILS[0][0], "Simning", "A", teacher),
        schools.grade("201001019800", "MA", "A", teacher),
        schools.grade(PUPILS[0][0], "KE", "A", "196001019800"),
    ]
    done = command(data, "import", schools.grades(tmp_path / "betyg" / "grades.csv", extra=bad).parent, "--json")
    (bundle,) = done.json["bundles"]
    assert (done.exit, bundle["refused"], bundle["counts"]["mark"]["refused"]) == (1, 4, 4)
    assert {d["code"] for d in bundle["first"] if d["severity"] == "refused"} == {
        "se.compulsory.value.off_scale", "se.compulsory.subject.unknown", "import.reference.unknown",
    }  # fmt: skip
    assert command(data, *ISSUE).exit == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("issue", "--school", "00000000", "--term", TERM), 1, f"1 are known: {SE_SCHOOL}"),
        (("issue", "--school", SE_SCHOOL, "--term", "2024/2025 VT"), 1, "Known: 2025/2026 HT, 2025/2026 VT"),
        ((*ISSUE, "--document", "diplom"), 1, "it has terminsbetyg, slutbetyg, betygskatalog"),
        ((*ISSUE, "--issued-on", "12/6/2026"), 2, "write it as 2026-06-12"),
        ((*ISSUE, "--finished"), 2, "one of the two"),
        ((*ISSUE, "--workers", "0"), 2, "--workers"),
        ((*ISSUE, "--colour"), 2, "No such option"),
        (("print",), 2, "No such command"),
        (("import", "/nowhere/at/all"), 1, "no such file or folder"),
        (("import", ".", "--dates", "ymd"), 2, "dmy or mdy"),
        (("trust", "/proc/nowhere/trust.json"), 1, "no such file or folder"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(town: Town, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = command(town.data, *arguments)
    assert done.exit == code, done.all
    assert said.lower() in done.all.lower().replace("│ ", "")


def test_an_error_is_one_json_object_too(town: Town) -> None:
    for arguments in (("issue", "--school", "00000000", "--term", TERM, "--json"), ("issue", "--json")):
        done = command(town.data, *arguments)
        assert done.json["exit"] == done.exit != 0
        assert set(done.json["error"]) >= {"code", "message"}


def test_the_simulated_signer_does_not_sign_outside_demo_mode(town: Town) -> None:
    done = command(town.data, *ISSUE, TESTAMUR_MODE="production")
    assert done.exit == 1
    assert "people sign for themselves" in done.all


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("TESTAMUR_MODE", "play", "TESTAMUR_MODE='play'"), ("TESTAMUR_DATA", "{file}", "A file stands where a folder")],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    (tmp_path / "file").touch()
    done = command(tmp_path / "data", "log", "audit", **{name: value.format(file=tmp_path / "file")})
    assert done.exit in {1, 2}
    assert said in done.all


def test_a_folder_that_cannot_be_written_stops_before_anything_is_signed(town: Town, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    before = command(town.data, "journal", "audit", "--json").json["entries"]
    done = command(town.data, *ISSUE, "--out", tmp_path / "out")
    assert done.exit == 1
    assert "A file stands where a folder is needed" in done.all
    assert command(town.data, "journal", "audit", "--json").json["entries"] == before


def test_a_data_folder_with_a_broken_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "testamur.sqlite3").write_text("This is no database, whatever its name says. " * 50)
    done = command(tmp_path, *ISSUE)
    assert done.exit == 1
    assert "is no database" in done.all


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(tmp_path: Path) -> None:
    data = imported(tmp_path)
    assert command(data, "import", schools.grades(tmp_path / "betyg" / "grades.csv").parent).exit == 0
    with subprocess.Popen(
        [*PYTHON, *ISSUE],
        env=surroundings(data),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    ) as running:
        deadline = time.monotonic() + 240
        while not (data / "logs").exists() and time.monotonic() < deadline:  # the seal is made, issuing begins
            time.sleep(0.02)
        assert (data / "logs").exists() or running.poll() is not None, "it did not come to issuing"
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=240)[1]
    assert running.returncode in {0, 130}  # a small school may be done before the signal arrives
    assert "Traceback" not in said
    if running.returncode:
        assert "goes on from there" in " ".join(said.split())
    again = command(data, *ISSUE, "--json")
    assert again.exit == 0, again.all
    assert again.json["records"] + again.json["issued_already"] == len(PUPILS) + len(TEACHERS)
    audit = command(data, "log", "audit", "--json").json
    assert (audit["records"], audit["faults"]) == (len(PUPILS) + len(TEACHERS), [])
