"""Keys on a PKCS#11 token: SoftHSM, each test in a process of its own, because a token belongs to one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "435261"

pytestmark = pytest.mark.skipif(
    not MODULE.exists() or shutil.which("softhsm2-util") is None, reason="SoftHSM (Debian softhsm2) is not installed"
)

SCRIPT = """
import hashlib, json, os, sys, threading
import pkcs11
from pkcs11 import KeyType, Attribute, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.rules import Algorithm
module, pin_file, what = sys.argv[1:]
out = {}
def locator(name): return f"pkcs11:token=TEST%20seal;object={name}?module-path={module}&pin-source={pin_file}"
def refused(work):
    try:
        work()
    except Exception as error:
        return getattr(error, "code", type(error).__name__)
    return "not refused"
if what == "make":
    with pkcs11.lib(module).get_token(token_label="TEST seal").open(rw=True, user_pin=open(pin_file).read()) as session:
        for bits in (2048, 1024):
            session.generate_keypair(KeyType.RSA, bits, store=True, label=f"rsa{bits}")
        curve = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True)
        curve.generate_keypair(store=True, label="p256")
        for _ in range(2):
            curve.generate_keypair(store=True, label="twice")
else:
    from tests.trust.sealing.hsm_checks import check
    out = check(locator, refused, module, pin_file)
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment, module and PIN file of a token with keys."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    (folder / "pin").write_text(PIN)
    environment = {**os.environ, "SOFTHSM2_CONF": str(folder / "conf"), "PYTHONPATH": os.pathsep.join(["src", "."])}
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "TEST seal", "--so-pin", "999999", "--pin", PIN],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    run(environment, str(folder / "pin"), "make")
    return {**environment, "TEST_PIN_FILE": str(folder / "pin")}


def run(environment: dict[str, str], pin_file: str, what: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(MODULE), pin_file, what],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.feature("A18")
def test_a_token_signs_and_refuses_as_it_should(token: dict[str, str]) -> None:
    found = run(token, token["TEST_PIN_FILE"], "check")
    assert found["p256"] == "verified"
    assert found["rsa2048"] == "verified"
    assert found["sealed"] == "verified"
    assert found["request"] is True
    assert found["weak"] == "sealing.key.unavailable"
    assert found["missing"] == "sealing.key.unavailable"
    assert found["twice"] == "sealing.key.unavailable"
    assert found["wrong_token"] == "sealing.key.unavailable"
    assert found["wrong_pin"] == "sealing.key.unavailable"
    assert found["no_object"] == "sealing.key.unavailable"
    assert found["other_thread"] == "sealing.key.elsewhere"
    assert found["forked"] == ["sealing.key.elsewhere", "sealing.key.elsewhere"]
