"""The calls of the registry's REST API that result reporting needs (reference: identity.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import quote, urlencode

from testamur.exchange.connectors.ladok import messages
from testamur.exchange.connectors.ladok.messages import Gradeable, RegistryScale, Round, Stamped, Structure, StudentView
from testamur.exchange.connectors.ladok.settings import LadokSettings
from testamur.exchange.connectors.ladok.wire import BadAnswer, Bucket, Wire, http_client

PAGE = 400
"""Rows of one page of a search; the registry gives no more."""
MAX_PAGES = 500
FILTERS = ("OBEHANDLADE", "UTKAST", "KLARMARKERADE", "ATTESTERADE")
ORDER = ("PERSONNUMMER_ASC",)
"""Without an order the registry's pages repeat and lose rows."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported about one student: ids of scale and grade, ISO date, and a title where one is due."""

    scale: int
    grade: int
    examined_on: str
    title: str = ""
    title_en: str = ""

    def members(self) -> dict[str, Any]:
        """As the registry reads it."""
        body: dict[str, Any] = {
            "BetygsskalaID": self.scale,
            "Betygsgrad": self.grade,
            "Examinationsdatum": self.examined_on,
        }
        if self.title:
            body["Projekttitel"] = {"Titel": self.title, "AlternativTitel": self.title_en}
        return body


class LadokClient:
    """The calls, over one connection."""

    def __init__(self, wire: Wire, *, feed: str = "uppfoljning/feed", profile: str = "") -> None:
        """`feed` and `profile` as in the settings."""
        self._wire, self._feed, self._profile = wire, feed, profile
        self._scales: dict[int, RegistryScale] | None = None
        self._structures: dict[str, Structure] = {}
        self._users: dict[str, str] | None = None
        self._me = ""

    @classmethod
    def of(cls, settings: LadokSettings) -> Self:
        """A client for that environment. Raises `NotSetUp`."""
        wire = Wire(http_client(settings), settings.url, bucket=Bucket(settings.rate))
        return cls(wire, feed=settings.feed, profile=settings.profile)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._wire.close()

    # --- who, what ---

    def me(self) -> str:
        """Our own user's id: who marks results as ready."""
        if not self._me:
            answer = self._wire.get("kataloginformation", "kataloginformation/anvandare/autentiserad")
            self._me = messages.need(messages.mapping(answer), "Uid")
        return self._me

    def examiner(self, name: str) -> str:
        """The id of the user of that name among those who may attest; empty when there is none."""
        if self._users is None:
            path = f"kataloginformation/behorighetsprofil/{quote(self._profile, safe='')}/koppladeanvandare"
            self._users = messages.users(self._wire.get("kataloginformation", path))
        return self._users.get(name.casefold(), "")

    def scales(self) -> dict[int, RegistryScale]:
        """The registry's scales by id, fetched once a connection. Ids differ between universities."""
        if self._scales is None:
            self._scales = messages.scales(self._wire.get("resultat", "resultat/grunddata/betygsskala"))
        return self._scales

    def student(self, number: str) -> StudentView:
        """The student with that number (12 signs). Raises `RegistryRefused` (404) for nobody."""
        path = f"studentinformation/student/personnummer/{quote(number, safe='')}"
        return messages.student(self._wire.get("studentinformation", path))

    def rounds(self, course_code: str) -> tuple[Round, ...]:
        """The occasions of a course, by its code; every page."""
        found: dict[str, Round] = {}
        for page in range(1, MAX_PAGES):
            asked = [("kurskod", course_code), ("page", page), ("limit", PAGE), ("orderby", "KURSTILLFALLESKOD_ASC")]
            answer = self._wire.get("resultat", f"resultat/kurstillfalle/filtrera?{urlencode(asked)}")
            some = messages.rounds(answer)
            found.update({one.uid: one for one in some})
            if not some or len(found) >= messages.number(answer, "TotaltAntalPoster"):
                break
        return tuple(one for one in found.values() if one.course_code == course_code)

    def structure(self, occasion: str) -> Structure:
        """The course and modules of an occasion, fetched once a connection."""
        if occasion not in self._structures:
            answer = self._wire.get("resultat", f"resultat/kurstillfalle/{quote(occasion, safe='')}/moment")
            self._structures[occasion] = messages.structure(answer)
        return self._structures[occasion]

    def gradeable(self, instance: str, occasions: Sequence[str]) -> tuple[Gradeable, ...]:
        """Everybody about whom results may be reported on that instance in those occasions.

        Raises `BadAnswer` when pages repeated or lost a row: nobody is reported on half a list.
        """
        path = f"resultat/studieresultat/rapportera/utbildningsinstans/{quote(instance, safe='')}/sok"
        rows: list[Any] = []
        total = 0
        for page in range(1, MAX_PAGES):
            answer = self._wire.ask(
                "resultat",
                path,
                {
                    "Filtrering": list(FILTERS),
                    "KurstillfallenUID": list(occasions),
                    "OrderBy": list(ORDER),
                    "Limit": PAGE,
                    "Page": page,
                },
            )
            some = list(messages.items(answer, "Resultat"))
            rows += some
            total = messages.number(messages.mapping(answer), "TotaltAntalPoster")
            if not some or len(rows) >= total:
                break
        return _whole(rows, total, instance)

    def may_report(self, user: str, instance: str, results: Sequence[str]) -> frozenset[str]:
        """Those of the gradeable students (their StudieresultatUID) on whom that user may report."""
        found: frozenset[str] = frozenset()
        for start in range(0, len(results), PAGE):
            asked = [
                {"StudieresultatUID": uid, "UtbildningsinstansAttRapporteraPaUID": instance}
                for uid in results[start : start + PAGE]
            ]
            body = {"Anvandarnamn": user, "KontrolleraRapporteringsrattighetlista": asked}
            path = "resultat/resultatrattighet/kontrollerarapporteringsmojlighet"
            found |= messages.rights(self._wire.ask("resultat", path, body))
        return found

    # --- writing ---

    def create(self, student_result: str, instance: str, report: Report) -> Stamped:
        """A draft where there is none."""
        path = (
            f"resultat/studieresultat/{quote(student_result, safe='')}/utbildning/{quote(instance, safe='')}/resultat"
        )
        return messages.stamped(self._wire.write("POST", "resultat", path, report.members()))

    def update(self, result: str, stamp: str, report: Report) -> Stamped:
        """A draft with another content; refused when it was changed after `stamp`."""
        path = f"resultat/studieresultat/resultat/{quote(result, safe='')}"
        body = {**report.members(), "SenasteResultatandring": stamp}
        return messages.stamped(self._wire.write("PUT", "resultat", path, body))

    def mark_ready(self, result: str, stamp: str, *, examiner: str, on: date) -> Stamped:
        """Ready to be attested by that examiner (user id); refused when it was changed after `stamp`."""
        path = f"resultat/studieresultat/resultat/{quote(result, safe='')}/klarmarkera"
        body = {
            "Klarmarkeringsdatum": on.isoformat(),
            "KlarmarkeradAvUID": self.me(),
            "ResultatetsSenastSparad": stamp,
            "Beslutsfattare": [examiner],
        }
        return messages.stamped(self._wire.write("PUT", "resultat", path, body))

    def back_to_draft(self, result: str, stamp: str) -> Stamped:
        """From ready back to draft."""
        path = f"resultat/studieresultat/resultat/{quote(result, safe='')}/tillbakatillutkast"
        body = {"ResultatUID": result, "ResultatetsSenastSparad": stamp}
        return messages.stamped(self._wire.write("PUT", "resultat", path, body))

    # --- events ---

    def feed_page(self, address: str = "") -> bytes:
        """A page of the feed: the most recent one, or the one under a link of another page."""
        return self._wire.atom(address or f"{self._feed}/recent")


def _whole(rows: Iterable[Any], total: int, instance: str) -> tuple[Gradeable, ...]:
    """Rows of the instance, each once. Rows of other instances count in the total, and are left out after counting."""
    keys: set[tuple[str, str]] = set()
    found: list[Gradeable] = []
    count = 0
    for row in rows:
        count += 1
        held = messages.mapping(row)
        context = messages.mapping(held.get("Rapporteringskontext"))
        keys.add((messages.need(held, "Uid"), messages.need(context, "UtbildningsinstansUID")))
        one = messages.gradeable(row, instance)
        if one is not None:
            found.append(one)
    if len(keys) != count or count != total:
        raise BadAnswer(
            "The registry's pages repeat or lose students.", field="pages", rows=count, single=len(keys), total=total
        )
    return tuple(found)
