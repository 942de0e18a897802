"""Addresses of the lists: home, a new one, the list itself, fetching, sending, reviewing, signing."""

from __future__ import annotations

from django.urls import path
from django.urls.resolvers import URLPattern

from testamur.surfaces.web.results import bringing, history, home, lists, opening, reviewing, rows, sending, talking

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("open/", home.open_list, name="open"),
    path("new/", opening.new, name="new"),
    path("<uuid:result_list>/", lists.result_list, name="list"),
    path("<uuid:result_list>/rows/", rows.rows, name="rows"),
    path("<uuid:result_list>/fetch/", bringing.fetch, name="fetch"),
    path("<uuid:result_list>/comment/", talking.comment, name="comment"),
    path("<uuid:result_list>/graders/", talking.graders, name="graders"),
    path("<uuid:result_list>/title/", talking.title, name="title"),
    path("<uuid:result_list>/reveal/", talking.reveal, name="reveal"),
    path("<uuid:result_list>/unregistered/", talking.unregistered, name="unregistered"),
    path("<uuid:result_list>/discard/", talking.discard, name="discard"),
    path("<uuid:result_list>/send/", sending.send, name="send"),
    path("<uuid:result_list>/recall/", sending.recall, name="recall"),
    path("<uuid:result_list>/review/", reviewing.review, name="review"),
    path("<uuid:result_list>/seen/", reviewing.note_seen, name="seen"),
    path("<uuid:result_list>/return/", reviewing.send_back, name="return"),
    path("<uuid:result_list>/sign/", reviewing.sign, name="sign"),
    path("<uuid:result_list>/history/", history.history, name="history"),
]
