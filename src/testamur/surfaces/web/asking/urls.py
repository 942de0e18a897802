"""Addresses: pages of forms and consents."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.asking import editing, family, outcome, receipts, signing

app_name = "forms"
urlpatterns = [
    path("", editing.home, name="home"),
    path("new/", editing.new, name="new"),
    path("of/<uuid:pupil>/", family.forms, name="forms"),
    path("of/<uuid:pupil>/<uuid:form>/", family.answer, name="answer"),
    path("of/<uuid:pupil>/<uuid:form>/withdraw/", family.withdraw, name="withdraw"),
    path("sign/<uuid:signing>/", signing.sign, name="sign"),
    path("sign/<uuid:signing>/ceremony/", signing.ceremony, name="ceremony"),
    path("sign/<uuid:signing>/begin/", signing.begin, name="begin"),
    path("sign/<uuid:signing>/cancel/", signing.cancel, name="cancel"),
    path("sign/<uuid:signing>/back/", signing.back, name="back"),
    path("sign/<uuid:signing>/app/", signing.app, name="app"),
    path("sign/<uuid:signing>/app/answer/", signing.pressed, name="pressed"),
    path("receipt/<uuid:receipt>/", receipts.receipt, name="receipt"),
    path("receipt/<uuid:receipt>/<slug:part>.json", receipts.file, name="receipt_file"),
    path("<uuid:form>/", editing.form, name="form"),
    path("<uuid:form>/change/", editing.change, name="change"),
    path("<uuid:form>/question/", editing.question, name="question"),
    path("<uuid:form>/publish/", editing.publish, name="publish"),
    path("<uuid:form>/discard/", editing.discard, name="discard"),
    path("<uuid:form>/remind/", outcome.remind, name="remind"),
    path("<uuid:form>/close/", outcome.close, name="close"),
    path("<uuid:form>/replace/", outcome.replace, name="replace"),
    path("<uuid:form>/table.<slug:kind>", outcome.table, name="table"),
]
