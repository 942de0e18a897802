"""Hosts that links may lead to: written otherwise, alike at one end, and taken back."""

from __future__ import annotations

import pytest

from testamur.kernel.base.actor import operator
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import LinkInvalid, LinkKind, check_link, leads_to
from tests.schoolday.diary.school import NOW, School, build

pytestmark = [pytest.mark.feature("C24", "C19")]


@pytest.fixture
def school(db: None) -> School:
    """Links of its class may lead to three hosts beside the great ones."""
    made = build("se.compulsory")
    for host in ("Video.Example.", "video.example.org", "büro.example"):
        actions.allow_host(by=operator(), path=made.authority_path, host=host, now=NOW)
    return made


def link(school: School, url: str) -> str:
    """A teacher's link to a host of the body; where it leads as it is kept."""
    key = actions.set_link(
        by=school.actor("class_teacher"), group=school.group, kind=LinkKind.OTHER, label=url, url=url, families=True,
        now=NOW,
    )  # fmt: skip
    return next(one.url for one in queries.links(groups=[school.group], families=True) if one.id == key)


@pytest.mark.django_db
def test_a_host_that_is_forbidden_again_is_gone_however_it_was_written_and_no_other_is(school: School) -> None:
    written = ("https://VIDEO.example/1", "https://video.example./2", "https://video.example:443/3?a=1#b")
    assert [link(school, url) for url in written] == [
        "https://video.example/1", "https://video.example/2", "https://video.example/3?a=1#b",
    ]  # fmt: skip
    kept = (link(school, "https://video.example.org/4"), link(school, "https://BÜRO.example/5"))
    assert kept[1] == "https://xn--bro-hoa.example/5"
    actions.forbid_host(by=operator(), path=school.authority_path, host=" Video.EXAMPLE ", now=NOW)
    assert {one.url for one in queries.links(groups=[school.group], families=True)} == set(kept)
    assert queries.hosts(path=school.authority_path) == ("video.example.org", "xn--bro-hoa.example")
    with pytest.raises(LinkInvalid):
        link(school, "https://video.example/6")


@pytest.mark.parametrize(
    "url",
    [
        "https://video.example.evil.example/", "https://evil.example/video.example", "https://evilvideo.example/",
        "https://video.example@evil.example/", "https://evil.example#@video.example", "https://video.example%2f.evil.example/",
        "https://video.example\\@evil.example/", "https://vide\u043e.example/", "https://video.example:444/",
        "https://@video.example/", "https://video.example/\u0000", "https://video.example\u3002evil.example/",
        "https://[::1]/", "https://video.example:port/", "https:video.example", "https://video.example/\u202eфайл",
    ],
)  # fmt: skip
def test_no_address_that_looks_like_an_allowed_one_is_taken(url: str) -> None:
    with pytest.raises(LinkInvalid):
        check_link(LinkKind.OTHER, url, {"video.example"})
    assert not leads_to(url, "video.example") or url.startswith(("https://video.example", "https://@video.example"))
