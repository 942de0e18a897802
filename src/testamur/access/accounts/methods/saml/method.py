"""SAML as a way to log in.

The provider has the browser post its answer to us from another site, where our cookies do not come along. So the answer
is judged when it comes, what was found is kept on the try, and the browser is sent on to an address that it visits with
its cookies: only the browser that began gets in.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, MethodRefused, Progress, Way
from testamur.access.accounts.methods.hiding import same
from testamur.access.accounts.methods.saml import logout, metadata, requests, responses
from testamur.access.accounts.methods.saml.responses import NameId
from testamur.access.accounts.methods.saml.settings import Provider, Table, address, read, where
from testamur.access.accounts.methods.saml.xml import Refused
from testamur.access.accounts.rules import Level, Purpose
from testamur.kernel.base.clock import parse_stamp, stamp

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)
DENIED, REFUSED = "providerDenied", "providerRefused"


class Saml(Base):
    """Web browser SSO: our request by redirect, the answer by post."""

    name = "saml"
    remote = True

    def __init__(self, table: Table, http: httpx.BaseTransport | None = None) -> None:
        """`table` as in the settings; `http` replaces the network in tests."""
        self.table = table
        self._http = http

    def ways(self, *, person: UUID | None) -> Iterator[Way]:  # noqa: ARG002 - for everybody
        """One for each provider, at the best level that it gives."""
        for name, provider in self.table.providers.items():
            best = max(Level[level.upper()] for level in provider.levels.values())
            yield Way(self.name, best, choice=name, label=provider.label)

    def begin(self, asked: Asked) -> Begun:
        """The address to send the browser to."""
        name = asked.given.get("provider", "")
        provider = self.table.providers.get(name)
        if provider is None:
            raise MethodRefused("There is no such provider.", field="provider")
        state, key = f"{asked.attempt.hex}.{secrets.token_urlsafe(24)}", f"_{secrets.token_hex(20)}"
        fresh = asked.purpose is Purpose.CONFIRM
        try:
            known = metadata.theirs(provider, now=asked.now, http=self._http)
            request = requests.authn_request(
                self.table, key=key, sso=known.sso, contexts=provider.asks_for, fresh=fresh, now=asked.now
            )
            go = requests.redirect(self.table, sso=known.sso, request=request, state=state)
        except (Refused, OSError, ValueError, TypeError, httpx.HTTPError) as error:
            log.warning("provider %s cannot be asked: %s (%s)", name, type(error).__name__, error)
            raise MethodRefused("The provider cannot be reached just now.", field="provider") from error
        kept = {"provider": name, "state": state, "request": key, "fresh": fresh, "begun": stamp(asked.now)}
        return Begun(kept, LIFETIME, go=go)

    def deliver(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Mapping[str, Any] | None:
        """What is to be kept once the provider's answer came, whoever brought it; None where it is none to this try.

        It is taken once: an answer that was judged, for good or ill, leaves nothing for another one.
        """
        provider = self.table.providers.get(kept.get("provider", ""))
        if provider is None or "told" in kept or not same(kept["state"], given.get("state", "")):
            return None
        told: dict[str, Any] = {"hint": REFUSED}
        try:
            told = self._judge(provider, kept, given.get("response", ""), now)
        except responses.Denied as denied:
            log.info("provider %s identified nobody: %s", kept["provider"], str(denied)[:120])
            told = {"hint": DENIED}
        except (Refused, OSError, ValueError, httpx.HTTPError) as error:
            log.warning("provider %s: response refused: %s", kept["provider"], str(error)[:120])
        return {**kept, "told": told}

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:  # noqa: ARG002
        """What was found in the answer that came."""
        if not same(kept["state"], given.get("state", "")):
            return Progress(REFUSED, failed=True)
        told = kept.get("told")
        if told is None:
            return Progress()
        if "level" not in told:
            return Progress(str(told["hint"]), failed=True)
        numbers = tuple((str(a), str(b), str(c)) for a, b, c in told["numbers"])
        return Progress(
            found=Found(
                Level(told["level"]), numbers=numbers, evidence=str(told["evidence"]), body=told["body"],
                session=told.get("session", {}),
            )
        )  # fmt: skip

    def _judge(self, provider: Provider, kept: Mapping[str, Any], response: str, now: datetime) -> dict[str, Any]:
        known = metadata.theirs(provider, now=now, http=self._http)
        expected = responses.Expected(
            request=kept["request"],
            issuer=provider.entity_id,
            us=self.table.us,
            acs=address("acs/"),
            certificates=known.certificates,
            fresh_since=parse_stamp(kept["begun"]) if kept["fresh"] else None,
            key=self.table.opener[0],
        )
        said = responses.believed(response, expected, now=now)
        level = provider.level(said.context)
        numbers = [
            [one.scheme.value, said.attributes[one.attribute][0], one.context]
            for one in provider.identifiers
            if len(said.attributes.get(one.attribute, ())) == 1
        ]
        if level is None:
            raise Refused("a context class that stands for no level")
        if not numbers:
            raise Refused("no number of the register")
        evidence = sha256(response.encode()).hexdigest()
        session = {"provider": kept["provider"], "index": said.session, **asdict(said.name_id)} if said.name_id else {}
        return {
            "level": level.value, "numbers": numbers, "evidence": evidence, "body": provider.body, "session": session,
        }  # fmt: skip

    def leaving(self, session: Mapping[str, str], *, now: datetime) -> str:
        """The address that tells a provider that somebody logged out here; empty where it takes no such word."""
        provider = self.table.providers.get(session.get("provider", ""))
        if provider is None:
            return ""
        name = NameId(session["value"], session["format"], session["qualifier"], session["ours"])
        try:
            known = metadata.theirs(provider, now=now, http=self._http)
            key = f"_{secrets.token_hex(20)}"
            return logout.leave(self.table, known, key=key, name_id=name, session=session["index"], now=now)
        except (Refused, OSError, ValueError, TypeError, httpx.HTTPError) as error:
            log.info("provider %s is not told of a logout: %s", session["provider"], str(error)[:120])
            return ""

    def left(self, *, data: bytes, query: str | None, now: datetime) -> tuple[str, Provider, logout.Asked]:
        """A provider's own word that somebody logged out there: its name here, and what it asks. Raises Refused."""
        entity = logout.issuer(data)
        name, provider = next(
            ((name, one) for name, one in self.table.providers.items() if one.entity_id == entity), ("", None)
        )
        if provider is None:
            raise Refused("a provider that is not trusted here")
        known = metadata.theirs(provider, now=now, http=self._http)
        return name, provider, logout.asked(data, entity=entity, known=known, query=query, now=now)

    def answer(self, provider: Provider, asked: logout.Asked, *, state: str, now: datetime) -> str:
        """The address that tells the provider that we did as it asked. Raises Refused."""
        known = metadata.theirs(provider, now=now, http=self._http)
        key = f"_{secrets.token_hex(20)}"
        return logout.answer(self.table, known, key=key, request=asked.id, state=state, now=now)

    def refresh(self, *, now: datetime) -> int:
        """Fetch the metadata of every provider that has them at an address; returns how many were believed.

        One that fails is told to the log; what was believed before holds until it ends.
        """
        done = 0
        for name, provider in self.table.providers.items():
            if "://" not in provider.metadata:
                continue
            try:
                metadata.refresh(provider, now=now, http=self._http)
                done += 1
            except (Refused, OSError, ValueError, httpx.HTTPError) as error:
                log.warning("metadata of provider %s: %s (%s)", name, type(error).__name__, str(error)[:120])
        return done


@lru_cache(maxsize=4)
def _made(path: Path, changed: int) -> Saml:
    return Saml(read(path, changed))


def configured() -> Saml:
    """As the file of ``TESTAMUR_SAML`` says; a changed file is read anew. Raises `NotSetUp`."""
    return _made(*where())
