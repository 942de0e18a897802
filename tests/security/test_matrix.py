"""Every address, every role, things of one's own place and of others: only the table's own come in, nothing fails."""

from __future__ import annotations

import functools
import io
import logging
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.test import Client, TestCase, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from testamur.access.accounts import queries
from testamur.access.accounts.rules import Area
from testamur.surfaces.web import pages
from tests.security import place as places
from tests.security.allowed import ALLOWED, ONLY_OWN_CHILD, READS_WRITE, ROLES, SEES, SEES_PROTECTED
from tests.security.place import Place, Things
from tests.surfaces.web.conftest import TODAY, enter_as

FIXED: dict[str, object] = {
    "attempt": UUID(int=5),
    "passkey": UUID(int=6),
    "message": UUID(int=7),
    "device": UUID(int=8),
    "stop": "nothing",
    "service": "login",
    "provider": "nowhere",
    "name": "checkpoint",
    "secret": "guessed",
    "phrase": "who",
    "locale": "bg",
    "lms_room": UUID(int=9),
    "platform": UUID(int=10),
    "row": UUID(int=13),
    "transfer": UUID(int=14),
    "subscription": UUID(int=15),
    "result_list": UUID(int=11),
    "key": UUID(int=12),
    "item": UUID(int=13),
    "student": UUID(int=14),
    "place": UUID(int=15),
    "kid": "guessed",
    "kind": "csv",
    "part": "document",
    "moment": "HK2",
    "sheet": "subjects",
}
"""Arguments that are the same at every place."""
OTHERWISE: dict[tuple[str, str], str] = {
    ("results:correct", "decision"): "key",
    ("handover:batch", "batch"): "delivery_batch",
    ("handover:receipt", "batch"): "delivery_batch",
    ("handover:withdraw", "batch"): "delivery_batch",
    ("supervision:report", "report"): "closing_report",
    ("supervision:write", "report"): "closing_report",
    ("supervision:close", "report"): "closing_report",
    ("messages:withdraw", "post"): "letter",
    ("office:load", "work"): "import",
    ("office:give_up", "work"): "import",
    ("office:report", "work"): "import",
    ("office:diary_mapping", "token"): "table",
    ("office:export_fetch", "work"): "export",
    ("public:log", "code"): "log",
    ("public:sms-report", "token"): "token",
    ("family:calendar", "secret"): "token",
    ("forms:change", "form"): "draft",
    ("forms:question", "form"): "draft",
    ("forms:publish", "form"): "draft",
    ("forms:discard", "form"): "draft",
    ("learning:ceremony", "ceremony"): "plan_ceremony",
    ("learning:answer", "ceremony"): "plan_ceremony",
    ("staff:certificate", "ceremony"): "own_ceremony",
    ("staff:certificate-choose", "ceremony"): "own_ceremony",
    ("staff:certificate-other", "ceremony"): "own_ceremony",
    ("staff:certificate-request", "ceremony"): "own_ceremony",
    ("staff:certificate-answer", "ceremony"): "own_ceremony",
    ("staff:service-find", "ceremony"): "own_ceremony",
    ("staff:service-choose", "ceremony"): "own_ceremony",
    ("staff:service-code", "ceremony"): "own_ceremony",
    ("staff:service-authorise", "ceremony"): "own_ceremony",
    ("staff:service-leave", "ceremony"): "own_ceremony",
    ("mine:ask_extract", "subject"): "pupil",
    ("mine:seen", "subject"): "pupil",
    ("mine:ask_correction", "subject"): "pupil",
}
"""(Address, argument) → the thing it takes where that is not named like the argument."""
BUTTONS: dict[str, tuple[str, ...]] = {
    "support:act": ("note", "more"),
    "support:case_act": ("open",),
    "care:note": ("in",),
    "office:act": ("make", "ready"),
    "office:group_act": ("make", "remake", "ready", "recall", "discard"),
    "office:follow_act": ("retry", "sign_again", "remind"),
}
"""Address → what its buttons say."""
MARKUP = "<script>alert(7)</script>"
NASTY = {
    "NUL": "a\0b",
    "a huge number": "9" * 4999,
    "a long number": "9" * 30,
    "markup": f"'\">{MARKUP}" + "x" * 300,
}
MORE: dict[str, dict[str, str]] = {
    "supervision:remind": {"step": "complete"},
    "support:tools_end": {"item": "host:video.example"},
    "office:signer": {"document": "se.compulsory.terminsbetyg", "signer": "delegate"},
    "notices:test": {"way": "email"},
    "keeping:propose": {"category": "attendance"},
    "custody:act": {"act": "refuse", "why": "The family changed its mind"},
    "handover:steer": {"way": "pause"},
}
"""Address → what its form needs beside or instead of what all forms are sent."""
ECHOES = {"custody:home", "custody:transfers"}
"""Forms that ask for a pupil's number: what one typed oneself stands in its field again beside what is wrong."""
LATER = TODAY + timedelta(minutes=10)
"""When the roles are played: all is made and released by then."""
ABSENT = {"account:remove-totp", "account:renew-codes", "office:export_fetch", "office:seal_pem", "public:status-list"}
"""Addresses of what this world has none of: their own tests show that they work."""
FIELDS = (
    "agreed", "award", "insert", "merit", "partly", "phrase", "result",
    "act", "after", "again", "all", "answer", "at", "audience", "batch", "body_en", "certificates", "child", "choice",
    "circle", "pace", "class", "code", "contact", "date_order", "day", "days", "decided_by", "decided_on", "document",
    "email", "encoding", "ends", "ends_at", "explanation", "first", "for", "from_time", "give", "ground", "grounds",
    "group", "groups", "hat", "heard", "hosts", "kind", "label", "language", "last", "lesson", "level", "marks",
    "method", "minutes",
    "mode", "monday", "month", "name", "next", "nonce", "note", "number", "on", "organisation", "page", "past",
    "path", "pause", "period", "person", "pin", "plan", "pupil", "pupils", "q", "ready", "record", "records", "reply",
    "response", "role", "room", "scheme", "school", "school_year", "sealed", "seen", "service", "signer", "sort",
    "starts", "starts_at", "state", "step", "subject", "sure", "term", "text", "time", "times", "title", "title_en",
    "to_time", "toast", "type", "value", "where", "who", "why", "wish", "without", "year",
    "asked_by", "birth_date", "reason", "years",
    "address", "alias", "family", "families", "given", "hours", "host", "item", "login_url", "more", "names",
    "need", "of", "open", "phone", "place", "redirect_urls", "target_url", "tool", "url", "what", "client_id",
    "redirect_uri", "login_hint", "scope",
    "category", "digest", "topic",
    "agenda", "alt", "assessed", "children", "content", "goals", "harder", "home", "levels", "methods", "picture",
    "points", "shown", "well",
    "consent", "needs", "last_day", "named", "purpose", "revocable", "holds_until", "title_sv", "text_sv",
    "certificate", "credential", "factor",
    "text_en", "key", "required", "label_en", "label_sv", "options_en", "options_sv", "word", "question",
    "answer_by", "as", "big_per_adult", "care_1", "care_3", "caution", "closing", "collector", "deadline_at",
    "deadline_days", "ends_1",
    "presence", "relation", "siblings", "small_per_adult", "starts_1", "valid_from", "weeks",
    "parity", "allergens", "alike", "again", "own_weeks", "who_3",
    "unit", "scopes", "SAMLResponse", "RelayState",
    "outcome", "causes", "proposals", "in",
    "due_at", "enclosed", "show", "substitute", "talk", "thread", "to",
)  # fmt: skip
"""Names of fields and of what stands in queries, of all pages together."""
WRITES = re.compile(r'\s*(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "?(\w+)')


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the installation with its full name."""

    def walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                yield f"{space}{one.name}", one
            else:
                yield from walk(one, f"{one.namespace}:" if one.namespace else space)

    return walk(get_resolver(), "")


def door_of(one: URLPattern) -> tuple[str, tuple[Area, ...]]:
    """Act and areas of the door that a view stands behind."""
    found: tuple[str, tuple[Area, ...]] = one.callback.door  # type: ignore[attr-defined]  # set by the decorator
    return found


def test_every_address_is_in_the_table_and_behind_a_door() -> None:
    """A new address has to be written into the table, and say who comes in."""
    found = dict(addresses())
    assert set(found) == {name.removeprefix("POST ") for name in ALLOWED}
    assert [name for name, one in found.items() if not hasattr(one.callback, "door")] == []


@override_settings(MODE="production")
@pytest.mark.feature("C16", "C19")
@pytest.mark.django_db
class TestMatrix(TestCase):
    """One world for all; what a request writes is undone."""

    databases: ClassVar[set[str]] = {"default", "log"}  # type: ignore[misc]  # the stubs have it read-only
    things: ClassVar[Things]
    folder: ClassVar[Path]
    former: ClassVar[Path]
    unknown: ClassVar[set[tuple[str, str]]] = set()
    """(Address, method) that was answered with 405: it is the same for everybody, and not asked again."""

    @classmethod
    def setUpClass(cls) -> None:
        """A data folder of its own."""
        cls.folder, cls.former = Path(tempfile.mkdtemp(prefix="testamur-matrix-")), settings.DATA
        settings.DATA = cls.folder
        cache.clear()
        logging.disable(logging.CRITICAL)  # of each request that is turned away
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """The world."""
        with time_machine.travel(TODAY, tick=True), override_settings(MODE="demo"):
            cls.things = places.build()

    @classmethod
    def tearDownClass(cls) -> None:
        """The folder goes."""
        super().tearDownClass()
        logging.disable(logging.NOTSET)
        settings.DATA = cls.former
        shutil.rmtree(cls.folder, ignore_errors=True)
        cache.clear()

    def test_everybody_is_where_the_table_says(self) -> None:
        """Play every role."""
        faults: list[str] = []
        entered: dict[str, set[str]] = {name: set() for name, _one in addresses()}
        self._hurry()
        for role in ROLES:
            with time_machine.travel(LATER, tick=True):
                faults += self._play(role, entered)
        assert not faults, "\n".join(faults)
        wanted = {name.removeprefix("POST ") for name, who in ALLOWED.items() if any(who.values())}
        assert {name for name in wanted if not entered[name]} == ABSENT, "nobody came in: the test shows nothing"

    def test_nothing_that_is_sent_makes_a_page_fail_or_comes_back_as_a_program(self) -> None:
        """NUL, numbers that no computer holds, very long texts, markup: to every address by somebody who may use it."""
        self._hurry()
        faults: list[str] = []
        roles = {name: next((r for r in ROLES if r in who[Place.HERE]), "") for name, who in ALLOWED.items()}
        for role in set(filter(None, roles.values())):
            with time_machine.travel(LATER, tick=True):
                browser = self._browser(role)
                known = SimpleCookie(browser.cookies)
                for name, one in addresses():
                    if roles[name] != role:
                        continue
                    address = reverse(name, kwargs=self._arguments(name, one, Place.HERE))
                    for what, sent in NASTY.items():
                        form = dict.fromkeys(FIELDS, sent)
                        for ask in (browser.get, browser.post):
                            if (name, ask.__name__.upper()) in self.unknown:
                                continue
                            browser.cookies = SimpleCookie(known)
                            answer = self._undone(functools.partial(ask, address, form), [])
                            if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                                self.unknown.add((name, ask.__name__.upper()))
                            where = f"{role}: {ask.__name__} {name} with {what}: {answer.status_code}"
                            faults += self._judged(where, answer, may=True, read=False, written=[])
                            if MARKUP in text_of(answer):
                                faults.append(f"{where} comes back as it was sent")
        assert not faults, "\n".join(faults)

    def _hurry(self) -> None:
        """Pages that say no are made as bare text, and the roles of a person are looked up once."""
        drawn, hats = vars(pages)["render"], functools.cache(lambda person, on: found(person=person, on=on))
        found = queries.hats

        def draw(request: Any, template: str, context: Any, status: int = 200) -> HttpResponse:
            if template in {"web/error.html", "web/account/wrong_hat.html"}:
                return HttpResponse(str(context.get("message", "")), status=status)
            made: HttpResponse = drawn(request, template, context, status=status)
            return made

        patch = pytest.MonkeyPatch()
        self.addCleanup(patch.undo)
        patch.setattr(pages, "render", draw)
        patch.setattr(queries, "hats", lambda *, person, on: hats(person, on))

    def _play(self, role: str, entered: dict[str, set[str]]) -> list[str]:
        browser, faults = self._browser(role), []
        known, areas = SimpleCookie(browser.cookies), self._areas(browser)
        for name, one in addresses():
            kind, opens = door_of(one)
            shut = bool(opens) and not set(opens) & areas
            for place in (Place.HERE,) if shut else self._where(one, opens, kind):
                address = reverse(name, kwargs=self._arguments(name, one, place))
                for method, ask in self._requests(browser, name, address, place):
                    if (name, method[:4].strip()) in self.unknown:
                        continue
                    browser.cookies = SimpleCookie(known)
                    written: list[str] = []
                    answer = self._undone(ask, written)
                    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                        self.unknown.add((name, method[:4].strip()))
                    may = role in ALLOWED.get(f"{method[:4]} {name}", ALLOWED[name])[place]
                    where = f"{role}: {method} {name} ({place}): {answer.status_code}"
                    if came_in(answer):
                        entered[name].add(role)
                    faults += self._judged(where, answer, may=may, read=method == "GET", written=written)
                    typed = self.things.forms[place].get("number") if name in ECHOES else None
                    faults += [f"{where} shows {text!r}" for text in self._shown(role, answer) if text != typed]
        return faults

    def _browser(self, role: str) -> Client:
        browser, (person, hat) = Client(raise_request_exception=False), ROLES[role]
        return enter_as(browser, self.things.world, person, hat) if person else browser

    def _areas(self, browser: Client) -> set[Any]:
        with self._noted([]), transaction.atomic():
            visitor = browser.get("/account/preferences/").wsgi_request.visitor  # type: ignore[attr-defined]
        return set(visitor.hat.areas) if visitor.hat else set()

    @staticmethod
    def _where(one: URLPattern, opens: tuple[Any, ...], kind: str) -> tuple[Place, ...]:
        """What everybody may see is the same everywhere; a form or query may name what an address does not."""
        if kind == "public":
            return (Place.HERE,)
        if one.pattern.converters:
            return tuple(Place)
        return (Place.HERE, Place.SIBLING) if opens else (Place.HERE,)

    def _arguments(self, name: str, one: URLPattern, place: Place) -> dict[str, object]:
        known = self.things.arguments[place] | FIXED
        return {key: known[OTHERWISE.get((name, key), key)] for key in one.pattern.converters}

    def _requests(
        self, browser: Client, name: str, address: str, place: Place
    ) -> Iterator[tuple[str, Callable[[], HttpResponseBase]]]:
        form = self.things.forms[place]
        asked = {key: form[key] for key in ("school", "term", "document")}
        yield "GET", functools.partial(browser.get, address, asked)
        for button in BUTTONS.get(name, ("",)):
            sent = {**form, "act": button, **MORE.get(name, {})}
            yield f"POST {button}", functools.partial(browser.post, address, sent)

    def _undone(self, ask: Callable[[], HttpResponseBase], written: list[str]) -> HttpResponseBase:
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # verbs that must be outermost are, but for the test
        with self._noted(written), block:
            answer = ask()
            transaction.set_rollback(True)
        cache.clear()
        return answer

    @staticmethod
    def _noted(written: list[str]) -> Any:
        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found = WRITES.match(sql)
            if found:
                written.append(found[1])
            return execute(sql, params, many, context)

        return connection.execute_wrapper(note)

    @staticmethod
    def _judged(where: str, answer: HttpResponseBase, *, may: bool, read: bool, written: list[str]) -> list[str]:
        faults = []
        if answer.status_code >= 500 and answer.status_code != 503:
            faults.append(f"{where} failed: {getattr(answer, 'exc_info', ('', ''))[1]!r}")
        if came_in(answer) and not may:
            faults.append(f"{where} came in")
        if read and set(written) - READS_WRITE:
            faults.append(f"{where} wrote {sorted(set(written) - READS_WRITE)}")
        return faults

    def _shown(self, role: str, answer: HttpResponseBase) -> list[str]:
        """What an answer shows and should not."""
        things = self.things
        secret = [text for place, some in things.secret.items() if place not in SEES[role] for text in some]
        if role not in SEES_PROTECTED:
            secret += things.hidden
        if role in ONLY_OWN_CHILD:
            secret += things.secret[Place.HERE][2:]
        body = text_of(answer)
        return [text for text in secret if text in body]


def came_in(answer: HttpResponseBase) -> bool:
    """Not turned away: neither to the login pages or the app's, nor by 401, 403, 404, 405."""
    if answer.status_code in {401, 403, 404, 405}:
        return False
    goes = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    return not re.match(r"/(?:account/(?:login|confirm|roles)|app)/\?(?:next=|why=(?:level|ended))", goes)


def text_of(answer: HttpResponseBase) -> str:
    """Everything that can be read in an answer, headers too."""
    body: bytes = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = body.decode("utf-8", "replace") + str(dict(answer.headers))
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            text += "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return text
