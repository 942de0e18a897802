"""Addresses of families: guardians, pupils, and adults who once were pupils."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.family import home, records, shares

app_name = "family"
urlpatterns = [
    path("", home.home, name="home"),
    path("record/<uuid:record>/", records.record, name="record"),
    path("record/<uuid:record>/pdf/", records.pdf, name="pdf"),
    path("record/<uuid:record>/original/", records.original, name="original"),
    path("record/<uuid:record>/evidence/", records.evidence, name="evidence"),
    path("record/<uuid:record>/check/", records.check, name="check"),
    path("record/<uuid:record>/share/", shares.share, name="share"),
    path("shares/", shares.shares, name="shares"),
    path("shares/<uuid:share>/revoke/", shares.revoke, name="revoke"),
]
