"""What every process of these tests begins with; imported once by the server that forks them."""

import django

django.setup()

import testamur.kernel.proofs.verify
import testamur.surfaces.cli.bench
import testamur.surfaces.cli.issuing
import testamur.trust.records.tasks  # noqa: F401 - all four are here to be loaded
