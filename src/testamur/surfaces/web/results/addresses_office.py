"""Addresses of the programme office, subscriptions, settings, the log and the decision about the process."""

from __future__ import annotations

from django.urls import path
from django.urls.resolvers import URLPattern

from testamur.surfaces.web.results import (
    corrections,
    desks,
    entering,
    feedback,
    log,
    office,
    office_admin,
    process,
    registry,
    settings,
    subscriptions,
)

urlpatterns: list[URLPattern] = [
    path("office/", office.queue, name="office"),
    path("office/admin-mode/", office_admin.admin_mode, name="admin_mode"),
    path("office/desks/", desks.desks, name="desks"),
    path("office/process/", process.process, name="process"),
    path("office/process/new/", process.propose, name="propose"),
    path("office/registry/", registry.registry, name="registry"),
    path("office/registry/<uuid:result_list>/", registry.one_transfer, name="transfer"),
    path("office/registry/resolve/<uuid:row>/", registry.resolve, name="resolve"),
    path("office/registry/retry/<uuid:transfer>/", registry.retry, name="retry"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:subscription>/end/", subscriptions.unsubscribe, name="unsubscribe"),
    path("settings/", settings.settings, name="settings"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("log/", log.log, name="log"),
    path("log/export/", log.export, name="log_export"),
    path("correct/<uuid:decision>/", corrections.correct, name="correct"),
    path("<uuid:result_list>/archive/", entering.archive_list, name="archive_list"),
    path("<uuid:result_list>/enter/", entering.enter, name="enter"),
    path("<uuid:result_list>/paper/", office.paper, name="paper"),
    path("<uuid:result_list>/remind/", office.remind, name="remind"),
    path("<uuid:result_list>/corrections/", corrections.corrections, name="corrections"),
]
