"""What the simulated registry answers, and why it refuses. No network here."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from testamur.exchange.connectors.ladok.simulator.state import (
    SCALES,
    Course,
    Module,
    Occasion,
    Result,
    State,
    StudentResult,
    uid_of,
)

Body = Mapping[str, Any]


class Said(Exception):  # noqa: N818 - an answer, not a programming error
    """A refusal with the registry's shape."""

    def __init__(self, status: int, group: str, message: str) -> None:
        """`group` ends a Felgrupp; `message` is what a person is shown."""
        super().__init__(message)
        self.status = status
        self.body = {
            "Meddelande": message,
            "Detaljkod": f"commons.domain.{group}",
            "DetaljkodText": message,
            "Felgrupp": f"commons.fel.grupp.{group}",
            "FelgruppText": group.replace("_", " "),
            "Felkategori": "commons.fel.kategori.applikationsfel",
            "FelUID": str(uuid4()),
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call: method, service of its media type, path with ``{}`` where ids stand, what answers."""

    method: str
    service: str
    path: tuple[str, ...]
    answer: Callable[..., Any]

    def match(self, method: str, parts: list[str]) -> list[str] | None:
        """The ids in the path when this is the call."""
        if method != self.method or len(parts) != len(self.path):
            return None
        ids = []
        for wanted, found in zip(self.path, parts, strict=True):
            if wanted == "{}":
                ids.append(found)
            elif wanted != found:
                return None
        return ids


class Calls:
    """The calls, upon one state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.rng = random.Random(20261130)  # noqa: S311 - shuffled pages of a simulator
        self.table = tuple(
            Call(method, path.split("/")[0], tuple(path.split("/")), answer)
            for method, path, answer in (
                ("GET", "kataloginformation/anvandare/autentiserad", self._me),
                ("GET", "kataloginformation/behorighetsprofil/{}/koppladeanvandare", self._users),
                ("GET", "resultat/grunddata/betygsskala", self._scales),
                ("GET", "studentinformation/student/personnummer/{}", self._student_by_number),
                ("GET", "studentinformation/student/{}", self._student),
                ("GET", "resultat/kurstillfalle/filtrera", self._rounds),
                ("GET", "resultat/kurstillfalle/{}/moment", self._structure),
                ("PUT", "resultat/studieresultat/rapportera/utbildningsinstans/{}/sok", self._search),
                ("PUT", "resultat/resultatrattighet/kontrollerarapporteringsmojlighet", self._rights),
                ("POST", "resultat/studieresultat/{}/utbildning/{}/resultat", self._create),
                ("PUT", "resultat/studieresultat/resultat/{}", self._update),
                ("PUT", "resultat/studieresultat/resultat/{}/klarmarkera", self._ready),
                ("PUT", "resultat/studieresultat/resultat/{}/tillbakatillutkast", self._back),
            )
        )

    def find(self, method: str, path: str) -> tuple[Call, list[str]] | None:
        """The call of that method and path, with the ids in it."""
        parts = path.split("/")
        for call in self.table:
            ids = call.match(method, parts)
            if ids is not None:
                return call, ids
        return None

    # --- reading ---

    def _me(self, _body: Body) -> Any:
        name = "testamur@test.example"
        return {"Anvandarnamn": name, "Uid": self.state.users[name]}

    def _users(self, _body: Body, _profile: str) -> Any:
        return {"Anvandare": [{"Anvandarnamn": name, "Uid": uid} for name, uid in self.state.users.items()]}

    def _scales(self, _body: Body) -> Any:
        return {
            "Betygsskala": [
                {
                    "ID": str(key),
                    "Kod": code,
                    "Benamning": {"sv": code, "en": code},
                    "Betygsgrad": [
                        {"ID": str(g), "Kod": kod, "GiltigSomSlutbetyg": ok} for g, (kod, ok) in grades.items()
                    ],
                }
                for key, (code, grades) in SCALES.items()
            ]
        }

    def _student_by_number(self, _body: Body, number: str) -> Any:
        return self._student(_body, self.state.numbers.get(number, ""))

    def _student(self, _body: Body, uid: str) -> Any:
        one = self.state.students.get(uid)
        if one is None:
            raise Said(404, "hittades_ej", "Studenten finns inte.")
        return {
            "Uid": one.uid, "Personnummer": one.number, "Fornamn": one.given, "Efternamn": one.family,
            "Externtuid": uid_of("extern", one.uid), "link": [],
        }  # fmt: skip

    def _rounds(self, query: Body) -> Any:
        wanted = str(query.get("kurskod", ""))
        rows = [o for o in self.state.occasions.values() if self.state.courses[o.course].code.startswith(wanted)]
        page, limit = int(query.get("page", 1)), int(query.get("limit", 100))
        return {
            "TotaltAntalPoster": len(rows),
            "Resultat": [self._round(o) for o in rows[(page - 1) * limit : page * limit]],
        }

    def _round(self, one: Occasion) -> dict[str, Any]:
        return {
            "Uid": one.uid, "TillfallesKod": one.code, "Kurskod": self.state.courses[one.course].code,
            "Startdatum": one.starts, "Slutdatum": one.ends, "Studietakt": one.pace,
        }  # fmt: skip

    def _structure(self, _body: Body, uid: str) -> Any:
        if uid not in self.state.occasions:
            raise Said(404, "hittades_ej", "Kurstillfället finns inte.")
        course = self.state.structure(uid)
        return {
            "UtbildningsinstansUID": course.instance,
            "Utbildningskod": course.code,
            "Benamning": {"sv": course.name, "en": course.name_en or course.name},
            "Betygsskala": course.scale,
            "BetygsskalaID": course.scale,
            "KravPaProjekttitel": course.titled,
            "ResultatrapporteringMojlig": True,
            "Kurstillfalleskod": self.state.occasions[uid].code,
            "Versionsnummer": 1,
            "IngaendeMoment": [
                {
                    "UtbildningsinstansUID": m.instance, "Utbildningskod": m.code,
                    "Benamning": {"sv": m.name, "en": m.name_en or m.name}, "BetygsskalaID": m.scale,
                    "KravPaProjekttitel": m.titled, "ResultatrapporteringMojlig": True, "Omfattning": m.credits,
                }
                for m in course.modules
            ],
        }  # fmt: skip

    def _search(self, body: Body, instance: str) -> Any:
        page, limit = int(body.get("Page", 1)), min(int(body.get("Limit", 100)), 400)
        keys = [k for o in body.get("KurstillfallenUID", ()) for k in self.state.by_occasion.get(o, ())]
        keys.sort(key=lambda k: self.state.students[self.state.results[k].student].number)
        if not body.get("OrderBy"):
            self.rng.shuffle(keys)  # every page anew: rows are repeated and lost, as in the real one
        some = keys[(page - 1) * limit : page * limit]
        return {"TotaltAntalPoster": len(keys), "Resultat": [self._gradeable(k, instance) for k in some]}

    def _gradeable(self, key: str, instance: str) -> dict[str, Any]:
        held = self.state.results[key]
        course = self.state.structure(held.occasion)
        part = part_of(course, instance)
        mine = part.instance if part is not None else course.instance
        there = [
            {
                # results of other modules come along, whether asked for or not
                **({"Arbetsunderlag": self.told(held.working[i])} if i in held.working else {}),
                **({"SenastAttesteradeResultat": self.told(held.attested[i])} if i in held.attested else {}),
            }
            for i in sorted(held.working.keys() | held.attested.keys())
        ]
        return {
            "Uid": held.uid,
            "Student": self._student({}, held.student),
            "Rapporteringskontext": {
                "UtbildningsinstansUID": mine,
                "BetygsskalaID": part.scale if part is not None else course.scale,
                "KravPaProjekttitel": part.titled if part is not None else course.titled,
            },
            "HarTillgodoraknande": held.credited,
            **({"Avbrott": {"Avbrottsdatum": held.interrupted_on}} if held.interrupted_on else {}),
            **({"ResultatPaUtbildningar": there} if there else {}),
        }

    @staticmethod
    def told(result: Result) -> dict[str, Any]:
        """A result as the registry writes it."""
        code = SCALES[result.scale][1][result.grade][0]
        return {
            "Uid": result.uid,
            "UtbildningsinstansUID": result.instance,
            "BetygsskalaID": result.scale,
            "Betygsgrad": result.grade,
            "Betygsgradsobjekt": {"ID": result.grade, "Kod": code},
            "Examinationsdatum": result.examined_on,
            "SenasteResultatandring": result.stamp,
            **({"ProcessStatus": result.status} if result.status else {}),
            **({"Projekttitel": result.title} if result.title else {}),
        }

    def _rights(self, body: Body) -> Any:
        user = str(body.get("Anvandarnamn", "")).casefold()
        asked = body.get("KontrolleraRapporteringsrattighetlista") or []
        known = user in self.state.users
        return {
            "KontrolleraRapporteringsrattighetlista": [
                {
                    **one,
                    "HarRattighet": known
                    and (user, one["UtbildningsinstansAttRapporteraPaUID"]) not in self.state.barred
                    and one["StudieresultatUID"] in self.state.results,
                }
                for one in asked
            ]
        }

    # --- writing ---

    def _create(self, body: Body, key: str, instance: str) -> Any:
        held = self.state.results.get(key)
        if held is None:
            raise Said(404, "hittades_ej", "Studieresultatet finns inte.")
        if instance in held.working:
            raise Said(400, "redan_existerande", "Det finns redan ett resultat som inte är attesterat.")
        report = self._report(held, instance, body)
        result = Result(str(uuid4()), instance, *report[:3], self.state.stamp(), 1, report[3])
        self.state.put(held, result)
        return self.told(result)

    def _update(self, body: Body, uid: str) -> Any:
        held, result = self._found(uid)
        self._fresh(result, body.get("SenasteResultatandring"))
        if result.status != 1:
            raise Said(400, "felaktig_status", "Resultatet är klarmarkerat och kan inte ändras.")
        result.scale, result.grade, result.examined_on, result.title = self._report(held, result.instance, body)
        result.stamp = self.state.stamp()
        return self.told(result)

    def _ready(self, body: Body, uid: str) -> Any:
        held, result = self._found(uid)
        self._fresh(result, body.get("ResultatetsSenastSparad"))
        for name in ("Klarmarkeringsdatum", "KlarmarkeradAvUID", "Beslutsfattare"):
            if not body.get(name):
                raise Said(400, "obligatoriskt_varde_saknas", f"Obligatoriskt värde saknas: {name}.")
        deciding = list(body["Beslutsfattare"])
        if any(one not in self.state.users.values() for one in deciding):
            raise Said(400, "felaktigt_varde", "Beslutsfattaren finns inte.")
        if result.status != 1:
            raise Said(400, "felaktig_status", "Resultatet är redan klarmarkerat.")
        course = self.state.structure(held.occasion)
        if result.instance == course.instance:
            self._modules_attested(held, course)
        result.status, result.examiner, result.stamp = 2, deciding[0], self.state.stamp()
        return self.told(result)

    def _back(self, body: Body, uid: str) -> Any:
        _held, result = self._found(uid)
        self._fresh(result, body.get("ResultatetsSenastSparad"))
        result.status, result.stamp = 1, self.state.stamp()
        return self.told(result)

    def _found(self, uid: str) -> tuple[StudentResult, Result]:
        found = self.state.find(uid)
        if found is None:
            raise Said(404, "hittades_ej", "Resultatet finns inte.")
        return found

    @staticmethod
    def _fresh(result: Result, stamp: Any) -> None:
        if stamp != result.stamp:
            raise Said(400, "samtidig_uppdatering", "Resultatet har ändrats av någon annan sedan du hämtade det.")

    @staticmethod
    def _modules_attested(held: StudentResult, course: Course) -> None:
        missing = [m.code for m in course.modules if not _passed(held.attested.get(m.instance))]
        if missing:
            raise Said(
                400, "moduler_ej_attesterade", f"Alla ingående moduler måste vara attesterade först: {missing[0]}."
            )

    def _report(self, held: StudentResult, instance: str, body: Body) -> tuple[int, int, str, dict[str, str] | None]:
        course = self.state.structure(held.occasion)
        part = part_of(course, instance)
        if part is None and instance != course.instance:
            raise Said(400, "felaktigt_varde", "Utbildningen hör inte till kurstillfället.")
        scale = part.scale if part is not None else course.scale
        for name in ("BetygsskalaID", "Betygsgrad", "Examinationsdatum"):
            if not body.get(name):
                raise Said(400, "obligatoriskt_varde_saknas", f"Obligatoriskt värde saknas: {name}.")
        if body["BetygsskalaID"] != scale or body["Betygsgrad"] not in SCALES[scale][1]:
            raise Said(400, "felaktigt_varde", "Betyget finns inte i utbildningens betygsskala.")
        if held.credited:
            raise Said(400, "tillgodoraknad", "Studenten har ett tillgodoräknande och kan inte få betyg.")
        examined = str(body["Examinationsdatum"])
        _checked_date(examined, self.state.occasions[held.occasion])
        title = body.get("Projekttitel") or None
        if (part.titled if part is not None else course.titled) and not (title and title.get("Titel")):
            raise Said(400, "obligatoriskt_varde_saknas", "Obligatoriskt värde saknas: Projekttitel.")
        return scale, int(body["Betygsgrad"]), examined, dict(title) if title else None


def part_of(course: Course, instance: str) -> Module | None:
    """The module of that instance."""
    return next((m for m in course.modules if m.instance == instance), None)


def _passed(result: Result | None) -> bool:
    return result is not None and SCALES[result.scale][1][result.grade][1]


def _checked_date(examined: str, occasion: Occasion) -> None:
    try:
        date.fromisoformat(examined)
    except ValueError as error:
        raise Said(400, "felaktigt_varde", "Examinationsdatum är inget datum.") from error
    if examined < occasion.starts:
        raise Said(400, "felaktigt_varde", "Examinationsdatum ligger före kurstillfällets start.")
