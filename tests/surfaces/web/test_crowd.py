"""Beyond what a process can serve, visitors queue; nobody gets an error and no form is turned away."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from testamur.surfaces.web.crowd import CrowdMiddleware


@pytest.fixture
def crowd() -> CrowdMiddleware:
    """A process that has room for four, each of whom lets the next one knock while still inside."""

    def inside(request: HttpRequest) -> HttpResponse:
        waiting: list[HttpRequest] = request.META.get("next", [])
        answers = request.META.setdefault("answers", [])
        if waiting:
            following = waiting.pop(0)
            following.META["next"], following.META["answers"] = waiting, answers
            answers.append((following.path, middleware(following)))
        return HttpResponse("page")

    with override_settings(WEB_ROOM=4):
        middleware = CrowdMiddleware(inside)
    return middleware


def visits(crowd: CrowdMiddleware, requests: list[HttpRequest]) -> dict[str, bool]:
    """All at once: each comes while those before are inside. Path → queued."""
    first = requests[0]
    first.META["next"] = requests[1:]
    answer = crowd(first)
    told = {path: answer.headers.get("X-Queue") == "1" for path, answer in first.META["answers"]}
    return {first.path: answer.headers.get("X-Queue") == "1", **told}


def a_visitor(path: str, *, known: bool, method: str = "get") -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)(path)
    if known:
        request.COOKIES["testamur"] = "x"
    return request


def test_people_inside_go_before_those_who_arrive(crowd: CrowdMiddleware) -> None:
    everybody = [a_visitor("/1", known=False), a_visitor("/2", known=False)]
    everybody += [a_visitor("/3", known=True), a_visitor("/4", known=True)]
    assert visits(crowd, everybody) == {"/1": False, "/2": False, "/3": False, "/4": False}
    strangers = [a_visitor(f"/{n}", known=False) for n in range(1, 4)]
    assert visits(crowd, strangers)["/3"]


def test_a_form_and_what_costs_nothing_are_never_queued(crowd: CrowdMiddleware) -> None:
    everybody = [a_visitor(f"/{n}", known=True) for n in range(1, 5)]
    assert not visits(crowd, [*everybody, a_visitor("/form", known=True, method="post")])["/form"]
    assert not visits(crowd, [*everybody, a_visitor("/static/web/app.css", known=False)])["/static/web/app.css"]


@pytest.mark.parametrize(("language", "word"), [("en", "queue"), ("sv", "")])
def test_the_page_asks_again_by_itself_in_the_visitors_language(
    crowd: CrowdMiddleware, language: str, word: str
) -> None:
    last = a_visitor("/last", known=True)
    last.META["HTTP_ACCEPT_LANGUAGE"] = language
    first = a_visitor("/1", known=True)
    first.META["next"] = [*(a_visitor(f"/{n}", known=True) for n in range(2, 5)), last]
    crowd(first)
    answer = dict(first.META["answers"])["/last"]
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert 4 <= int(answer.headers["Refresh"]) < 12
    assert f'<html lang="{language}">' in answer.content.decode()
    assert word in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
