"""Addresses: plans of the roll-out, what they ask of a school, first steps."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.rollout import editing, first, plans, practice

app_name = "rollout"
urlpatterns = [
    path("", plans.home, name="home"),
    path("first/", first.first, name="first"),
    path("first/put-away/", first.put_away, name="put_away"),
    path("practice/", practice.practice, name="practice"),
    path("new/", editing.new, name="new"),
    path("plan/<uuid:rollout>/", plans.plan, name="plan"),
    path("plan/<uuid:rollout>/change/", editing.change, name="change"),
    path("plan/<uuid:rollout>/act/", plans.act, name="act"),
    path("plan/<uuid:rollout>/join/", plans.join, name="join"),
    path("plan/<uuid:rollout>/leave/", plans.leave, name="leave"),
]
