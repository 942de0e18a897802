"""The page around the browser's verifier: its words, its hooks, QR symbols, and the copy that is saved as one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from django.template.loader import render_to_string

from testamur.kernel.base.text import harmless
from testamur.kernel.proofs.verify import NO_TRUST, verify_file
from testamur.surfaces.web.public.offline import FOLDER, joined, offline_page
from tests.conformance import builder
from tests.surfaces.web.verify.harness import ask

PAGE = "page.js"


def script(html: str, name: str) -> str:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None, name
    return found[1]


# --- the fragment --------------------------------------------------------------------------------


def test_the_fragment_has_every_word_and_every_hook_of_the_page() -> None:
    html = render_to_string("web/public/_verifier.html")
    assert set(json.loads(script(html, "verifier-strings"))) == set(ask(PAGE, "PAGE_KEYS"))
    source = (FOLDER / PAGE).read_text()
    hooks = set(re.findall(r'this\.find\("([a-z-]+)"\)', source)) | {"drop", "files", "trust"}
    missing = {hook for hook in hooks - {"bundle"} if f'id="verifier-{hook}"' not in html}
    assert not missing
    for name in re.findall(r"dataset\.(\w+)", source):
        assert f"data-{name}=" in html


def test_the_page_asks_nobody_but_its_own_site() -> None:
    source = "".join(path.read_text() for path in FOLDER.glob("*.js"))
    assert source.count("fetch(") == 1
    assert 'mode: "same-origin"' in source
    for word in ("XMLHttpRequest", "sendBeacon", "WebSocket", "EventSource", "eval(", "Function(", "innerHTML"):
        assert word not in source


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("https://school.example/v/B5YZ-PV9M-23N6", {"code": "B5YZ-PV9M-23N6"}),
        ("https://school.example/v/B5YZ-PV9M-23N6/", {"code": "B5YZ-PV9M-23N6"}),
        ("B5YZ-PV9M-23N6", {"code": "B5YZ-PV9M-23N6"}),
        (
            "https://other.example/v/B5YZ-PV9M-23N6",
            {"address": "https://other.example/v/B5YZ-PV9M-23N6", "host": "other.example"},
        ),
        ("https://other.example/pay", {}),
        ("javascript:alert(1)//v/B5YZ-PV9M-23N6", {}),
        ("BEGIN:VCARD", {}),
    ],
)
def test_a_qr_symbol_leads_to_the_code_or_is_told_apart(text: str, leads: dict[str, str]) -> None:
    assert ask(PAGE, "readQr", text, "https://school.example") == leads


def test_proofs_go_with_the_files_that_they_lie_beside() -> None:
    names = ["a.pdf", "b.pdf", "a.pdf.tlog-proof", "c.tlog-proof"]
    found = ask(PAGE, "pairs", [{"name": name} for name in names])
    assert [[one and one["name"] for one in pair] for pair in found] == [
        ["a.pdf", "a.pdf.tlog-proof"],
        ["b.pdf", None],
        ["c.tlog-proof", None],
    ]


def test_text_that_turns_the_reading_direction_is_shown_as_the_command_line_shows_it() -> None:
    text = "Betyg\u202e A\n\x1b[31m\u200b å 김 \U0001f600"
    assert ask(PAGE, "harmless", text) == harmless(text)


# --- the saved page ------------------------------------------------------------------------------


def template() -> str:
    return render_to_string("web/public/offline.html")


def bundle() -> bytes:
    return builder.world().trust_json()


@pytest.mark.feature("A22")
def test_the_saved_page_says_the_same_as_the_command_line() -> None:
    good = builder.good().data
    expected = verify_file(good, builder.world().trust(), "file.pdf")
    assert expected.word == "valid"
    assert ask("saved.mjs", "verdict", joined(), good, bundle()) == expected.as_json()
    assert ask("saved.mjs", "verdict", joined(), good, None) == verify_file(good, NO_TRUST, "file.pdf").as_json()


def test_the_saved_page_runs_its_own_script_and_asks_for_nothing() -> None:
    html = offline_page(trust=json.loads(bundle()), template_html=template())
    assert json.loads(script(html, "verifier-bundle")) == json.loads(bundle())
    assert not re.search(r"<link|\bsrc=|https?://(?!www\.w3\.org)[a-z]+\.[a-z]+/[a-z]*\.js", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "connect-src" not in policy[1]
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<script>")


def test_nothing_in_a_bundle_can_end_its_place_in_the_page() -> None:
    odd = {"name": "</script><script>alert(1)</script>\u2028&"}
    html = offline_page(trust=odd, template_html=template(), strings={"word.valid": "<b>"})
    assert json.loads(script(html, "verifier-bundle")) == odd
    assert json.loads(script(html, "verifier-strings")) == {"word.valid": "<b>"}
    assert html.count('id="verifier-strings"') == 1


def test_a_page_without_a_verifier_cannot_be_saved() -> None:
    with pytest.raises(ValueError, match="no page with a verifier"):
        offline_page(trust=None, template_html="<html><head></head><body></body></html>")
