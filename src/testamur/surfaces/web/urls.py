"""Addresses of the web, by audience."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("testamur.surfaces.web.public.urls")),
    path("", include("testamur.surfaces.web.shell.urls")),
    path("account/", include("testamur.surfaces.web.account.urls")),
    path("office/board/", include("testamur.surfaces.web.board.urls")),
    path("office/", include("testamur.surfaces.web.office.urls")),
    path("sign/", include("testamur.surfaces.web.staff.urls")),
    path("diary/", include("testamur.surfaces.web.diary.urls")),
    path("results/", include("testamur.surfaces.web.results.urls")),
    path("lti/", include("testamur.surfaces.web.lti.urls")),
    path("notices/", include("testamur.surfaces.web.notices.urls")),
    path("reports/", include("testamur.surfaces.web.reports.urls")),
    path("transcripts/", include("testamur.surfaces.web.transcripts.urls")),
    path("yearend/", include("testamur.surfaces.web.yearend.urls")),
    path("messages/", include("testamur.surfaces.web.messages.urls")),
    path("forms/", include("testamur.surfaces.web.asking.urls")),
    path("care/", include("testamur.surfaces.web.care.urls")),
    path("learning/", include("testamur.surfaces.web.learning.urls")),
    path("timetable/", include("testamur.surfaces.web.timetable.urls")),
    path("menus/", include("testamur.surfaces.web.menus.urls")),
    path("app/", include("testamur.surfaces.web.app.urls")),
    path("mine/", include("testamur.surfaces.web.mine.urls")),
    path("keeping/", include("testamur.surfaces.web.keeping.urls")),
    path("custody/", include("testamur.surfaces.web.custody.urls")),
    path("supervision/", include("testamur.surfaces.web.supervision.urls")),
    path("rollout/", include("testamur.surfaces.web.rollout.urls")),
    path("support/", include("testamur.surfaces.web.support.urls")),
    path("search/", include("testamur.surfaces.web.searching.urls")),
    path("family/", include("testamur.surfaces.web.family.urls")),
    path("deliveries/", include("testamur.surfaces.web.handover.urls")),
    path("s/", include("testamur.surfaces.web.family.shared_urls")),
]
