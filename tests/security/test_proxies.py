"""What is believed of the headers that proxies set."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from testamur.surfaces.web.proxies import ProxyMiddleware, address, network

OURS = override_settings(
    TRUSTED_PROXIES=["10.0.0.0/8", "2001:db8:1::/48"], SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)


def passed(peer: str, forwarded: str = "", **more: str) -> HttpRequest:
    """A request as a view gets it."""
    request = RequestFactory().get("/")
    request.META |= {"REMOTE_ADDR": peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}), **more}
    ProxyMiddleware(lambda _request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "is_at"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # a stranger says so
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first was told by the client itself
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8:1::5", "2001:db8:2::1", "2001:db8:2::1"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "not an address", "127.0.0.1"),
        ("", "198.51.100.1", "127.0.0.1"),
    ],
)
@OURS
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, is_at: str) -> None:
    assert address(passed(peer, forwarded)) == is_at


@OURS
def test_encryption_told_by_a_stranger_is_no_encryption() -> None:
    assert passed("10.0.0.1", HTTP_X_FORWARDED_PROTO="https").is_secure()
    assert not passed("192.0.2.7", HTTP_X_FORWARDED_PROTO="https").is_secure()


def test_without_proxies_of_our_own_nothing_is_believed() -> None:
    assert settings.SECURE_PROXY_SSL_HEADER is None
    told = passed("192.0.2.7", "198.51.100.1", HTTP_X_FORWARDED_HOST="evil.example")
    assert address(told) == "192.0.2.7"
    assert told.get_host() == "testserver"


def test_neighbours_are_one_network_and_others_another() -> None:
    one, two, three = (network(passed(at)) for at in ("192.0.2.7", "192.0.2.99", "192.0.3.7"))
    assert one == two == "192.0.2.0/24"
    assert three != one
    assert network(passed("2001:db8:5:1::1")) == network(passed("2001:db8:5:2::1")) == "2001:db8:5::/48"


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
@pytest.mark.django_db
def test_a_proxy_in_front_does_not_make_all_visitors_one() -> None:
    """Each network has its own count of questions."""
    from testamur.surfaces.web.public.enquiries import network as counted

    first, second = passed("10.0.0.1", "198.51.100.1"), passed("10.0.0.1", "203.0.113.1")
    assert counted(first) != counted(second)
    assert counted(passed("10.0.0.1", "198.51.100.77")) == counted(first)


@override_settings(
    TRUSTED_PROXIES=["10.0.0.0/8"],
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    ALLOWED_HOSTS=["school.example"],
)
@pytest.mark.django_db
def test_forms_work_behind_a_proxy_with_encryption() -> None:
    browser = Client(
        enforce_csrf_checks=True,
        headers={"host": "school.example", "x-forwarded-proto": "https"},
        REMOTE_ADDR="10.0.0.1",
    )
    browser.get("/contact/")
    token = browser.cookies["csrftoken"].value
    form = {"scheme": "dark", "csrfmiddlewaretoken": token}
    sent = browser.post("/appearance/", form, headers={"origin": "https://school.example"})
    assert sent.status_code == 303
    assert browser.post("/appearance/", form, headers={"origin": "https://evil.example"}).status_code == 403
