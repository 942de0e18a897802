"""Addresses of families: guardians, pupils, and adults who once were pupils."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.family import (
    absences,
    calendar,
    elmo,
    events,
    home,
    leave,
    marks,
    notes,
    records,
    results,
    shares,
    week,
    year,
)

app_name = "family"
urlpatterns = [
    path("", home.home, name="home"),
    path("results/", results.results, name="results"),
    path("results/elmo.xml", elmo.file, name="elmo"),
    path("results/<uuid:record>/badge.json", elmo.badge, name="badge"),
    path("results/<uuid:record>/badge.jwt", elmo.badge_jwt, name="badge_jwt"),
    path("marks/<uuid:pupil>/", marks.marks, name="marks"),
    path("year/<uuid:pupil>/", year.year, name="year"),
    path("absences/<uuid:pupil>/", absences.absences, name="absences"),
    path("leave/<uuid:pupil>/", leave.leave, name="leave"),
    path("leave/<uuid:pupil>/<uuid:leave>/consent/", leave.consent, name="consent"),
    path("leave/<uuid:pupil>/<uuid:leave>/withdraw/", leave.withdraw, name="withdraw"),
    path("week/<uuid:pupil>/", week.week, name="week"),
    path("events/<uuid:pupil>/", events.events, name="events"),
    path("events/<uuid:pupil>/<uuid:event>/", events.event, name="event"),
    path("events/<uuid:pupil>/<uuid:event>/answer/", events.answer, name="answer"),
    path("events/<uuid:pupil>/<uuid:event>/book/", events.book, name="book"),
    path("calendar/<uuid:pupil>/", calendar.feed, name="feed"),
    path("calendar/<uuid:pupil>/renew/", calendar.renew, name="renew"),
    path("calendar/<str:secret>.ics", calendar.calendar, name="calendar"),
    path("remarks/<uuid:pupil>/", notes.remarks, name="remarks"),
    path("assessments/<uuid:pupil>/", notes.assessments, name="assessments"),
    path("health/<uuid:pupil>/", notes.health, name="health"),
    path("compare/<uuid:pupil>/", notes.compare, name="compare"),
    path("record/<uuid:record>/", records.record, name="record"),
    path("record/<uuid:record>/pdf/", records.pdf, name="pdf"),
    path("record/<uuid:record>/original/", records.original, name="original"),
    path("record/<uuid:record>/evidence/", records.evidence, name="evidence"),
    path("record/<uuid:record>/check/", records.check, name="check"),
    path("record/<uuid:record>/share/", shares.share, name="share"),
    path("shares/", shares.shares, name="shares"),
    path("shares/<uuid:share>/revoke/", shares.revoke, name="revoke"),
]
