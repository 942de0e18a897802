"""Addresses of the notices."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.notices import addresses, choosing, devices, labels, registering, registrations, stopping

app_name = "notices"
urlpatterns = [
    path("", choosing.choices, name="choices"),
    path("child/<uuid:pupil>/", choosing.child, name="child"),
    path("settings/", choosing.settings, name="settings"),
    path("test/", choosing.test, name="test"),
    path("pin/", choosing.pin, name="pin"),
    path("address/", addresses.add, name="address"),
    path("address/<uuid:attempt>/", addresses.prove, name="address_code"),
    path("devices/", devices.add, name="devices"),
    path("devices/<uuid:device>/forget/", devices.forget, name="forget_device"),
    path("worker.js", devices.worker, name="worker"),
    path("register/", registering.register, name="register"),
    path("register/<uuid:attempt>/", registering.prove, name="prove"),
    path("stop/<str:stop>/", stopping.stop, name="stop"),
    path("registrations/", registrations.overview, name="registrations"),
    path("registrations/<uuid:registration>/", registrations.decide, name="decide"),
    path("labels/", labels.classes, name="labels"),
    path("labels/<uuid:group>/", labels.group, name="group_labels"),
    path("labels/<uuid:group>/print/", labels.sheet, name="print_labels"),
    path("labels/<uuid:group>/codes/", labels.codes, name="codes"),
]
