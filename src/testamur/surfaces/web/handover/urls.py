"""Addresses of the delivery to the ministry's store."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.handover import acting, batches, home, records

app_name = "handover"
urlpatterns = [
    path("", home.home, name="home"),
    path("ask/", acting.ask, name="ask"),
    path("again/", acting.again, name="again"),
    path("steer/<uuid:organisation>/", acting.steer, name="steer"),
    path("rejected/", records.rejected, name="rejected"),
    path("classes/<uuid:group>/", records.group, name="class"),
    path("records/<uuid:record>/", records.record, name="record"),
    path("batches/<uuid:batch>/", batches.batch, name="batch"),
    path("batches/<uuid:batch>/receipt/", batches.receipt, name="receipt"),
    path("batches/<uuid:batch>/withdraw/", acting.withdraw, name="withdraw"),
]
