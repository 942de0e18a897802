"""What every process of these tests begins with; imported once by the server that forks them."""

import django

django.setup()

import testamur.kernel.proofs.verify
import testamur.surfaces.cli.bench
import testamur.surfaces.cli.issuing
import testamur.trust.records.tasks  # noqa: F401 - all of these are here to be loaded
from testamur.trust.sealing import appearance

# cutting the font takes longer than all the rest of issuing three documents: here it is cut once for all processes
# (tests/faults/test_worker.py runs the product as it is)
_cut = appearance._subset
_letters = "".join(sorted({chr(n) for n in range(32, 127)} | set("åäöÅÄÖéáàüèÉÜ–·")))
_shared = _cut(_letters)
appearance._subset = lambda letters: _shared if set(letters) <= set(_letters) else _cut(letters)
