"""Addresses: pages of messages between school and home."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.messages import away, lists, news, reading, writing

app_name = "messages"
urlpatterns = [
    path("", lists.home, name="home"),
    path("write/", writing.write, name="write"),
    path("away/", away.away, name="away"),
    path("away/<uuid:away>/end/", away.end, name="end_away"),
    path("telling/", away.telling, name="telling"),
    path("news/", news.told, name="news"),
    path("news/<uuid:class_news>/withdraw/", news.take_back, name="take_back"),
    path("child/<uuid:pupil>/", lists.child, name="child"),
    path("file/<uuid:attached>/", reading.file, name="file"),
    path("post/<uuid:post>/withdraw/", reading.withdraw, name="withdraw"),
    path("<uuid:conversation>/", reading.conversation, name="conversation"),
    path("<uuid:conversation>/answer/", reading.answer, name="answer"),
    path("<uuid:conversation>/close/", reading.close, name="close"),
    path("<uuid:conversation>/mute/", reading.mute, name="mute"),
    path("<uuid:conversation>/off/", reading.off, name="off"),
]
