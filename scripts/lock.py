"""Renew the hashed locks from requirements/*.in. Locks carry hashes and no index address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Compile each lock; the exit status is the first failure's."""
    for name in ("bootstrap", "product", "dev"):
        code = subprocess.run(
            [
                str(ROOT / ".venv/bin/uv"), "pip", "compile", "--quiet", "--upgrade", "--generate-hashes",
                "--no-header",
                "--no-emit-index-url", "--python-version", "3.11", f"requirements/{name}.in",
                "-o", f"requirements/{name}.txt",
            ],
            cwd=ROOT, check=False,
        ).returncode  # fmt: skip
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
