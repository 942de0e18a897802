"""Addresses of those who sign."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.staff import ceremonies, certificates, documents, lists, progress, reviews, services

app_name = "staff"
urlpatterns = [
    path("", lists.home, name="home"),
    path("signed/", lists.signed, name="signed"),
    path("document/<uuid:record>/", documents.document, name="document"),
    path("document/<uuid:record>/pdf/", documents.pdf, name="pdf"),
    path("decline/", documents.decline, name="decline"),
    path("review/", reviews.review, name="review"),
    path("start/", reviews.start, name="start"),
    path("ceremony/<uuid:ceremony>/", ceremonies.ceremony, name="ceremony"),
    path("ceremony/<uuid:ceremony>/begin/", ceremonies.begin, name="begin"),
    path("ceremony/<uuid:ceremony>/cancel/", ceremonies.cancel, name="cancel"),
    path("ceremony/<uuid:ceremony>/back/", ceremonies.back, name="back"),
    path("ceremony/<uuid:ceremony>/app/", ceremonies.app, name="app"),
    path("ceremony/<uuid:ceremony>/answer/", ceremonies.answer, name="answer"),
    path("ceremony/<uuid:ceremony>/confirm/", ceremonies.confirm, name="confirm"),
    path("ceremony/<uuid:ceremony>/certificate/", certificates.certificate, name="certificate"),
    path("ceremony/<uuid:ceremony>/certificate/choose/", certificates.choose, name="certificate-choose"),
    path("ceremony/<uuid:ceremony>/certificate/other/", certificates.other, name="certificate-other"),
    path("ceremony/<uuid:ceremony>/certificate/request/", certificates.request_file, name="certificate-request"),
    path("ceremony/<uuid:ceremony>/certificate/answer/", certificates.hand_in, name="certificate-answer"),
    path("ceremony/<uuid:ceremony>/service/", services.find, name="service-find"),
    path("ceremony/<uuid:ceremony>/service/choose/", services.choose, name="service-choose"),
    path("ceremony/<uuid:ceremony>/service/code/", services.code, name="service-code"),
    path("ceremony/<uuid:ceremony>/service/authorise/", services.authorise, name="service-authorise"),
    path("ceremony/<uuid:ceremony>/service/leave/", services.leave, name="service-leave"),
    path("service/returned/", services.returned, name="service-returned"),
    path("progress/<uuid:ceremony>/", progress.progress, name="progress"),
]
