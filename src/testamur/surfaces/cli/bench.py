"""`testamur bench issue`: what issuing costs, against the floor of the same work and against a stock tool chain.

The floor is, for the very same documents in the same process: a bare Typst compile of the same template and data, one
raw signature with the same key, and the same bytes written and flushed (in groups, as we do it; one flush per file
would flatter us). Sections of floor and product alternate, so that a machine that changes speed changes both.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import output
from testamur.surfaces.cli.bench_machine import machine, peak_rss

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.trust.records.rules import NewRecord

app = typer.Typer(help="Measure this machine.", no_args_is_help=True)
SECTION = 250
WARM = 100
FLOOR = 60
PUBLIC_URL = "https://demo.testamur.example"


@app.callback()
def bench() -> None:
    """Measure this machine. Figures are for comparison on the same machine, not for a brochure."""


@app.command()
def issue(
    pupils: Annotated[int, typer.Option(min=10, max=200_000)] = 500,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
    peer: Annotated[bool, typer.Option(help="Also time WeasyPrint with stock pyHanko on the same content")] = False,
    rsa: Annotated[int, typer.Option(help="Seal with RSA of this size instead of P-256")] = 0,
    dir: Annotated[Path | None, typer.Option(help="Folder on the disk to measure")] = None,  # noqa: A002
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Issue one term report a pupil, everything durable, and compare with the floor and (--peer) a stock tool chain."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-bench-", dir=dir))
    try:
        told = _measure(folder, pupils, workers, rsa, json)
        if not peer:
            told.pop("inputs")
        else:
            told.update(_peer(folder, told, told.pop("inputs")))
        told["target"], told["met"] = _targets(told, rsa)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)


def nobody(_title: str, _total: int) -> Callable[[int], None]:
    """A progress bar that nobody looks at."""
    return lambda _count: None


# --- the product -----------------------------------------------------------------------------------


def _measure(folder: Path, pupils: int, workers: int, rsa: int, quiet: bool) -> dict[str, Any]:
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="demo")
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import issuing

    by = operator()
    step = max(SECTION * workers, pupils // 20)
    count = len(range(0, pupils, step))
    # Besides the pupils: some to warm up with, and the floor's own, since a renderer remembers what it has laid out.
    records = term_reports(by, folder / "data", pupils + WARM * workers + FLOOR * (count + 1), rsa)
    how = issuing.How(folder / "data", "demo", PUBLIC_URL, workers)
    floor = _Floor(folder / "floor", records[pupils + WARM * workers :], rsa)
    sections: list[float] = []
    seconds: dict[str, float] = {}
    published = 0
    with output.progress(quiet) as start, issuing.workers(how) as pool:
        floor.section()
        floor.forget()
        issuing.run(by, records[pupils : pupils + WARM * workers], how, nobody, pool=pool)
        advance = start("records issued", pupils)
        for at in range(0, pupils, step):
            some = records[at : min(at + step, pupils)]
            floor.section()
            began = time.perf_counter()
            outcome = issuing.run(by, some, how, nobody, pool=pool)
            sections.append((time.perf_counter() - began) / len(some) * 1000)
            for stage, spent in outcome.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
            published += outcome.published
            advance(len(some))
    if published != pupils:
        raise typer.Exit(1)
    total = statistics.fmean(sections)
    stages = {k: round(v / pupils * 1000, 3) for k, v in sorted(seconds.items())}
    rendering = stages.get("render", 0.0)
    stages["signing"] = round(max(0.0, total - sum(stages.values())), 3) if workers == 1 else 0.0
    rest = round(sum(v for k, v in stages.items() if k != "render"), 3)
    stages["total"] = round(total, 3)
    return {
        "name": "issue",
        "pupils": pupils,
        "workers": workers,
        "seal": f"RSA-{rsa}" if rsa else "P-256",
        "per_document_ms": stages,
        "rendering_ms": rendering,
        "everything_else_ms": rest,
        "floor_ms": round(floor.per_document(), 3),
        "floor_parts_ms": floor.parts(),
        "ratio_to_floor": round(total / floor.per_document(), 3),
        "documents_per_second": round(1000 / total, 1),
        "first_section_ms": round(sections[0], 3),
        "last_section_ms": round(sections[-1], 3),
        "peak_rss_mb": round(peak_rss() / 1024),
        "errors": 0,
        "inputs": floor.inputs,
        **machine(),
    }


def term_reports(by: Actor, data: Path, pupils: int, rsa: int) -> list[NewRecord]:
    """One term report per invented pupil, at one school of the demo's municipality."""
    from testamur.kernel.base import clock
    from testamur.law.contract import Decision, DocumentFacts, Period, PupilFacts, SchoolFacts
    from testamur.law.tables import pack
    from testamur.surfaces.cli import demo_build, demo_data
    from testamur.trust.records.render import template_digest
    from testamur.trust.records.rules import Issuer, NewRecord, Signer, Subject
    from testamur.trust.sealing.rules import Algorithm

    algorithm = Algorithm(f"rsa-{rsa}") if rsa else Algorithm.P256
    authority, school, principal = demo_build.bare_school(
        by, data=data, public_url=PUBLIC_URL, algorithm=algorithm, now=clock.now()
    )
    from testamur.kernel.base.ids import new_id, random_id

    random = Random(7)  # noqa: S311 - invented people, the same each time
    people = demo_data.swedish(random, demo_data.days(random, 2011))
    se = pack("se.compulsory")
    document = se.documents["terminsbetyg"]
    period = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 12))
    facts = SchoolFacts(code=school.code, name=school.name, authority=authority.name)
    issuer = Issuer(authority.id, authority.name, school.id, school.code, school.name, school.path)
    signer = Signer(1, "principal", "Rektor", principal.person, principal.name, "se.personnummer", principal.number)
    digest = template_digest(document.template)
    made = []
    for number in range(pupils):
        if number % 5000 == 4999:  # noqa: PLR2004 - the invented numbers of a birth year run out
            people = demo_data.swedish(random, demo_data.days(random, 1900 + number // 5000))
        one = next(people)
        name = f"{one.given} {one.family}"
        pupil = PupilFacts(name, one.given, one.family, "se.personnummer", one.number, one.birth_date)
        decisions = tuple(
            Decision(kind, code, value, period, 8, decided_on=date(2026, 6, 1))
            for kind, code, value in demo_data.swedish_marks(random, 8)
        )
        content = document.content(
            DocumentFacts(facts, period, 8, f"8{'ABCDEF'[number // 25 % 6]}", pupil, decisions, date(2026, 6, 12))
        )
        made.append(
            NewRecord(
                record=random_id(), issuer=issuer, document=document, pack_id=se.id, pack_version=se.version,
                template_sha256=digest,
                subject=Subject(
                    "pupil", new_id(), name, one.given, one.family, "se.personnummer", one.number, one.birth_date
                ),
                period=period.label, content=content, signers=(signer,), issued_on=date(2026, 6, 12),
            )
        )  # fmt: skip
    return made


# --- the floor -------------------------------------------------------------------------------------


class _Floor:
    """The least that the same documents can cost: compile, raw signature, the same bytes written and flushed."""

    def __init__(self, folder: Path, records: Sequence[NewRecord], rsa: int) -> None:
        from testamur.kernel.base import clock
        from testamur.kernel.base.clock import parse_stamp, stamp
        from testamur.kernel.proofs.jcs import canonical
        from testamur.trust.records.render import Renderer, qr_svg
        from testamur.trust.records.rules import snapshot

        self._folder = folder
        self._records = records
        self._rsa = rsa
        self._renderer = Renderer()
        self._frozen_at = parse_stamp(stamp(clock.now()))
        self.inputs = []
        for new in records:
            told = snapshot(new, public_url=PUBLIC_URL, test=True, frozen_at=self._frozen_at)
            self.inputs.append({"record": canonical(told).decode(), "qr": qr_svg(told["verify"]["url"])})
        self._template = records[0].document.template
        self._key = _raw_key(rsa)
        self._seconds: list[tuple[float, float, float]] = []
        self._at = 0

    def section(self) -> None:
        """Time the next `FLOOR` documents."""
        from testamur.kernel.base.durable import sync_tree, write_plain

        self._folder.mkdir(parents=True, exist_ok=True)
        compiler = self._renderer._compiler(self._template)  # noqa: SLF001 - the bare compile, nothing of ours around it
        inputs = self.inputs[self._at : self._at + FLOOR]
        self._at += FLOOR
        began = time.perf_counter()
        pdfs = [
            compiler.compile(sys_inputs=one, format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=self._frozen_at)
            for one in inputs
        ]
        compiled = time.perf_counter()
        for pdf in pdfs:
            self._key(hashlib.sha256(pdf).digest())
        signed = time.perf_counter()
        for number, pdf in enumerate(pdfs):
            write_plain(str(self._folder / f"{number}.pdf"), pdf)
        sync_tree(self._folder)
        written = time.perf_counter()
        shutil.rmtree(self._folder)
        n = len(inputs)
        self._seconds.append(((compiled - began) / n, (signed - compiled) / n, (written - signed) / n))

    def forget(self) -> None:
        """Forget what was timed so far (warming up)."""
        self._seconds.clear()

    def parts(self) -> dict[str, float]:
        """Milliseconds per document by part."""
        names = ("compile", "sign", "write")
        return {name: round(statistics.fmean(s[i] for s in self._seconds) * 1000, 3) for i, name in enumerate(names)}

    def per_document(self) -> float:
        """Milliseconds per document."""
        return statistics.fmean(sum(s) for s in self._seconds) * 1000


def _raw_key(rsa: int) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.asymmetric import rsa as rsa_keys

    digest = utils.Prehashed(hashes.SHA256())
    if rsa:
        private = rsa_keys.generate_private_key(public_exponent=65537, key_size=rsa)
        return lambda data: private.sign(data, padding.PKCS1v15(), digest)
    key = ec.generate_private_key(ec.SECP256R1())
    return lambda data: key.sign(data, ec.ECDSA(digest))


# --- the peer --------------------------------------------------------------------------------------


def _peer(folder: Path, told: dict[str, Any], inputs: list[dict[str, str]], count: int = 12) -> dict[str, Any]:
    """WeasyPrint (PDF/A-3b) and stock pyHanko over the same content, each file written and flushed."""
    try:
        from weasyprint import HTML, Attachment
    except (ImportError, OSError) as error:
        return {"peer_ms": None, "ratio_to_peer": None, "peer_error": str(error)[:120]}
    from io import BytesIO
    from json import loads

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    from testamur.trust.records.render import qr_svg

    key = next((folder / "data" / "keys" / "seal-exempelkommun").glob("seal-*.p12"))
    signer = signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
        str(key), passphrase=key.with_suffix(".pass").read_bytes().strip()
    )
    times = []
    for one in inputs[:count]:
        began = time.perf_counter()
        told_record = loads(one["record"])
        attached = Attachment(string=one["record"], name="record.json", relationship="Data")
        pdf = HTML(string=_html(told_record, qr_svg(told_record["verify"]["url"]))).write_pdf(
            pdf_variant="pdf/a-3b", attachments=[attached]
        )
        meta = signers.PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256")
        out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=signer)
        path = folder / "peer.pdf"
        with path.open("wb") as file:
            file.write(out.getvalue())
            file.flush()
            os.fsync(file.fileno())
        times.append((time.perf_counter() - began) * 1000)
    peer = statistics.median(times[2:])
    return {"peer_ms": round(peer, 1), "ratio_to_peer": round(peer / told["per_document_ms"]["total"], 1)}


def _html(told: dict[str, Any], qr: str) -> str:
    """The same record as a page: the same words, rows, code, box and mark, in ordinary HTML and CSS."""
    from html import escape

    texts: list[str] = []
    _collect(told["content"], texts)
    rows = "".join(
        f"<tr><td>{escape(text)}</td><td><b>{escape(other)}</b></td><td></td></tr>"
        for text, other in zip(texts[::2], texts[1::2], strict=False)
    )
    subject = told["subject"]
    facts = (
        ("Elev", subject["name"]),
        ("Personnummer", subject["identifier"]["value"]),
        ("Klass", "8A"),
        ("Årskurs", "8"),
    )
    return (
        f"<html lang=sv><head><title>{escape(told['document']['title'])} {escape(subject['name'])}</title><style>{_CSS}"
        f"</style></head><body><div class=mark>TEST</div><header><b>{escape(told['issuer']['unit']['name'])}</b><br>"
        f"{escape(told['issuer']['name'])}</header><h1>{escape(told['document']['title'])}</h1>"
        f"<p>{escape(told['document']['period'])}</p><div class=facts>"
        + "".join(f"<div><small>{name}</small><br>{escape(value)}</div>" for name, value in facts)
        + f"</div><table><thead><tr><th>Ämne</th><th>Betyg</th><th>Anmärkning</th></tr></thead>{rows}</table>"
        "<p class=small>Betygsskala: A, B, C, D och E är godkända resultat, A är högst. F är ej godkänt resultat. Ett "
        "streck (–) betyder att betyg inte kan sättas. Utfärdat enligt 10 kap. skollagen.</p>"
        f"<div class=foot><div class=box>{escape(told['signers'][0]['name'])}, Rektor</div><div class=qr>{qr}</div>"
        f"<div class=small>{escape(told['verify']['code'])}<br>{escape(told['verify']['url'])}</div></div>"
        "</body></html>"
    )


_CSS = (
    "@page{size:A4;margin:18mm}body{font:9.5pt 'Noto Sans',sans-serif}h1{color:#1f4557;margin:6pt 0}"
    "table{width:100%;border-collapse:collapse}td,th{border-bottom:.5pt solid #888;padding:2pt;text-align:left}"
    ".facts{display:flex;justify-content:space-between}.small{font-size:7pt}.foot{display:flex;gap:12pt}"
    ".box{width:300pt;height:90pt;border:.6pt solid #666}.qr svg{width:68pt;height:68pt}"
    ".mark{position:absolute;font-size:150pt;color:#eceff1;transform:rotate(-32deg);top:300pt;left:60pt;z-index:-1}"
)


def _collect(value: Any, texts: list[str]) -> None:
    """Every text below `value`, in order."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            _collect(member, texts)


# --- what it says ----------------------------------------------------------------------------------


def _targets(told: dict[str, Any], rsa: int) -> tuple[dict[str, float], dict[str, bool]]:
    target = {"ratio_to_floor": 1.25, "everything_else_ms": 2.0, "peak_rss_mb": 600, "ratio_to_peer": 30 if rsa else 15}
    met = {
        "ratio_to_floor": told["ratio_to_floor"] <= target["ratio_to_floor"],
        "everything_else_ms": bool(rsa) or told["everything_else_ms"] <= target["everything_else_ms"],
        "peak_rss_mb": told["peak_rss_mb"] <= target["peak_rss_mb"],
    }
    if told.get("ratio_to_peer"):
        met["ratio_to_peer"] = told["ratio_to_peer"] >= target["ratio_to_peer"]
    return target, met


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    say(f"[bold]{told['pupils']} records[/], {told['workers']} worker(s), {told['seal']}, {told['database']}")
    for stage, value in told["per_document_ms"].items():
        say(f"  {stage:<12}{value:8.3f} ms a document")
    say(f"  {'floor':<12}{told['floor_ms']:8.3f} ms   {told['floor_parts_ms']}")
    say(f"  ratio to floor {told['ratio_to_floor']}, everything but rendering {told['everything_else_ms']} ms")
    say(f"  {told['documents_per_second']} documents a second, peak {told['peak_rss_mb']} MB a process")
    say(f"  first section {told['first_section_ms']} ms, last {told['last_section_ms']} ms")
    if told.get("peer_ms"):
        say(f"  WeasyPrint + stock pyHanko {told['peer_ms']} ms: {told['ratio_to_peer']} times slower")
    for name, ok in told["met"].items():
        say(f"  {'[green]met[/]' if ok else '[red]not met[/]'}  {name} (target {told['target'][name]})")
