"""Public vectors of transparency-log implementations, checked against ours."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from testamur.kernel.proofs import merkle


@pytest.mark.feature("A21")
def test_every_public_inclusion_vector_gets_the_expected_verdict(samples: Path) -> None:
    files = sorted((samples / "tlog" / "merkle-inclusion" / "inclusion").rglob("*.json"))
    assert len(files) == 98
    wrong = []
    for file in files:
        vector = json.loads(file.read_text())
        proved = merkle.verify_inclusion(
            vector["leafIdx"],
            vector["treeSize"],
            base64.b64decode(vector["leafHash"] or ""),
            [base64.b64decode(h) for h in vector["proof"] or ()],
            base64.b64decode(vector["root"] or ""),
        )
        if proved == vector["wantErr"]:
            wrong.append(f"{file.parent.name}/{file.name}: {vector['desc']}")
    assert not wrong
