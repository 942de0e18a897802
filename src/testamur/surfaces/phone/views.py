"""What a telephone carrier calls. Every view asks first whether it is our carrier."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.methods.hiding import same
from testamur.kernel.base import clock
from testamur.surfaces.phone import service, speech, texting, twiml
from testamur.surfaces.phone.service import Call
from testamur.surfaces.phone.signatures import signed
from testamur.surfaces.phone.tokens import Forged

MOST_SMS = 1600
View = Callable[..., HttpResponseBase]


def carrier(view: View) -> View:
    """Only our carrier comes in: by its signature over address and form."""

    @csrf_exempt  # a carrier has no cookie; it signs
    @require_POST
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = _form(request)
        given = request.headers.get("X-Twilio-Signature", "")
        if not signed(path=request.get_full_path(), form=form, given=given) or not form.get("CallSid"):
            return HttpResponse(status=403)
        return view(request, form, *args, **kwargs)

    return public(entered)


def public(view: View) -> View:
    """Named as a door that nobody has to be logged in for, as the web's doors are."""
    view.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test
    return view


@carrier
def voice(_request: HttpRequest, form: dict[str, str]) -> HttpResponse:
    """Somebody calls."""
    return _spoken(service.begun(_call(form), called=form.get("To", "")))


@carrier
def step(_request: HttpRequest, form: dict[str, str], token: str) -> HttpResponse:
    """Keys were pressed, or nothing for a while."""
    try:
        return _spoken(service.went_on(_call(form), token=token, digits=form.get("Digits", "")))
    except Forged:
        return HttpResponse(status=403)


@carrier
def ended(_request: HttpRequest, form: dict[str, str]) -> HttpResponse:
    """The call is over."""
    service.ended(_call(form), status=form.get("CallStatus", ""))
    return HttpResponse(status=204)


@public
@csrf_exempt  # a carrier has no cookie; the address holds a secret, and Twilio signs
@require_POST
def sms(request: HttpRequest, secret: str) -> HttpResponse:
    """A text message came in, from 46elks (from, message, id) or Twilio (From, Body, MessageSid)."""
    kept = settings.PHONE["sms_secret"]
    form = _form(request)
    if not kept or not same(secret, kept):
        return HttpResponse(status=403)
    if "MessageSid" in form:
        given = request.headers.get("X-Twilio-Signature", "")
        if not signed(path=request.get_full_path(), form=form, given=given):
            return HttpResponse(status=403)
        said = _texted(form["MessageSid"], form.get("From", ""), form.get("Body", ""))
        return HttpResponse(twiml.message(said), content_type="text/xml; charset=utf-8")
    if settings.SMS.get("provider") == "twilio":
        return HttpResponse(status=403)
    said = _texted(form.get("id", ""), form.get("from", ""), form.get("message", ""))
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


@public
@require_safe
def audio(_request: HttpRequest, locale: str, phrase: str) -> HttpResponseBase:
    """A recording of one of the service's own phrases."""
    path = speech.sound(phrase, locale)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="audio/wav")


def _texted(name: str, sender: str, message: str) -> str:
    return texting.answered(
        sender=service.number_of(sender), message=message.replace("\0", " ")[:MOST_SMS], name=name, now=clock.now()
    )


def _call(form: dict[str, str]) -> Call:
    return Call(form["CallSid"], service.number_of(form.get("From", "")), clock.now())


def _spoken(answer: twiml.Answer) -> HttpResponse:
    return HttpResponse(twiml.rendered(answer), content_type="text/xml; charset=utf-8")


def _form(request: HttpRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.POST.items()}
