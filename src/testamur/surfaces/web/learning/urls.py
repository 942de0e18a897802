"""Addresses: pages of plans, matrices, development plans, talks and portfolios."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.learning import development, family, matrices, plans, portfolio, signing, talks

app_name = "learning"
urlpatterns = [
    path("", plans.home, name="home"),
    path("demand/", development.demand, name="demand"),
    path("group/<uuid:group>/", plans.group, name="group"),
    path("group/<uuid:group>/new/", plans.new, name="new"),
    path("group/<uuid:group>/library/", plans.library, name="library"),
    path("group/<uuid:group>/portfolio/", portfolio.portfolio, name="portfolio"),
    path("group/<uuid:group>/portfolio/new/", portfolio.new, name="entry_new"),
    path("group/<uuid:group>/development/", development.developments, name="developments"),
    path("group/<uuid:group>/development/draft/", development.draft, name="draft"),
    path("group/<uuid:group>/talks/", talks.talks, name="talks"),
    path("group/<uuid:group>/talks/new/", talks.new, name="talk_new"),
    path("plan/<uuid:plan>/", plans.plan, name="plan"),
    path("plan/<uuid:plan>/change/", plans.change, name="change"),
    path("plan/<uuid:plan>/act/", plans.act, name="act"),
    path("plan/<uuid:plan>/matrix/", matrices.matrix, name="matrix"),
    path("plan/<uuid:plan>/matrix/<uuid:pupil>/", matrices.pupil, name="matrix_pupil"),
    path("entry/<uuid:entry>/", portfolio.entry, name="entry"),
    path("entry/<uuid:entry>/change/", portfolio.change, name="entry_change"),
    path("entry/<uuid:entry>/act/", portfolio.act, name="entry_act"),
    path("picture/<uuid:picture>/", portfolio.picture, name="picture"),
    path("development/<uuid:development>/", development.development, name="development"),
    path("development/<uuid:development>/write/", development.write, name="write"),
    path("version/<uuid:version>/pdf/", development.pdf, name="pdf"),
    path("version/<uuid:version>/sign/", signing.sign, name="sign"),
    path("version/<uuid:version>/sign/<uuid:ceremony>/", signing.ceremony, name="ceremony"),
    path("version/<uuid:version>/sign/<uuid:ceremony>/answer/", signing.answer, name="answer"),
    path("talk/<uuid:talk>/", talks.talk, name="talk"),
    path("talk/<uuid:talk>/act/", talks.act, name="talk_act"),
    path("child/<uuid:pupil>/", family.child, name="child"),
    path("child/<uuid:pupil>/matrix/", family.child_matrix, name="child_matrix"),
    path("child/<uuid:pupil>/portfolio/", family.child_portfolio, name="child_portfolio"),
    path("child/<uuid:pupil>/portfolio/export/", family.export, name="export"),
    path("child/<uuid:pupil>/portfolio/drop/", family.drop, name="drop"),
    path("child/<uuid:pupil>/work/", family.work, name="work"),
    path("child/<uuid:pupil>/plan/<uuid:plan>/", family.child_teaching, name="child_teaching"),
    path("child/<uuid:pupil>/development/<uuid:version>/", family.child_plan, name="child_plan"),
    path("child/<uuid:pupil>/talk/<uuid:talk>/", family.child_talk, name="child_talk"),
]
