"""Addresses of administrators and principals."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.office import (
    board,
    correcting,
    documents,
    following,
    groups,
    importing,
    preview,
    releasing,
    seals,
    sights,
    staff,
    works,
)

app_name = "office"
urlpatterns = [
    path("", board.home, name="home"),
    path("act/", board.act, name="act"),
    path("overview/", board.overview, name="overview"),
    path("groups/<uuid:group>/", groups.group, name="group"),
    path("groups/<uuid:group>/act/", groups.act, name="group_act"),
    path("work/", works.works, name="works"),
    path("work/<uuid:work>/", works.work, name="work"),
    path("preview/<uuid:record>/", preview.preview, name="preview"),
    path("preview/<uuid:record>/pdf/", preview.pdf, name="pdf"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<uuid:record>/", documents.record, name="record"),
    path("documents/<uuid:record>/original/", documents.original, name="original"),
    path("documents/<uuid:record>/check/", documents.check, name="check"),
    path("documents/<uuid:record>/annul/", documents.annul, name="annul"),
    path("pupils/<uuid:pupil>/decisions/", correcting.decisions, name="decisions"),
    path("pupils/<uuid:pupil>/remake/", correcting.remake, name="remake"),
    path("decisions/<uuid:decision>/correct/<str:way>/", correcting.correct, name="correct"),
    path("imports/", importing.imports, name="imports"),
    path("imports/<uuid:work>/load/", importing.load, name="load"),
    path("imports/<uuid:work>/give-up/", importing.give_up, name="give_up"),
    path("imports/<uuid:work>/report/", importing.report, name="report"),
    path("follow/", following.follow, name="follow"),
    path("follow/act/", following.act, name="follow_act"),
    path("release/", releasing.releases, name="releases"),
    path("release/plan/", releasing.plan, name="plan"),
    path("release/now/", releasing.now, name="release"),
    path("seals/", seals.seals, name="seals"),
    path("seals/request/", seals.ask, name="seal_request"),
    path("seals/<uuid:seal>/", seals.seal, name="seal"),
    path("seals/<uuid:seal>/request.pem", seals.request_pem, name="seal_pem"),
    path("seals/<uuid:seal>/install/", seals.install, name="seal_install"),
    path("seals/<uuid:seal>/try/", seals.attempt, name="seal_try"),
    path("seals/<uuid:seal>/retire/", seals.retire, name="seal_retire"),
    path("people/", staff.posts, name="people"),
    path("people/appoint/", staff.appoint, name="appoint"),
    path("people/posts/<uuid:post>/end/", staff.end, name="end_post"),
    path("people/signer/", staff.signer, name="signer"),
    path("sights/", sights.sights, name="sights"),
]
