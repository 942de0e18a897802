"""A child's portfolio as a ZIP with a page to open and the pictures beside it."""

from __future__ import annotations

import io
import zipfile

from django.template.loader import render_to_string

from testamur.schoolday.learning import queries
from testamur.surfaces.web.family.child import ChildPage
from testamur.surfaces.web.learning.portfolio import KINDS
from testamur.surfaces.web.requests import WebRequest

MOST = 2000
"""Entries of one child, more than a whole time at school makes."""


def zipped(request: WebRequest, of: ChildPage) -> bytes:
    """``index.html`` and ``pictures/``: what the family may see on this day, and nothing of another child.

    Pictures are read one after the other; they are small JPEGs of our own making.
    """
    by = request.visitor.actor
    entries = queries.entries_for(by=by, children=[of.pupil], on=of.today, limit=MOST)[of.pupil]
    goals = queries.goals_by_id({goal for one in entries for goal in one.goals})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        lines = []
        for one in entries:
            pictures = []
            for picture in one.pictures:
                name = f"pictures/{one.on.isoformat()}-{picture.id.hex[-8:]}.jpg"
                archive.writestr(name, queries.picture(by=by, picture=picture.id, on=of.today))
                pictures.append((picture, name))
            lines.append((one, KINDS[one.kind], [goals[g].text for g in one.goals if g in goals], pictures))
        told = {"child": of, "lines": lines, "made": request.visitor.now}
        archive.writestr("index.html", render_to_string("web/learning/export.html", told))
    return out.getvalue()
