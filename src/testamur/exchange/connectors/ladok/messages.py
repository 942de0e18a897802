"""What the registry answers, as values. A hostile or changed answer is a `BadAnswer`, never a crash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from testamur.exchange.connectors.ladok.wire import BadAnswer

DRAFT, READY = 1, 2
"""ProcessStatus of a result that is not attested."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A step of one of the registry's scales: its own id, its code (``VG``), and whether it finishes a course."""

    id: int
    code: str
    passed: bool


@dataclass(frozen=True, slots=True)
class RegistryScale:
    """A scale of the registry. Grade ids belong to one scale."""

    id: int
    code: str
    grades: tuple[Grade, ...]

    def by_code(self, code: str) -> Grade | None:
        """The step with that code, in capital or small letters."""
        return next((g for g in self.grades if g.code.casefold() == code.casefold()), None)

    def by_id(self, key: int) -> Grade | None:
        """The step with that id."""
        return next((g for g in self.grades if g.id == key), None)


@dataclass(frozen=True, slots=True)
class Part:
    """A module of a course occasion. `instance` is what results are reported on (UtbildningsinstansUID)."""

    instance: str
    code: str
    name: str
    name_en: str
    credits: Decimal
    scale: int
    needs_title: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """A course occasion and its modules."""

    instance: str
    code: str
    name: str
    name_en: str
    scale: int
    needs_title: bool
    open: bool
    parts: tuple[Part, ...]

    def instance_of(self, module_code: str) -> str:
        """Where results of that module (or, for an empty code, of the course) are reported; empty without one."""
        if not module_code:
            return self.instance
        return next((p.instance for p in self.parts if p.code == module_code), "")


@dataclass(frozen=True, slots=True)
class Round:
    """A course occasion (kurstillfälle): its id, its code of five signs, its days."""

    uid: str
    code: str
    course_code: str
    starts: date
    ends: date
    pace: int


@dataclass(frozen=True, slots=True)
class StudentView:
    """A student. `number` has 12 signs; those of an interim number hold letters."""

    uid: str
    number: str
    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Held:
    """A result as the registry has it.

    Attributes:
        uid: its id (ResultatUID).
        stamp: of its last change.
        status: 1 draft, 2 ready, 0 attested.
        scale, grade: ids; `code` is the grade's.
        decided: whom it names as deciding, where it says so.
    """

    uid: str
    instance: str
    scale: int
    grade: int
    code: str
    examined_on: str
    stamp: str
    status: int
    title: str = ""
    title_en: str = ""

    def shown(self) -> dict[str, str]:
        """What an examiner is shown of a result that differs from ours."""
        return {
            "result": self.uid,
            "value": self.code,
            "examined_on": self.examined_on,
            "stamp": self.stamp,
            "state": {DRAFT: "draft", READY: "ready"}.get(self.status, "attested"),
            "title": self.title,
        }


@dataclass(frozen=True, slots=True)
class Gradeable:
    """A student about whom results may be reported (Studieresultat), and what is held for the instance asked about."""

    uid: str
    student: StudentView
    instance: str
    scale: int
    needs_title: bool
    credited: bool
    interrupted_on: str
    working: Held | None
    attested: Held | None


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a write left behind: id and stamp of the result."""

    uid: str
    stamp: str


def scales(answer: Any) -> dict[int, RegistryScale]:
    """Scales by id."""
    found = {}
    for one in items(answer, "Betygsskala"):
        grades = tuple(
            Grade(number(g, "ID"), text(g, "Kod"), bool(g.get("GiltigSomSlutbetyg")))
            for g in items(one, "Betygsgrad")
            if text(g, "Kod")
        )
        key = number(one, "ID")
        found[key] = RegistryScale(key, text(one, "Kod"), grades)
    return found


def structure(answer: Any) -> Structure:
    """A course occasion with its modules."""
    parts = tuple(
        Part(
            need(p, "UtbildningsinstansUID"), need(p, "Utbildningskod"), *_names(p), _credits(p.get("Omfattning")),
            number(p, "BetygsskalaID"), bool(p.get("KravPaProjekttitel")), bool(p.get("ResultatrapporteringMojlig")),
        )
        for p in items(answer, "IngaendeMoment")
    )  # fmt: skip
    held = mapping(answer)
    scale = "BetygsskalaID" if "BetygsskalaID" in held else "Betygsskala"
    return Structure(
        need(held, "UtbildningsinstansUID"), need(held, "Utbildningskod"), *_names(held), number(held, scale),
        bool(held.get("KravPaProjekttitel")), bool(held.get("ResultatrapporteringMojlig")), parts,
    )  # fmt: skip


def rounds(answer: Any) -> tuple[Round, ...]:
    """Course occasions that a search found."""
    return tuple(
        Round(
            need(r, "Uid"), need(r, "TillfallesKod"), need(r, "Kurskod"), day(r, "Startdatum"), day(r, "Slutdatum"),
            int(_credits(r.get("Studietakt") or 100)),
        )
        for r in items(answer, "Resultat")
    )  # fmt: skip


def student(answer: Any) -> StudentView:
    """A student, by whatever key it was asked for."""
    held = mapping(answer)
    return StudentView(need(held, "Uid"), text(held, "Personnummer"), text(held, "Fornamn"), text(held, "Efternamn"))


def gradeable(row: Any, instance: str) -> Gradeable | None:
    """One row of a search for gradeable students; None for one of another instance, which come along uncalled."""
    held = mapping(row)
    context = mapping(held.get("Rapporteringskontext"))
    if need(context, "UtbildningsinstansUID") != instance:
        return None
    working = attested = None
    for one in items(held, "ResultatPaUtbildningar"):
        draft, last = one.get("Arbetsunderlag"), one.get("SenastAttesteradeResultat")
        if draft and text(mapping(draft), "UtbildningsinstansUID") == instance:
            working = result(draft)
        if last and text(mapping(last), "UtbildningsinstansUID") == instance:
            attested = result(last)
    return Gradeable(
        uid=need(held, "Uid"),
        student=student(held.get("Student")),
        instance=instance,
        scale=number(context, "BetygsskalaID"),
        needs_title=bool(context.get("KravPaProjekttitel")),
        credited=bool(held.get("HarTillgodoraknande") or held.get("HeltTillgodoraknad")),
        interrupted_on=text(mapping(held.get("Avbrott") or {}), "Avbrottsdatum"),
        working=working,
        attested=attested,
    )


def result(answer: Any) -> Held:
    """A result, draft or attested. The grade's code stands in Betygsgradsobjekt, or in Betygsgradobjekt of old."""
    held = mapping(answer)
    grade = mapping(held.get("Betygsgradsobjekt") or held.get("Betygsgradobjekt") or {})
    title = mapping(held.get("Projekttitel") or {})
    return Held(
        uid=need(held, "Uid"),
        instance=text(held, "UtbildningsinstansUID"),
        scale=number(held, "BetygsskalaID"),
        grade=number(grade, "ID") if grade else number(held, "Betygsgrad"),
        code=text(grade, "Kod"),
        examined_on=text(held, "Examinationsdatum"),
        stamp=text(held, "SenasteResultatandring") or text(held, "SenastSparad"),
        status=number(held, "ProcessStatus") if held.get("ProcessStatus") else 0,
        title=text(title, "Titel"),
        title_en=text(title, "AlternativTitel"),
    )


def stamped(answer: Any) -> Stamped:
    """What a write left behind."""
    held = mapping(answer)
    return Stamped(need(held, "Uid"), text(held, "SenasteResultatandring") or need(held, "SenastSparad"))


def rights(answer: Any) -> frozenset[str]:
    """Ids of the gradeable students (StudieresultatUID) on whom the user may report."""
    rows = items(answer, "KontrolleraRapporteringsrattighetlista")
    return frozenset(need(r, "StudieresultatUID") for r in rows if r.get("HarRattighet") is True)


def users(answer: Any) -> dict[str, str]:
    """Users by name, in small letters, and their ids."""
    return {need(u, "Anvandarnamn").casefold(): need(u, "Uid") for u in items(answer, "Anvandare")}


# --- reading what may be anything ------------------------------------------------------------------


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, known to be an object."""
    if not isinstance(value, dict):
        raise BadAnswer("The registry's answer is no object where one belongs.")
    return value


def items(value: Any, name: str) -> Iterable[Mapping[str, Any]]:
    """The objects of a list member; a missing or null member is an empty list."""
    rows = mapping(value).get(name)
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise BadAnswer(f"The registry's answer has no list {name}.")
    return [mapping(row) for row in rows]


def text(value: Mapping[str, Any], name: str) -> str:
    """A text member; empty when it is missing or null."""
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str | int | float):
        raise BadAnswer(f"The registry's answer has no text {name}.")
    return str(found)[:2000]


def need(value: Mapping[str, Any], name: str) -> str:
    """A text member that is there."""
    found = text(value, name)
    if not found:
        raise BadAnswer(f"The registry's answer lacks {name}.")
    return found


def number(value: Mapping[str, Any], name: str) -> int:
    """A whole number; texts of digits are such too."""
    found = value.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:  # noqa: PLR2004 - 64 bits
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadAnswer(f"The registry's answer lacks the number {name}.")
    return found


def day(value: Mapping[str, Any], name: str) -> date:
    """An ISO date."""
    try:
        return date.fromisoformat(need(value, name)[:10])
    except ValueError as error:
        raise BadAnswer(f"The registry's answer has no date {name}.") from error


def _names(value: Mapping[str, Any]) -> tuple[str, str]:
    names = mapping(value.get("Benamning") or {})
    return text(names, "sv") or text(value, "Utbildningskod"), text(names, "en")


def _credits(value: Any) -> Decimal:
    try:
        found = Decimal(str(value or 0).replace(",", "."))
    except InvalidOperation as error:
        raise BadAnswer("The registry's answer has credits that are no number.") from error
    if not found.is_finite():
        raise BadAnswer("The registry's answer has credits that are no number.")
    return found
