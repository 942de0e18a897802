"""The demonstration's telephone: a keypad in the browser that calls the telephone service, without a carrier."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from testamur.surfaces.phone import service
from testamur.surfaces.phone.tokens import Forged
from testamur.surfaces.phone.twiml import Answer
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

KEYPAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
KEPT = 40
"""So many lines of the conversation stay on the page."""
SALT = "demonstration telephone"
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A call as the page keeps it, signed, in its form.

    Attributes:
        token: where the call is; empty when it is over.
        keys: how many keys are waited for; `typed` are those pressed so far.
        said: (language, text) of what was heard, and of the keys with no language.
    """

    call: str
    number: str
    token: str = ""
    keys: int = 0
    typed: str = ""
    said: tuple[tuple[str, str], ...] = ()


@public
@require_http_methods(["GET", "POST"])
def calling(request: WebRequest) -> HttpResponse:
    """Call, press keys, say nothing, hang up. There is no such page outside a demonstration."""
    if settings.MODE != "demo":
        raise Http404
    line = _kept(request.POST.get("line", "")) if request.method == "POST" else None
    if request.method == "POST":
        line = _went_on(request, line) if line is not None else _dialled(request)
    kept = signing.dumps(_plain(line), salt=SALT, compress=True) if line is not None else ""
    return page(request, "web/public/calling.html", line=line, kept=kept, keypad=KEYPAD, numbers=_numbers())


def _dialled(request: WebRequest) -> Line:
    number = service.number_of("+" + "".join(c for c in request.POST.get("number", "")[:LONGEST] if c.isdecimal()))
    line = Line(f"demo-{secrets.token_hex(8)}", number)
    call = service.Call(line.call, number, request.visitor.now)
    return _heard(line, service.begun(call, called=request.POST.get("called", "")[:LONGEST]))


def _went_on(request: WebRequest, line: Line) -> Line | None:
    act = request.POST.get("act", "")
    if act == "hang_up" or not line.token:
        return None
    pressed = "".join(c for c in request.POST.get("typed", "")[:LONGEST] if c in KEYPAD) if act == "send" else ""
    pressed = request.POST.get("key", "")[:1] if act == "key" or not act else pressed
    typed = line.typed + pressed if pressed in KEYPAD or act == "send" else line.typed
    digits, _, _ = typed[: line.keys + 1].partition("#")
    if act == "silence":
        digits = ""
    elif "#" not in typed and len(typed) < line.keys and act != "send":
        return replace(line, typed=typed)
    call = service.Call(line.call, line.number, request.visitor.now)
    shown = (*line.said, ("", digits)) if digits else line.said
    try:
        answer = service.went_on(call, token=line.token, digits=digits[: line.keys])
    except Forged:
        return None
    return _heard(replace(line, said=shown), answer)


def _heard(line: Line, answer: Answer) -> Line:
    said = (*line.said, *((one.locale, one.text) for one in answer.says if one.text))[-KEPT:]
    if answer.ask is None:
        return replace(line, token="", keys=0, typed="", said=said)
    token = answer.ask.url.rstrip("/").rpartition("/")[2]
    return replace(line, token=token, keys=answer.ask.keys, typed="", said=said)


def _numbers() -> list[str]:
    """Our numbers, as the installation names them."""
    return [one.strip().partition("=")[0] for one in settings.PHONE["numbers"].split(",") if one.strip()]


def _plain(line: Line) -> list[Any]:
    return [line.call, line.number, line.token, line.keys, line.typed, line.said]


def _kept(text: str) -> Line | None:
    try:
        call, number, token, keys, typed, said = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Line(call, number, token, keys, typed, tuple((locale, words) for locale, words in said))
