"""The door of what programs read: a token, its scope, how often; and a journal entry for each answer with data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import TooMany
from testamur.access.accounts.rules.clients import ClientView, ScopeUnknown, program
from testamur.exchange.connectors.roster.rules import SubscriptionRefused
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.surfaces.api import tokens
from testamur.surfaces.api.refusing import NotGiven, QueryInvalid, ScopeMissing, Unauthorised

MOST, WITHIN = 600, timedelta(minutes=5)
"""Answers to one client in a stretch of time."""
STATUS: Mapping[type[Refused], int] = {
    Unauthorised: 401,
    ScopeMissing: 403,
    NotAllowed: 403,
    NotFound: 404,
    TooMany: 429,
    QueryInvalid: 400,
    SubscriptionRefused: 400,
    NotGiven: 501,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """The program that asks: who it is, what it may read, when, and which of the further scopes its token has."""

    client: ClientView
    actor: Actor
    now: datetime
    further: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `shown`: of how many things about persons, which is written down; 0 for none.

    A body of None is an empty answer.
    """

    body: Any
    shown: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


class Words(Protocol):
    """How a standard says no."""

    def __call__(self, status: int, refused: Refused) -> dict[str, Any]:
        """The body."""


View = Callable[..., Answer]


def program_door(
    scope: str | tuple[str, ...],
    *,
    says: Words,
    what: str,
    methods: tuple[str, ...] = ("GET",),
    further: tuple[str, ...] = (),
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Programs with a token of that scope (or of one of several) come in; the view gets the request and the `Reader`.

    `further`: scopes that let it see more where the token has them.
    """
    enough = (scope,) if isinstance(scope, str) else scope

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt  # a program has no cookie; it has a token
        @wraps(view)
        def entered(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            now = clock.now()
            try:
                if "\0" in request.get_full_path() or any("\0" in text for text in _texts(request)):
                    raise QueryInvalid("The character NUL is in what was asked.", parameter="")
                reader = _reader(request, enough, further, now)
                answer = view(request, reader, **arguments)
            except tuple(STATUS) as refused:
                return _refused(refused, says)
            if answer.shown:
                asked = sha256(request.get_full_path().encode()).hexdigest()
                actions.note_reading(
                    by=reader.actor, path=reader.client.path, what=what, query=asked, count=answer.shown, now=now
                )
            if answer.body is None:
                return HttpResponse(status=answer.status, headers=dict(answer.headers))
            return JsonResponse(answer.body, safe=False, status=answer.status, headers=dict(answer.headers))

        entered.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test: a token is asked for
        return entered

    return decorate


def _texts(request: HttpRequest) -> list[str]:
    return [text for name, values in request.GET.lists() for text in (name, *values)]


def _reader(request: HttpRequest, enough: tuple[str, ...], further: tuple[str, ...], now: datetime) -> Reader:
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    token = tokens.read(text.strip(), now=now) if kind.lower() == "bearer" else None
    client = queries.open_client(token.client) if token is not None else None
    if token is None or client is None:
        raise Unauthorised("A bearer token is needed.")
    held = tuple(scope for scope in enough if scope in token.scopes)
    if not held:
        raise ScopeMissing(f"The token lacks the scope {enough[0]}.")
    beside = tuple(scope for scope in further if scope in token.scopes)
    try:
        actor = program(client, (*held, *beside))
    except ScopeUnknown as gone:  # taken from the client since
        raise ScopeMissing("The client lacks a scope of its token.") from gone
    actions.limit(by=actor, name="api.read", key=str(client.id), most=MOST, within=WITHIN, now=now)
    return Reader(client, actor, now, frozenset((*held, *beside)))


def _refused(refused: Refused, says: Words) -> HttpResponse:
    status = next(code for kind, code in STATUS.items() if isinstance(refused, kind))
    headers = {}
    if isinstance(refused, Unauthorised):
        headers["WWW-Authenticate"] = 'Bearer realm="testamur"'
    if isinstance(refused, TooMany):
        headers["Retry-After"] = str(max(1, round(refused.wait)))
    return JsonResponse(says(status, refused), status=status, headers=headers)
