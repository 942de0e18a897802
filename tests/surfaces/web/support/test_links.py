"""A group's places in Google Classroom, Teams and learning tools: the way there, and nothing that is copied."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.register.people.rules import Protection
from testamur.schoolday.support import actions
from testamur.schoolday.support.models import Link
from testamur.schoolday.support.rules import LinkInvalid, LinkKind, NewTool, check_link
from testamur.surfaces.web.support.launching import CLAIM
from tests.surfaces.web.family.diaries import Families
from tests.surfaces.web.support.conftest import Enter

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C24")]
CLASSROOM = {
    "what": "link", "kind": "classroom", "label": "8A in Classroom", "url": "https://classroom.google.com/c/1",
    "families": "on",
}  # fmt: skip
BACK = "http://127.0.0.1:9/back"


def test_a_teacher_links_the_class_and_families_see_what_is_for_them(families: Families, enter: Enter) -> None:
    teacher, address = enter("class_teacher"), reverse("support:links", args=[families.bg.group])
    assert teacher.post(address, CLASSROOM).status_code == 303
    staff = {"what": "link", "kind": "teams", "label": "Staff room", "url": "https://teams.microsoft.com/l/2"}
    assert teacher.post(address, staff).status_code == 303
    page = enter("guardian").get(reverse("support:home")).content.decode()
    assert "https://classroom.google.com/c/1" in page
    assert "Staff room" not in page
    assert "Staff room" in teacher.get(address).content.decode()
    assert "8A in Classroom" not in enter("far_guardian", "self").get(reverse("support:home")).content.decode()
    assert enter("stranger", f"teacher@{families.bg.path}").get(address).status_code == 404
    one = Link.objects.get(label="8A in Classroom")
    assert (
        teacher.post(reverse("support:links_end", args=[families.bg.group]), {"item": f"link:{one.id}"}).status_code
        == 303
    )
    assert "8A in Classroom" not in enter("guardian").get(reverse("support:home")).content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "http://classroom.google.com/c/1", "https://classroom.google.com.evil.example/", "javascript:alert(1)",
        "https://user:word@classroom.google.com/", "https://evil.example/", "https://classroom.google.com:8443/",
        "https://classroom.google.com/a b", "//classroom.google.com/", "https://[", "https://сlassroom.google.com/",
    ],
)  # fmt: skip
def test_links_lead_nowhere_else(url: str) -> None:
    with pytest.raises(LinkInvalid):
        check_link(LinkKind.CLASSROOM, url, ["evil.example"])


def test_other_hosts_are_those_that_the_body_allows(families: Families, enter: Enter, body: Client) -> None:
    teacher, address = enter("class_teacher"), reverse("support:links", args=[families.bg.group])
    told = {"what": "link", "kind": "other", "label": "Films", "url": "https://video.example/1"}
    assert teacher.post(address, told).status_code == 422
    assert body.post(reverse("support:tools"), {"what": "host", "host": "video.example"}).status_code == 303
    assert teacher.post(address, told).status_code == 303
    assert body.post(reverse("support:tools_end"), {"item": "host:video.example"}).status_code == 303
    assert "Films" not in teacher.get(address).content.decode()


def _tool(families: Families, *, names: bool = False) -> tuple[UUID, UUID]:
    by, now = operator(), clock.now()
    new = NewTool("Quiz", "http://127.0.0.1:9/login", "http://127.0.0.1:9/quiz", (BACK,), names=names)
    tool = actions.add_tool(by=by, path=families.bg.authority_path, tool=new, now=now)
    return tool, actions.place_tool(by=by, tool=tool, group=families.bg.group, label="Quiz", families=True, now=now)


def _launch(browser: Client, placement: UUID, **other: str) -> tuple[int, str]:
    """Both legs, the tool's part played here; status and page of the second one."""
    first = browser.get(reverse("support:launch", args=[placement]))
    assert first.status_code == 302
    given = {key: values[0] for key, values in parse_qs(urlsplit(first.headers["Location"]).query).items()}
    assert given["target_link_uri"] == "http://127.0.0.1:9/quiz"
    asked = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": given["client_id"], "redirect_uri": BACK, "state": "their-state", "nonce": "their-nonce",
        "login_hint": given["login_hint"], "lti_message_hint": given["lti_message_hint"],
    } | other  # fmt: skip
    answer = browser.get(reverse("support:authorize"), asked)
    if answer.status_code == 200:
        assert "form-action 'self' http://127.0.0.1:9;" in answer.headers["Content-Security-Policy"]
    return answer.status_code, answer.content.decode()


def _claims(page: str) -> dict[str, object]:
    found = re.search(r'name="id_token" value="([^"]+)"', page)
    assert found is not None
    keys = KeySet.import_key_set(Client().get(reverse("lti:keys")).json())
    return dict(jwt.decode(found[1], keys, algorithms=["RS256"]).claims)


def test_a_tool_is_told_role_and_group_and_a_number_of_its_own(families: Families, enter: Enter) -> None:
    _one, first = _tool(families)
    _two, second = _tool(families)
    status, page = _launch(enter("guardian"), first)
    assert status == 200
    assert f'action="{BACK}"' in page
    assert 'value="their-state"' in page
    claims = _claims(page)
    assert claims["nonce"] == "their-nonce"
    assert claims[f"{CLAIM}message_type"] == "LtiResourceLinkRequest"
    assert claims[f"{CLAIM}roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"]
    assert claims[f"{CLAIM}context"]["id"] == str(families.bg.group)  # type: ignore[index]  # a JSON object
    assert not {"name", "given_name", "family_name", "email"} & set(claims)
    assert str(families.guardian) not in str(claims)
    other = _claims(_launch(enter("guardian"), second)[1])
    assert other["sub"] != claims["sub"]
    again = _claims(_launch(enter("guardian"), first)[1])
    assert again["sub"] == claims["sub"]


def test_names_go_where_they_are_allowed_and_never_of_a_protected_person(families: Families, enter: Enter) -> None:
    _tool_id, placement = _tool(families, names=True)
    view = people_queries.person(by=operator(), id=families.guardian)
    assert view is not None
    assert _claims(_launch(enter("guardian"), placement)[1])["name"] == view.name
    people.set_protection(
        by=operator(), person=families.guardian, level=Protection.CONFIDENTIALITY_MARK, now=clock.now()
    )
    assert "name" not in _claims(_launch(enter("guardian"), placement)[1])


def test_a_launch_serves_its_own_login_and_address_alone(families: Families, enter: Enter) -> None:
    _tool_id, placement = _tool(families)
    guardian = enter("guardian")
    for wrong in (
        {"redirect_uri": "http://127.0.0.1:9/elsewhere"}, {"client_id": "unknown"}, {"response_type": "code"},
        {"response_mode": "query"}, {"scope": "profile"}, {"login_hint": "guessed"}, {"nonce": ""},
    ):  # fmt: skip
        assert _launch(guardian, placement, **wrong)[0] == 404
    hint = parse_qs(urlsplit(guardian.get(reverse("support:launch", args=[placement])).headers["Location"]).query)
    assert _launch(enter("class_teacher"), placement, login_hint=hint["login_hint"][0])[0] == 404
    assert enter("far_guardian", "self").get(reverse("support:launch", args=[placement])).status_code == 404
