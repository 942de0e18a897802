"""Addresses for everybody."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.public import calling, enquiries, files, inbox, machines, pages, verify

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("verify/", verify.verify, name="verify"),
    path("verify/offline.html", verify.offline, name="offline"),
    path("verify/trust.json", files.trust, name="trust"),
    path("v/<str:code>/", verify.by_code, name="code"),
    path("status-list/<uuid:organisation>.json", files.status_list, name="status-list"),
    path("log/<slug:code>/<path:name>", files.log, name="log"),
    path("help/", pages.help_page, name="help"),
    path("help/e-id/", pages.eid_help, name="eid-help"),
    path("contact/", enquiries.contact, name="contact"),
    path("join/", enquiries.join, name="join"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("status/", pages.status, name="status"),
    path("hooks/sms/<uuid:message>/<str:token>/", machines.sms_report, name="sms-report"),
    path("health", machines.health, name="health"),
    path("demo/inbox/", inbox.inbox, name="inbox"),
    path("demo/phone/", calling.calling, name="calling"),
    path("robots.txt", files.robots, name="robots"),
]
