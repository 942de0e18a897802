"""Somebody who is inside reaches for what is not theirs; somebody outside guesses, floods and sends bad files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.methods.contract import Browser
from testamur.access.accounts.rules import NotFoundYet, TooMany
from testamur.exchange.connectors import tasks as connectors
from testamur.exchange.connectors import uploads
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewPost, Role
from testamur.surfaces.web.account.entering import DOORKEEPER
from testamur.surfaces.web.office import uploading
from testamur.surfaces.web.public import verify
from testamur.trust.records import queries as records
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State, WorkState
from tests.surfaces.web.world import SINCE, World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
GIVEN_AWAY = {403, 404}


def states() -> dict[UUID, str]:
    """Every document and its state."""
    return dict(Record.objects.values_list("id", "state"))


@pytest.mark.feature("C16")
def test_a_form_of_ones_own_school_reaches_no_document_of_another(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    """The address is one's own, the ids in the form are not."""
    before, browser = states(), log_in("other_administrator")
    groups = school_queries.groups(school=world.other_school)
    own = {"school": str(world.other_school), "term": "2025/2026 VT", "document": "terminsbetyg"}
    for act in ("ready", "recall", "discard", "remake"):
        browser.post(
            reverse("office:group_act", args=[groups[0].id]), {**own, "act": act, "records": [str(r) for r in ready]}
        )
    browser.post(reverse("office:follow_act"), {**own, "act": "retry", "records": [str(r) for r in ready]})
    assert browser.post(reverse("office:group_act", args=[world.group]), {**own, "act": "ready"}).status_code == 404
    principal = log_in("other_principal")
    keys = [record.hex for record in ready]
    answer = principal.post(
        reverse("staff:decline"), {"choice": "&".join(f"record={k}" for k in keys), "why": "x" * 20}
    )
    assert answer["Location"] == reverse("staff:home")
    sent = {"choice": "&".join(f"record={k}" for k in keys), "step": "x", "method": "simulated"}
    assert principal.post(reverse("staff:start"), sent)["Location"] == reverse("staff:home")
    assert states() == before


def test_one_telephone_is_one_however_its_number_is_spelled(now: datetime) -> None:
    """Else every spelling would be three more messages, and nine more guesses."""

    def ask(contact: str, net: str) -> None:
        browser = Browser(known="a" * 64, ip="", network=net)
        accounts.begin(by=DOORKEEPER, method="sms", browser=browser, given={"contact": contact}, now=now)

    ask("0701740605", "192.0.2.0/24")
    ask("+46701740605", "198.51.100.0/24")
    ask("070-174 06 05", "203.0.113.0/24")
    with pytest.raises(TooMany):
        ask("(0046) 70 1740605", "2001:db8::/48")
    ask("0701740606", "192.0.2.0/24")


@pytest.mark.feature("A22")
def test_codes_are_not_tried_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MOST", 3)
    stranger, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.1")
    told = [stranger.get(f"/v/AAAA-AAAA-AAA{n}/").status_code for n in range(5)]
    assert told == [404, 404, 404, 429, 429]
    assert Client(REMOTE_ADDR="192.0.2.200").get("/v/AAAA-AAAA-AAAA/").status_code == 429
    assert other.get("/v/AAAA-AAAA-AAAA/").status_code == 404


def test_a_code_that_is_none_leads_nowhere_else() -> None:
    for code in ("/", "//evil.example", "..", ".", "%2e%2e", "?x", "\n"):
        answer = Client().get(reverse("public:verify"), {"code": code})
        assert answer.status_code in {200, 302}
        assert answer.headers.get("Location", "/v/").startswith("/v/")


def test_documents_and_links_cannot_be_counted_through(world: World, ready: list[UUID]) -> None:
    """One of the failures such systems are known for: numbers in addresses that one counts up."""
    assert all(record.version == 4 for record in ready)
    assert len({str(record)[:8] for record in ready}) == len(ready)
    found = records.by_ids(by=operator(), records=ready)
    assert len({view.code[:4] for view in found}) > 1


@pytest.mark.feature("C19")
def test_nobody_is_found_without_the_right_to_search_and_no_protected_one_by_name(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    family = world.names["protected"].split()[-1]
    for role in ("administrator", "principal"):
        page = log_in(role).get(reverse("office:documents"), {"who": family}).content.decode()
        assert world.names["protected"] not in page
    post = NewPost(world.persons["adult"], world.school, Role.ARCHIVIST, SINCE)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    browser = log_in("adult", "archivist")
    assert browser.get(reverse("office:documents"), {"who": world.names["pupil"]}).status_code in GIVEN_AWAY
    by_number = browser.get(reverse("office:documents"), {"who": world.numbers["protected"]}).content.decode()
    assert world.names["protected"] not in by_number


def test_a_stolen_session_ends_with_its_login(world: World, log_in: LogIn) -> None:
    """The cookie holds the id of a login and no more: a copy of it is worth nothing after logging out."""
    browser = log_in("guardian")
    thief = Client()
    thief.cookies = browser.cookies.copy()  # type: ignore[assignment]  # SimpleCookie is a dict
    assert thief.get("/family/").status_code == 200
    browser.post(reverse("account:logout"))
    assert thief.get("/family/").status_code == 302


def test_a_session_from_before_is_not_the_one_after(world: World, log_in: LogIn) -> None:
    """Whoever plants a cookie before somebody logs in has nothing by it."""
    browser = log_in("guardian")
    planted = browser.session["login"]
    answer = browser.post(reverse("account:demo"), {"person": str(world.persons["principal"]), "level": "HIGH"})
    assert answer.status_code == 303
    assert browser.session["login"] != planted
    thief = Client()
    session = thief.session
    session["login"] = planted
    session.save()
    assert session.session_key
    thief.cookies["testamur"] = session.session_key
    assert thief.get("/family/").status_code == 302


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("report.pdf", b"<html><script>alert(1)</script></html>"),
        ("page.html", b"<html></html>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("program.csv", b"MZ\0\0\0\0"),
        ("table.xlsx", b"PK\x03\x04 no archive"),
    ],
)
@pytest.mark.feature("A16")
def test_files_are_judged_by_their_bytes(world: World, log_in: LogIn, name: str, data: bytes) -> None:
    answer = log_in("administrator").post(reverse("office:imports"), {"sent": [SimpleUploadedFile(name, data)]})
    assert answer.status_code == 400
    assert not uploads.folder().is_dir() or list(uploads.folder().iterdir()) == []


@pytest.mark.feature("A16")
def test_an_archive_that_climbs_out_or_blows_up_is_not_unpacked(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    for name, data in (("../../escaped.csv", b"a,b\n"), ("bomb.csv", b"0" * 60_000_000)):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        sent = SimpleUploadedFile("bundle.zip", packed.getvalue())
        answer = browser.post(reverse("office:imports"), {"sent": [sent]})
        assert answer.status_code == 302
        work = UUID(answer["Location"].rstrip("/").rpartition("/")[2])
        connectors.load.call(str(work))
        assert name.startswith("..") or records.work(by=operator(), work=work).state is WorkState.FAILED
        assert list(uploads.folder().parent.rglob("escaped.csv")) == []


def test_only_the_office_sends_large_files(world: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk is not filled by whoever can open a page."""
    monkeypatch.setattr(uploading, "OTHERS", 1000)
    large = {"sent": SimpleUploadedFile("persons.csv", b"a,b\n" * 1000)}
    for browser in (Client(), log_in("guardian"), log_in("teacher")):
        assert browser.post(reverse("account:language"), {**large, "language": "sv"}).status_code == 400
        large["sent"].seek(0)
    assert log_in("administrator").post(reverse("account:language"), {**large, "language": "sv"}).status_code == 303


def test_a_post_that_has_ended_opens_nothing(world: World, ready: list[UUID], log_in: LogIn) -> None:
    """The hat of a post goes with the post, in the middle of a login too."""
    browser = log_in("principal")
    assert browser.get(reverse("staff:document", args=[ready[0]])).status_code == 200
    on = clock.now().date()
    post = next(p for p in school_queries.posts_of(person=world.persons["principal"], on=on))
    schools.end_posts(by=operator(), ends={post.id: on - timedelta(days=1)}, now=clock.now())
    assert browser.get(reverse("staff:document", args=[ready[0]])).status_code in {302, *GIVEN_AWAY}
    assert browser.get(reverse("office:home")).status_code in {302, *GIVEN_AWAY}
    assert browser.post(reverse("staff:start"), {"choice": "all=1"}).status_code in {302, *GIVEN_AWAY}
    assert {view.state for view in records.by_ids(by=operator(), records=ready)} == {State.READY}


@pytest.mark.feature("A15")
def test_a_guardian_sees_the_own_child_alone(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    """One of the failures such systems are known for: another family's child by another number in the address."""
    browser = log_in("guardian")
    assert browser.get(reverse("family:record", args=[reports["pupil"]])).status_code == 200
    for other in ("protected", "third", "other_pupil"):
        for page in ("record", "pdf", "original", "evidence", "share"):
            assert browser.get(reverse(f"family:{page}", args=[reports[other]])).status_code == 404
        assert browser.post(reverse("family:check", args=[reports[other]])).status_code == 404
        assert browser.post(reverse("family:share", args=[reports[other]]), {"days": "7"}).status_code == 404
        home = browser.get(reverse("family:home"), {"child": str(world.persons[other])}).content.decode()
        assert world.names[other] not in home


def test_what_is_sent_as_a_program_by_name_is_shown_as_text(world: World, log_in: LogIn) -> None:
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    boss = log_in("authority_administrator")
    boss.post(reverse("board:publish"), {"audience": "everybody", "title_en": script, "body_en": script})
    form = {"kind": "contact", "path": world.authority_path, "email": "a@example.org", "name": script, "text": script}
    Client().post(reverse("public:contact"), form)
    for browser, address in ((Client(), "/"), (Client(), "/status/"), (boss, "/office/board/")):
        page = browser.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page, address
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_try_to_log_in_is_used_once(world: World) -> None:
    """The same form sent twice: the second one finds nothing."""
    now = clock.now()
    browser = Browser(known="b" * 64, ip="192.0.2.1")
    person = str(world.persons["guardian"])
    started = accounts.begin(
        by=DOORKEEPER, method="simulated", browser=browser, given={"person": person, "level": "HIGH"}, now=now
    )
    accounts.proceed(by=DOORKEEPER, attempt=started.id, browser=browser.known, now=now)
    accounts.finish(by=DOORKEEPER, attempt=started.id, browser=browser, former=None, now=now)
    with pytest.raises(NotFoundYet):
        accounts.finish(by=DOORKEEPER, attempt=started.id, browser=browser, former=None, now=now)


def test_the_actor_of_nobody_may_nothing() -> None:
    assert not Actor(UUID(int=3), "web").may("records.record.read", "/")
