"""Plainly invented schools, pupils and decisions, and the snapshot around a document's content."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from testamur.kernel.proofs.jcs import canonical
from testamur.law.contract import Decision, DocumentFacts, DocumentType, Period, PupilFacts, SchoolFacts
from testamur.law.se_compulsory import tables as se
from testamur.law.vn_primary import rules as vn_rules
from testamur.law.vn_primary import tables as vn
from testamur.trust.records.render import Renderer, template_digest

FROZEN = datetime(2026, 6, 10, 8, tzinfo=UTC)
CODE = "7KQ2-M4XR-91TD"
URL = f"https://betyg.norrstad.example/v/{CODE}"

HT = Period("2025/2026", "HT", date(2025, 8, 18), date(2025, 12, 19))
VT = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 12))
FORMER = Period("2024/2025", "VT", date(2025, 1, 8), date(2025, 6, 12))

SCHOOL = SchoolFacts("12345678", "Ekbackens påhittade skola", "Norrstads kommun")
PUPIL = PupilFacts(
    "Astrid Påhittad", "Astrid", "Påhittad", "se.personnummer", "20100304-2382", date(2010, 3, 4), sex="female"
)
LONG_NAME = "Maximiliana Konstantinopolskaja-Påhittsdotter af Exempelstierna von und zu Musterhausen"
CYRILLIC_NAME = "Цветелина Измислена-Примерова"

CORE = tuple(s.code for s in se.SUBJECTS if not s.covers and not s.elective and s.code != "SVA")
TYPICAL = (*CORE, "M2SPA", "MLVIE")
MANY = (*TYPICAL, "JU", "TN", *(f"M1{c}" for c in ("FRA", "DEU", "ZHO")), *(f"ML{c}" for c in (
    "ARA", "SOM", "FAS", "SRP", "BUL", "FIN")))  # fmt: skip


def grade(code: str, value: str = "C", period: Period = HT, **more: Any) -> Decision:
    return Decision(
        "grade", code, value, period, 9, decided_by=("Lo Lärarsson",), decided_on=date(2025, 12, 15), **more
    )


def absence(hours: int, period: Period = HT) -> Decision:
    return Decision("fact", se.UNEXCUSED, str(hours), period, 9)


def swedish(*decisions: Decision, period: Period = HT, pupil: PupilFacts = PUPIL, **more: Any) -> DocumentFacts:
    return DocumentFacts(SCHOOL, period, 9, "9A", pupil, decisions, date(2025, 12, 19), **more)


def grades(codes: tuple[str, ...], period: Period = HT) -> tuple[Decision, ...]:
    return tuple(grade(code, "ABCDEF-"[i % 7], period) for i, code in enumerate(codes))


def catalogue(size: int, name: str = "Elev") -> DocumentFacts:
    rows = tuple(
        (
            PupilFacts(f"{name} {n} Testdotter", "", "", "se.personnummer", f"20100304-{2000 + n}", None),
            () if n == 7 else (grade("MA", "ABCDEF-"[n % 7]),),
        )
        for n in range(size)
    )
    return DocumentFacts(
        SCHOOL, HT, 9, "9A", None, (), date(2025, 12, 19), group_name="9A Ma", subject_code="MA", rows=rows
    )


VN_SCHOOL = SchoolFacts(
    "VN1", "Trường Tiểu học Thử Nghiệm", "Phòng Giáo dục Giả Định", district="Thử Nghiệm", province="Hải Dương"
)
VN_PUPIL = PupilFacts(
    "Nguyễn Thị Ví Dụ", "Ví Dụ", "Nguyễn Thị", "vn.cccd", "030316001234", date(2016, 9, 21), sex="female",
    birth_place="Hải Dương", ethnicity="Kinh", nationality="Việt Nam", home="Thôn Giả Định, xã Thử Nghiệm",
    parents=(("father", "Nguyễn Văn Thử"), ("mother", "Trần Thị Mẫu")),
)  # fmt: skip


def vn_year(level: int, *, words: int = 1) -> tuple[Period, tuple[Decision, ...]]:
    """A complete year with the best of everything; `words` repeats each comment."""
    first = 2020 + level
    period = Period(f"{first}-{first + 1}", "", date(first, 9, 5), date(first + 1, 5, 31))

    def made(kind: str, code: str, value: str, comment: str = "") -> Decision:
        return Decision(
            kind, code, value, period, level, comment=(comment + " ") * words if comment else "",
            decided_on=date(first + 1, 5, 25), decided_by=("Lê Thị Giáo Viên", "Phạm Hiệu Trưởng"),
        )  # fmt: skip

    decisions = [
        *(made("level", c, "T", "Đọc trôi chảy, viết chữ đẹp, tích cực phát biểu.")
          for ways in vn_rules.expected(level) for c in ways[-1]),
        *(made("test", c, "9") for ways in vn_rules.expected_tests(level, "") for c in ways[-1]),
        *(made("quality", c, "T", "Biết yêu quý, giúp đỡ bạn bè.") for c in vn.QUALITIES),
        *(made("competence", c, "T", "Tự giác thực hiện nhiệm vụ học tập.") for c in vn.COMPETENCES),
        made("fact", "height_cm", "132.5"),
        made("fact", "absent_with_leave", "2"),
        made("year_result", "ket_qua_giao_duc", "xuat_sac"),
        made("award", "khen_thuong", "hs_xuat_sac"),
    ]  # fmt: skip
    return period, tuple(decisions)


def vietnamese(level: int = 4, *, words: int = 1, earlier: tuple[int, ...] = (), **more: Any) -> DocumentFacts:
    period, decisions = vn_year(level, words=words)
    history = tuple((vn_year(e)[0], e, f"{e}A", VN_SCHOOL.name, vn_year(e, words=words)[1]) for e in earlier)
    return DocumentFacts(
        VN_SCHOOL, period, level, f"{level}A", VN_PUPIL, decisions, period.ends, class_teacher="Lê Thị Giáo Viên",
        principal="Phạm Hiệu Trưởng", history=history, **more,
    )  # fmt: skip


def snapshot(
    kind: DocumentType, facts: DocumentFacts, *, test: bool = False, signing: bool = False, **changes: Any
) -> dict[str, Any]:
    """The whole snapshot (docs/formats.md §1); `signing`: those sign too who need not."""
    pupil = facts.pupil
    subject: dict[str, Any] = {"kind": "group", "name": facts.group_name}
    if pupil is not None:
        subject = {
            "kind": "pupil", "name": pupil.name, "given": pupil.given, "family": pupil.family,
            "identifier": {"scheme": pupil.identifier_scheme, "value": pupil.identifier},
            "birth_date": pupil.birth_date.isoformat() if pupil.birth_date else "",
        }  # fmt: skip
    return {
        "v": 1, "record": "urn:uuid:5f7a6f3e-7a35-4f0e-9a53-0d1d5ce4a001", "version": 1, "replaces": None,
        "document": {"type": kind.code, "title": kind.title, "locale": kind.locale, "period": facts.period.label},
        "pack": {"id": kind.code.rsplit(".", 1)[0], "version": "2026.1"},
        "template": {"id": kind.code, "version": kind.template_version, "sha256": template_digest(kind.template)},
        "issuer": {
            "id": "urn:uuid:5f7a6f3e-7a35-4f0e-9a53-0d1d5ce4a0ff", "name": facts.school.authority,
            "unit": {"code": facts.school.code, "name": facts.school.name},
        },
        "subject": subject,
        "content": kind.content(facts),
        "signers": [
            {"order": s.order, "role": s.role, "title": s.title, "name": "Gunnel Låtsas", "ref": "0" * 64}
            for s in kind.signers
            if s.needed or signing
        ],
        "seal": {"page": kind.seal_page, "rect": list(kind.seal_rect)},
        "verify": {"code": CODE, "url": URL},
        "issued_on": facts.issued_on.isoformat(), "frozen_at": "2026-06-10T08:00:00Z", "test": test,
        **changes,
    }  # fmt: skip


@cache
def renderer() -> Renderer:
    return Renderer()


def draw(kind: DocumentType, facts: DocumentFacts, **changes: Any) -> bytes:
    return _drawn(kind.template, canonical(snapshot(kind, facts, **changes)))


@cache
def _drawn(template: Path, data: bytes) -> bytes:
    return renderer().render(template=template, record_json=data, frozen_at=FROZEN)


@dataclass(frozen=True, slots=True)
class Word:
    page: int
    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether the word reaches more than a hair into the rectangle."""
        return min(self.x1, x1) - max(self.x0, x0) > 0.5 and min(self.y1, y1) - max(self.y0, y0) > 0.5


def words(pdf: bytes, folder: Path) -> list[Word]:
    """Every word with its box; points from the top left."""
    path = folder / "words.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True)
    found, page = [], 0
    for line in done.stdout.splitlines():
        if "<page " in line:
            page += 1
        if m := re.search(
            r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)</word>', line
        ):
            found.append(Word(page, m[5], *(float(m[i]) for i in range(1, 5))))
    return found
