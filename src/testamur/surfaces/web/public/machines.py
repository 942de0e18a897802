"""What programs call: a carrier's delivery report, the operator's watchman."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery import queries as delivery
from testamur.kernel.delivery import reports
from testamur.kernel.jobs import queries as jobs
from testamur.kernel.journal import queries as journal
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.requests import WebRequest

LATE = 600.0
"""Seconds after which waiting work means that nobody does it."""


@public
@csrf_exempt  # a carrier has no cookie; the address holds a secret of the message, and Twilio signs
@require_POST
def sms_report(request: WebRequest, message: UUID, token: str) -> HttpResponse:
    """What became of a text message (46elks, Twilio)."""
    try:
        reports.accept(
            message=message,
            token=token,
            signature=request.headers.get("X-Twilio-Signature", ""),
            form={key: str(value) for key, value in request.POST.items()},
            now=request.visitor.now,
        )
    except Refused:
        return HttpResponse(status=403)
    return HttpResponse(status=204)


@public
@require_safe
def health(request: WebRequest) -> HttpResponse:
    """200 while the database answers and background work is done; 503 with what waits otherwise. Names nobody."""
    now = request.visitor.now
    waits = {
        "journal": round(journal.lag(now), 1),
        "messages": round(delivery.lag(now=now), 1),
        "tasks": round(jobs.lag(now=now), 1),
    }
    well = all(seconds < LATE for seconds in waits.values())
    return JsonResponse({"ok": well, "waiting_seconds": waits}, status=200 if well else 503)
