"""What strangers need to check documents by themselves: trust bundle, status lists, the public log as static tiles.

All of it names nobody. The log's files are those of the C2SP formats (tlog-tiles), so that monitors and witnesses made
by others can follow it.
"""

from __future__ import annotations

import json
import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from testamur.surfaces.web.doors import public
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import bundle
from testamur.trust.records import queries as records
from testamur.trust.transparency import queries as logs

_TILE = re.compile(r"tile/(entries|\d{1,2})/(x\d{3}/)*\d{3}(\.p/\d{1,3})?\Z")
_DAY = "public, max-age=86400"
_NOW = "public, max-age=10"


@public
@require_safe
def trust(request: WebRequest) -> HttpResponse:
    """The trust bundle with the newest status lists (docs/formats.md section 9)."""
    return _public(
        json.dumps(bundle.current(now=request.visitor.now)).encode(), "application/json", "public, max-age=60"
    )


@public
@require_safe
def status_list(request: HttpRequest, organisation: UUID) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The newest list of records that no longer hold."""
    return _public(json.dumps(records.status_file(organisation)).encode(), "application/json", "public, max-age=60")


@public
@require_safe
def log(request: HttpRequest, code: str, name: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A file of a transparency log: its checkpoint or a tile."""
    found = next((one for one in logs.logs() if one.code == code), None)
    if found is None:
        raise Http404
    if name == "checkpoint":
        return _public(logs.checkpoint(log=found.id), "text/plain; charset=utf-8", _NOW)
    if not _TILE.match(name):
        raise Http404
    try:
        return _public(logs.tile(log=found.id, path=name), "application/octet-stream", _DAY)
    except (FileNotFoundError, ValueError):
        raise Http404 from None


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Search engines may read the front page and the help, nothing else."""
    lines = "User-agent: *\nAllow: /$\nAllow: /help/\nAllow: /static/\nDisallow: /\n"
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


def _public(data: bytes, kind: str, keep: str) -> HttpResponse:
    headers = {
        "Cache-Control": keep,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HttpResponse(data, content_type=kind, headers=headers)
