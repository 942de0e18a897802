"""What every process of these tests begins with; imported once by the server that forks them."""

from importlib import import_module
from typing import Any

import django

django.setup()

for name in (
    "testamur.kernel.proofs.verify",
    "testamur.surfaces.cli.bench",
    "testamur.surfaces.cli.issuing",
    "testamur.trust.records.tasks",
):
    import_module(name)

# Cutting the font takes longer than all the rest of issuing three documents: here it is cut once for all processes.
# tests/faults/test_worker.py runs the product as it is.
appearance: Any = import_module("testamur.trust.sealing.appearance")
_cut = appearance._subset
_letters = "".join(sorted({chr(n) for n in range(32, 127)} | set("åäöÅÄÖéáàüèÉÜ–·")))
_shared = _cut(_letters)
appearance._subset = lambda letters: _shared if set(letters) <= set(_letters) else _cut(letters)
