"""The checking page as one file: modules, style and trust bundle inside, nothing fetched, nothing sent (row A22).

`offline_page` takes the page that the template `web/public/offline.html` makes (any page does that includes
``web/public/_verifier.html`` with ``saved=True``), removes every reference to another file and puts in

* a Content-Security-Policy that allows this very script and style and no request at all,
* ``verify.css`` and ``offline.css``,
* the modules of ``static/web/verify`` as one script, each in a function of its own,
* the trust bundle as JSON in ``#verifier-bundle``.

The hooks of the page are told in ``static/web/verify/page.js``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "static" / "web" / "verify"
ENTRY = "page.js"
STYLES = ("offline.css", "verify.css")

_IMPORT = re.compile(r"^import \{([^}]*)\} from \"\./([A-Za-z0-9]+\.js)\";$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)|class (\w+)|const (\w+) )", re.MULTILINE)
_MODULE_WORD = re.compile(r"^(?:import|export)\b|\bimport\s*[.(]", re.MULTILINE)
_ELSEWHERE = re.compile(r"<script\b[^>]*\bsrc=[^>]*>\s*</script>|<link\b[^>]*>", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def offline_page(
    *, template_html: str, trust: Mapping[str, Any] | None, strings: Mapping[str, str] | None = None
) -> str:
    """One HTML file that checks records without a network.

    Args:
        template_html: the page around it, with ``_verifier.html`` inside.
        trust: the bundle as `bundle.current` gives it (docs/formats.md section 9); None for a page without one, which
            calls nothing valid until its reader chooses a bundle.
        strings: words of the page (keys: `PAGE_KEYS` in page.js) instead of those in the template.

    Raises ValueError for a template without head, body or verifier, and for modules that cannot be joined.
    """
    html = _ELSEWHERE.sub("", template_html)
    if 'id="verifier"' not in html or not _HEAD.search(html) or "</head>" not in html or "</body>" not in html:
        raise ValueError("the template is no page with a verifier in it")
    style, script = _style(), joined()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    html = _HEAD.sub(
        lambda head: f'{head[0]}\n<meta http-equiv="Content-Security-Policy" content="{policy}">', html, count=1
    )
    html = html.replace("</head>", f"<style>{style}</style>\n</head>", 1)
    if strings is not None:
        html = _with_data(html, "verifier-strings", strings)
    if trust is not None:
        html = _with_data(html, "verifier-bundle", trust)
    before, _, after = html.rpartition("</body>")
    return f"{before}<script>{script}</script>\n</body>{after}"


def _with_data(html: str, name: str, value: Mapping[str, Any]) -> str:
    """`html` with this JSON as the first thing in the verifier, instead of what bore the same id."""
    html = re.sub(rf'<script\b[^>]*id="{name}"[^>]*>.*?</script>', "", html, flags=re.DOTALL)
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        data = data.replace(letter, f"\\u{ord(letter):04x}")
    block = f'<script type="application/json" id="{name}">{data}</script>'
    return re.sub(r'<section\b[^>]*id="verifier"[^>]*>', lambda opened: opened[0] + block, html, count=1)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _style() -> str:
    style = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
    if "</" in style or "url(" in style or "@import" in style:
        raise ValueError("the style refers to something outside the page")
    return style


@cache
def joined() -> str:
    """All modules that the page needs as one classic script, those that others need first."""
    parts: dict[str, str] = {}
    _add(ENTRY, parts, ())
    script = '"use strict";\nconst modules = {};\n' + "".join(parts.values())
    script = script.replace("<!--", r"\x3c!--")  # in the texts of the XML reader; HTML would take it for its own
    if re.search(r"</?script", script, re.IGNORECASE):
        raise ValueError("the modules hold text that would end a script in HTML")
    return f"(() => {{\n{script}globalThis.testamur = modules;\n}})();\n"


def _add(name: str, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"the modules {name} and {above[-1]} need each other")
    if name in parts:
        return
    source = (FOLDER / name).read_text(encoding="utf-8")
    for found in _IMPORT.finditer(source):
        _add(found[2], parts, (*above, name))
    names = [one or two or three for one, two, three in _EXPORT.findall(source)]
    body = _EXPORT.sub("", _IMPORT.sub(_taken, source))
    if _MODULE_WORD.search(body):
        raise ValueError(f"{name} imports or exports in a way that cannot be joined")
    parts[name] = f"modules[{json.dumps(name)}] = (() => {{\n{body}\nreturn {{ {', '.join(names)} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    names = ", ".join(part.strip().replace(" as ", ": ") for part in found[1].split(",") if part.strip())
    return f"const {{ {names} }} = modules[{json.dumps(found[2])}];"
