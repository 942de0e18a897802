"""Files as answers: a document shown in the page, or one to keep under a name in any script."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from testamur.kernel.base.text import file_stem

PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""Content-Security-Policy of a PDF: what the browser's own viewer needs, and nothing else."""


def inline_pdf(data: bytes, name: str) -> HttpResponse:
    """A document for a frame of our own pages."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    answer.headers["Content-Security-Policy"] = PDF_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def attachment(data: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep."""
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer


def record_stem(title: str, period: str, code: str) -> str:
    """The beginning of a document's file name: tells what it is and names nobody."""
    return " ".join(filter(None, (file_stem(title), file_stem(period.replace("/", "-")), code)))
