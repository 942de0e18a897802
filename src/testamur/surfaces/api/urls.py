"""Addresses for programs."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.api import badges

app_name = "api"
urlpatterns = [
    path("badges/issuers/<uuid:organisation>", badges.issuer, name="badge_issuer"),
    path("badges/issuers/<uuid:organisation>/keys/<str:kid>", badges.key, name="badge_key"),
    path("badges/issuers/<uuid:organisation>/revocations", badges.revocations, name="badge_revocations"),
    path("badges/<str:code>", badges.badge, name="badge"),
]
