"""Addresses: pages of the chain of help, of contacts, protected persons, and places in other systems."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.support import cases, contacts, guide, launching, links, questions, tools

app_name = "support"
urlpatterns = [
    path("", questions.home, name="home"),
    path("ask/", questions.ask, name="ask"),
    path("question/<uuid:question>/", questions.question, name="question"),
    path("question/<uuid:question>/act/", questions.act, name="act"),
    path("page/", guide.page_help, name="page_help"),
    path("schools/<uuid:unit>/", contacts.school, name="school"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<uuid:contact>/", contacts.change, name="contact"),
    path("protected/", cases.cases, name="cases"),
    path("protected/<uuid:sheltered>/", cases.case, name="case"),
    path("protected/<uuid:sheltered>/act/", cases.act, name="case_act"),
    path("links/<uuid:group>/", links.links, name="links"),
    path("links/<uuid:group>/end/", links.end, name="links_end"),
    path("tools/", tools.tools, name="tools"),
    path("tools/end/", tools.end, name="tools_end"),
    path("launch/<uuid:placement>/", launching.launch, name="launch"),
    path("authorize/", launching.authorize, name="authorize"),
]
