"""A login from identification to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from testamur.access.accounts import queries
from testamur.access.accounts.models import Login, Preference, ProviderSession
from testamur.access.accounts.rules import (
    HATS,
    SELF,
    Crossing,
    HatUnknown,
    Level,
    LevelTooLow,
    NoAdminMode,
    has_admin_mode,
    may_confirm,
    must_be_fresh_for,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people

SEEN_EVERY = timedelta(minutes=1)
"""A login's last sight is written down no oftener: pages are read, not written."""


@transaction.atomic
def sign_in(
    *,
    by: Actor,
    person: UUID,
    method: str,
    level: Level,
    device: str = "",
    network: str = "",
    hat: str = "",
    evidence: str = "",
    app: UUID | None = None,
    now: datetime,
) -> UUID:
    """A person was identified: the login begins; returns its id. `by` is the login page (``accounts.login.begin``).

    With a single hat, or the one named by `hat`, it is worn at once. `evidence` is the digest of the e-ID's proof.
    `app` is the device of a login of the app.
    Journal: ``accounts.login.began/1``. Raises NotFound for nobody in the register.
    """
    by.must("accounts.login.begin")
    if people.missing([person]):
        raise NotFound("Nobody in the register has that identity.", field="person")
    hats = queries.hats(person=person, on=now.date())
    others = [one for one in hats if one.role != SELF] or list(hats)
    worn = [one for one in hats if one.key == hat] or others
    row = Login(
        id=new_id(),
        person=person,
        method=method,
        level=level,
        hat=worn[0].key if len(worn) == 1 else "",
        began_at=now,
        confirmed_at=now,
        seen_at=now,
        device=device[:120],
        network=network[:60],
        app=app,
    )
    row.save(force_insert=True)
    me = Actor(id=person, identified_by=method)
    refs = {"login": str(row.id), "level": level.name.lower(), "method": method, "evidence": evidence}
    append(by=me, kind="accounts.login.began/1", path="/", refs=refs, now=now)
    return row.id


@transaction.atomic
def confirm(
    *, by: Actor, login: UUID, person: UUID, method: str, level: Level, evidence: str = "", now: datetime
) -> None:
    """The person identified again: the login counts as fresh, at the higher of both levels.

    `person` is whom the method found: anybody else is refused. Journal: ``accounts.login.confirmed/1``. Raises
    NotFound, LevelTooLow for a way that is weaker than the login.
    """
    by.must("accounts.login.begin")
    row = _open(login, now)
    if row.person != person:
        raise NotFound("That is another person than the one who is logged in.", field="person")
    if not may_confirm(Level(row.level), level):
        raise LevelTooLow("This way to identify is weaker than your login.", field="method")
    row.confirmed_at, row.seen_at = now, now
    if level >= row.level:
        row.level, row.method = level, method
    row.save(update_fields=["confirmed_at", "seen_at", "level", "method"])
    me = Actor(id=person, identified_by=method)
    refs = {"login": str(row.id), "level": level.name.lower(), "method": method, "evidence": evidence}
    append(by=me, kind="accounts.login.confirmed/1", path="/", refs=refs, now=now)


@transaction.atomic
def choose_hat(*, by: Actor, login: UUID, hat: str, now: datetime) -> None:
    """Put on one of one's own hats. Journal: ``accounts.hat.chosen/1``.

    Raises HatUnknown, NotFound for another's login, ConfirmAgain when authority rises and identity was found long ago,
    Crossing for a role that the app does not know.
    """
    row = _own(by, login, now)
    hats = queries.hats(person=row.person, on=now.date())
    chosen = next((h for h in hats if h.key == hat), None)
    if chosen is None:
        raise HatUnknown("You do not have that role today.", field="hat")
    worn = next((h.role for h in hats if h.key == row.hat), "")
    if row.app is not None and chosen.key not in HATS:
        raise Crossing("The app is for families.", act="hat")
    must_be_fresh_for(chosen.role, worn=worn, confirmed_at=row.confirmed_at, now=now)
    row.hat, row.admin_at = chosen.key, None
    row.save(update_fields=["hat", "admin_at"])
    append(
        by=by, kind="accounts.hat.chosen/1", path=chosen.path, refs={"login": str(login), "role": chosen.role}, now=now
    )


@transaction.atomic
def set_admin_mode(*, by: Actor, login: UUID, on: bool, now: datetime) -> None:
    """Switch the administrator mode of one's own login on or off (row B43). Every login begins without it.

    Raises NotFound for another's login, NoAdminMode under a hat that has none. Journal: ``accounts.admin_mode.set/1``.
    """
    row = _own(by, login, now)
    hat = next((h for h in queries.hats(person=row.person, on=now.date()) if h.key == row.hat), None)
    if hat is None or not has_admin_mode(hat):
        raise NoAdminMode("This role has no administrator mode.")
    row.admin_at = now if on else None
    row.save(update_fields=["admin_at"])
    append(by=by, kind="accounts.admin_mode.set/1", path=hat.path, refs={"login": str(login), "on": on}, now=now)


@transaction.atomic
def end_login(*, by: Actor, login: UUID, because: str, now: datetime) -> None:
    """End one's own login, on this device or another (``left``, ``revoked``). Journal: ``accounts.login.ended/1``."""
    row = _own(by, login, now)
    row.ended_at, row.ended_because = now, because[:16]
    row.save(update_fields=["ended_at", "ended_because"])
    append(by=by, kind="accounts.login.ended/1", path="/", refs={"login": str(login), "because": because[:16]}, now=now)


@transaction.atomic
def end_others(*, by: Actor, keep: UUID, now: datetime) -> int:
    """End all of one's logins but this one; returns how many. Journal: ``accounts.logins.ended/1`` with the count."""
    kept = _own(by, keep, now)
    others = Login.objects.filter(person=kept.person, ended_at__isnull=True).exclude(id=keep)
    count = others.update(ended_at=now, ended_because="revoked")
    append(by=by, kind="accounts.logins.ended/1", path="/", refs={"kept": str(keep), "count": count}, now=now)
    return count


@transaction.atomic
def end_elsewhere(
    *, by: Actor, provider: str, name_id: Mapping[str, str], sessions: Sequence[str] = (), now: datetime
) -> int:
    """A provider says that somebody logged out there: their logins from it end here too; returns how many.

    `name_id` is what it calls the person; with `sessions` those of its sessions alone. Needs
    ``accounts.login.end_elsewhere``. Journal: ``accounts.logins.ended_elsewhere/1`` with the logins, where any
    ended.
    """
    by.must("accounts.login.end_elsewhere")
    rows = ProviderSession.objects.filter(provider=provider, name=name_of(name_id))
    if sessions:
        rows = rows.filter(session__in=["", *sessions])
    ids = list(rows.values_list("login", flat=True))
    going = Login.objects.select_for_update().filter(id__in=ids, ended_at__isnull=True)
    ended = sorted(str(one) for one in going.values_list("id", flat=True))
    if ended:
        going.update(ended_at=now, ended_because="provider")
        refs = {"provider": provider, "logins": ended}
        append(by=by, kind="accounts.logins.ended_elsewhere/1", path="/", refs=refs, now=now)
    rows.delete()
    return len(ended)


def name_of(name_id: Mapping[str, str]) -> str:
    """The digest of what a provider calls somebody: the name with all that makes it one person's."""
    parts = [name_id.get(one, "") for one in ("value", "format", "qualifier", "ours")]
    return sha256("\n".join(parts).encode()).hexdigest()


@transaction.atomic
def choose_locale(*, by: Actor, locale: str, now: datetime) -> None:
    """Remember the language that the actor chose. Journal: ``accounts.locale.chosen/1``."""
    Preference.objects.update_or_create(person=by.id, defaults={"locale": locale[:8]})
    append(by=by, kind="accounts.locale.chosen/1", path="/", refs={"locale": locale[:8]}, now=now)


def note_seen(*, by: Actor, login: UUID, seen_at: datetime, now: datetime) -> None:
    """Write down that the login is in use; at most once a minute, and not an act that is journalled."""
    if now - seen_at >= SEEN_EVERY:
        Login.objects.filter(id=login, person=by.id, ended_at__isnull=True).update(seen_at=now)


def _own(by: Actor, login: UUID, now: datetime) -> Login:
    row = _open(login, now)
    if row.person != by.id:
        raise NotFound("There is no such login.", field="login")
    return row


def _open(login: UUID, now: datetime) -> Login:
    row = Login.objects.select_for_update().filter(id=login).first()
    if row is None or queries.login(login, now=now) is None:
        raise NotFound("There is no such login.", field="login")
    return row
