"""One try to find out who somebody is, by whatever method: begin, go on, come back, use, cancel.

A service elsewhere is asked outside every transaction, while a *lease* on the row keeps others away: two tabs never
collect the same order twice. What it answers is written in one short transaction right after.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.access.accounts import queries
from testamur.access.accounts.actions.limits import limit
from testamur.access.accounts.actions.logins import confirm, end_login, name_of, sign_in
from testamur.access.accounts.methods.contract import Asked, Browser, Found, Progress
from testamur.access.accounts.methods.contract import method as method_named
from testamur.access.accounts.models import Attempt, Login, ProviderSession
from testamur.access.accounts.rules import (
    BEGIN,
    EXPIRED,
    LEASE,
    OTHER_BROWSER,
    OTHER_PERSON,
    PICK_UP,
    UNKNOWN_PERSON,
    Level,
    NotFoundYet,
    NotReturned,
    Purpose,
    State,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import phone_spellings
from testamur.register.schools import queries as schools


@dataclass(frozen=True, slots=True)
class Started:
    """A try that has begun; `go` is where to send the browser, if it must leave."""

    id: UUID
    go: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The login that a try led to, and the page that was asked for; `anew` when the session has to be a new one."""

    login: UUID
    target: str
    anew: bool


def begin(
    *,
    by: Actor,
    method: str,
    browser: Browser,
    now: datetime,
    login: UUID | None = None,
    given: Mapping[str, str] | None = None,
    target: str = "",
    back: str = "",
) -> Started:
    """Begin to identify whoever sits at that browser; with `login`, to confirm that login.

    `back` is the address to which an e-ID's app or provider returns; ``{attempt}`` and ``{nonce}`` in it are filled in.
    Journal: ``accounts.attempt.begun/1``. Raises UnknownMethod, MethodRefused, TooMany, NotFound for a login that is
    over, NotFoundYet for a second factor without a first.
    """
    by.must("accounts.attempt.begin")
    chosen = method_named(method)
    going = queries.login(login, now=now) if login is not None else None
    if login is not None and going is None:
        raise NotFound("There is no such login.", field="login")
    if chosen.second and going is None:
        raise NotFoundYet("A second factor needs a first one.", field="method")
    person = going.person if going is not None else None
    _count(by, method, given or {}, browser, person, now)
    attempt = new_id()
    nonce = secrets.token_urlsafe(24)
    asked = Asked(
        attempt=attempt,
        purpose=Purpose.CONFIRM if going is not None else Purpose.LOGIN,
        browser=browser,
        given=given or {},
        now=now,
        person=person,
        back=back.replace("{attempt}", str(attempt)).replace("{nonce}", nonce),
    )
    begun = chosen.begin(asked)
    _write(by, asked, method, login, begun.kept, now + begun.lifetime, target, nonce if begun.must_return else "")
    return Started(attempt, begun.go)


def proceed(
    *, by: Actor, attempt: UUID, browser: str, now: datetime, given: Mapping[str, str] | None = None
) -> queries.AttemptView:
    """Go on with a try: hand in what the browser brings, or ask the e-ID when its pace allows; says where it stands.

    Only the browser that began may. Journal, when the try ends: ``accounts.attempt.ended/1`` with the outcome and the
    digest of the evidence. Raises NotFound.
    """
    by.must("accounts.attempt.proceed")
    row = _mine(attempt, browser)
    if row.state in {State.OPEN, State.FOUND} and now >= row.expires_at:
        return _settle(by, attempt, Progress(EXPIRED, failed=True), now)
    chosen = method_named(row.method)
    if row.state != State.OPEN or (chosen.remote and not _claimed(row, now - chosen.patience, now)):
        return queries.view(row)
    if chosen.remote:
        return _settle(by, attempt, chosen.proceed(row.kept, given or {}, now), now)
    with transaction.atomic():
        locked = Attempt.objects.select_for_update().get(id=attempt)
        if locked.state != State.OPEN:
            return queries.view(locked)
        return _settle(by, attempt, chosen.proceed(locked.kept, given or {}, now), now)


def deliver(*, by: Actor, attempt: UUID, given: Mapping[str, str], now: datetime) -> None:
    """A provider's answer came by way of a browser that brought no cookie: it is judged and kept on the try, once.

    Whether that was the browser that began is asked when the try goes on (`proceed`). No journal entry of its own: the
    try's end is one. Raises NotFound where no such try waits for an answer.
    """
    by.must("accounts.attempt.proceed")
    row = Attempt.objects.filter(id=attempt, state=State.OPEN, expires_at__gt=now).first()
    judge = getattr(method_named(row.method), "deliver", None) if row is not None else None
    kept = judge(row.kept, given, now) if row is not None and judge is not None else None
    if row is None or kept is None:
        raise NotFound("There is no such login under way.", field="attempt")
    with transaction.atomic():
        locked = Attempt.objects.select_for_update().get(id=attempt)
        if locked.state != State.OPEN or locked.kept != row.kept:
            raise NotFound("There is no such login under way.", field="attempt")
        locked.kept = dict(kept)
        locked.save(update_fields=["kept"])


@transaction.atomic
def came_back(*, by: Actor, attempt: UUID, browser: str, nonce: str, now: datetime) -> bool:
    """The e-ID's app brought a browser back; True when it is the one that began.

    With the right nonce in another browser somebody was led to identify for a stranger's try: it ends at once.
    Journal: ``accounts.attempt.returned/1``. Raises NotFound for a wrong nonce.
    """
    by.must("accounts.attempt.proceed")
    row = Attempt.objects.select_for_update().filter(id=attempt).first()
    if row is None or not row.nonce or row.nonce != _digest(nonce):
        raise NotFound("There is no such login under way.", field="attempt")
    ours = row.browser == browser
    refs = {"attempt": str(attempt), "same_browser": ours}
    append(by=by, kind="accounts.attempt.returned/1", path="/", refs=refs, now=now)
    if ours:
        row.returned_at = row.returned_at or now
        row.save(update_fields=["returned_at"])
    elif row.state in {State.OPEN, State.FOUND}:
        row.state, row.hint, row.kept = State.FAILED, OTHER_BROWSER, {}
        row.save(update_fields=["state", "hint", "kept"])
    return ours


@transaction.atomic
def finish(*, by: Actor, attempt: UUID, browser: Browser, former: UUID | None, now: datetime) -> Entered:
    """Use a try that found somebody, once: a new login begins, or the one to be confirmed is confirmed.

    A login that rises to a higher level is replaced by a new one with the same hat, as is the `former` login of this
    browser. Journal: of `sign_in`, `confirm` and `end_login`. Raises NotFound, NotFoundYet, NotReturned, LevelTooLow.
    """
    by.must("accounts.attempt.proceed")
    row = Attempt.objects.select_for_update().filter(id=attempt, browser=browser.known).first()
    if row is None or row.person is None or row.level is None:
        raise NotFound("There is no such login under way.", field="attempt")
    if row.state != State.FOUND or now >= row.expires_at:
        raise NotFoundYet("Nobody was identified.", field="attempt")
    if row.nonce and row.returned_at is None:
        raise NotReturned("Come back from the app first.", field="attempt")
    session, row.state, row.kept = row.kept, State.DONE, {}
    row.save(update_fields=["state", "kept"])
    level = Level(row.level)
    former = row.login or former
    going = queries.login(former, now=now) if former is not None else None
    if row.purpose == Purpose.CONFIRM and (going is None or going.person != row.person):
        raise NotFound("The login to be confirmed is over.", field="login")
    if row.purpose == Purpose.CONFIRM and going is not None and level <= going.level:
        confirm(
            by=by, login=going.id, person=row.person, method=row.method, level=level, evidence=row.evidence, now=now
        )
        _keep_session(going.id, session, now)
        return Entered(going.id, row.target, anew=False)
    hat = going.hat if going is not None and going.person == row.person else ""
    if going is not None:
        own = Actor(id=going.person, identified_by=going.method)
        end_login(by=own, login=going.id, because="replaced", now=now)
    begun = sign_in(
        by=by,
        person=row.person,
        method=row.method,
        level=level,
        device=browser.device,
        network=browser.network,
        hat=hat,
        evidence=row.evidence,
        app=going.app if going is not None and row.purpose == Purpose.CONFIRM else None,  # unlocked, still the app
        now=now,
    )
    _keep_session(begun, session, now)
    return Entered(begun, row.target, anew=True)


def _keep_session(login: UUID, session: Mapping[str, str], now: datetime) -> None:
    """Keep what the provider calls this login, where it came from one."""
    if not session:
        return
    given = {
        "provider": session["provider"], "name": name_of(session), "session": session["index"], "told": dict(session),
        "at": now,
    }  # fmt: skip
    ProviderSession.objects.update_or_create(login=login, defaults=given)


def cancel(*, by: Actor, attempt: UUID, browser: str, now: datetime) -> None:
    """Give up a try, here and at the e-ID. Journal: ``accounts.attempt.ended/1``. Raises NotFound."""
    by.must("accounts.attempt.proceed")
    row = _mine(attempt, browser)
    if row.state != State.OPEN:
        return
    kept = row.kept
    _settle(by, attempt, Progress("userCancel", failed=True), now)
    method_named(row.method).cancel(kept)


def _count(
    by: Actor, method: str, given: Mapping[str, str], browser: Browser, person: UUID | None, now: datetime
) -> None:
    contact = given.get("contact", "")
    keys = {
        "network": (browser.network or browser.ip,),
        "person": (str(person),),
        # however a number is spelled, it is the same telephone that rings
        "contact": phone_spellings(contact) or ("".join(contact.split()).lower(),),
        "all": ("",),
    }
    for allowance in (*BEGIN[""], *BEGIN.get(method, ())):
        name = f"begin.{method}.{allowance.key}"
        for key in keys[allowance.key]:
            limit(by=by, name=name, key=key, most=allowance.most, within=allowance.within, now=now)


@transaction.atomic
def _write(
    by: Actor,
    asked: Asked,
    method: str,
    login: UUID | None,
    kept: Mapping[str, object],
    expires: datetime,
    target: str,
    nonce: str,
) -> None:
    Attempt(
        id=asked.attempt,
        method=method,
        purpose=asked.purpose,
        login=login,
        browser=asked.browser.known,
        target=target[:1000],
        locale=asked.browser.locale,
        kept=dict(kept),
        nonce=_digest(nonce) if nonce else "",
        same_device=asked.browser.same_device,
        begun_at=asked.now,
        expires_at=expires,
    ).save(force_insert=True)
    refs = {"attempt": str(asked.attempt), "method": method, "purpose": asked.purpose.value}
    append(by=by, kind="accounts.attempt.begun/1", path="/", refs=refs, now=asked.now)


def _mine(attempt: UUID, browser: str) -> Attempt:
    row = Attempt.objects.filter(id=attempt, browser=browser).first() if browser else None
    if row is None:
        raise NotFound("There is no such login under way.", field="attempt")
    return row


def _claimed(row: Attempt, asked_before: datetime, now: datetime) -> bool:
    """One of many who want to ask at the same time gets the lease, and none sooner than the service likes."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    patient = Q(asked_at__isnull=True) | Q(asked_at__lte=asked_before)
    claimed = Attempt.objects.filter(free & patient, id=row.id, state=State.OPEN)
    return claimed.update(leased_until=now + LEASE, asked_at=now) == 1


@transaction.atomic
def _settle(by: Actor, attempt: UUID, progress: Progress, now: datetime) -> queries.AttemptView:
    row = Attempt.objects.select_for_update().get(id=attempt)
    row.leased_until = None
    former = row.state
    if former == State.OPEN and progress.found is not None:
        progress = _identify(row, progress.found, now) or progress
    if progress.failed and former in {State.OPEN, State.FOUND}:
        row.state, row.hint, row.kept = State.FAILED, progress.hint, {}
    elif former == State.OPEN and progress.found is None:
        row.hint = progress.hint or row.hint
        row.kept = row.kept if progress.kept is None else dict(progress.kept)
    if row.state != former:
        outcome = row.hint if row.state == State.FAILED else "found"
        refs = {"attempt": str(attempt), "method": row.method, "outcome": outcome, "evidence": row.evidence}
        append(by=by, kind="accounts.attempt.ended/1", path="/", refs=refs, now=now)
    row.save()
    return queries.view(row)


def _identify(row: Attempt, found: Found, now: datetime) -> Progress | None:
    """Write down whom the method found; a failure when the register does not know them, or it is somebody else."""
    row.evidence = found.evidence
    person = _person(found, now)
    if person is None:
        return Progress(UNKNOWN_PERSON, failed=True)
    if row.purpose == Purpose.CONFIRM:
        going = Login.objects.filter(id=row.login).first() if row.login is not None else None
        if going is None or going.person != person:
            return Progress(OTHER_PERSON, failed=True)
    row.state, row.person, row.level, row.kept = State.FOUND, person, found.level, dict(found.session)
    row.expires_at = now + PICK_UP
    return None


def _person(found: Found, now: datetime) -> UUID | None:
    if found.person is not None:
        return None if people.missing([found.person]) else found.person
    for scheme, value, context in found.numbers:
        holder = people.holder_of_identifier(scheme=scheme, value=value, context=context, on=now.date())
        if holder is not None and _within(holder, found.body, now):
            return holder
    return None


def _within(person: UUID, body: str, now: datetime) -> bool:
    """Whether a body's own provider may vouch for a person: kept there, with no post and no child elsewhere.

    A login wears all hats that the register gives: who works in two bodies logs in by a way that both trust, so that
    no body opens another's school by giving somebody of there a post.
    """
    if not body:
        return True
    home = schools.unit_by_code(code=body)
    if home is None:
        return False
    on = now.date()
    children = people.wards(guardian=person, on=on)
    places = [*people.paths([person, *children]).values(), *(p.path for p in schools.posts_of(person=person, on=on))]
    return bool(places) and all(path.startswith(home.path) for path in places)


def _digest(nonce: str) -> str:
    return sha256(nonce.encode()).hexdigest()
