#!/bin/sh
# Bring a bare Debian machine (Python 3.11, apt, make) to where the product runs and its tests pass. Quick when done.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\033[2m·\033[0m %s\n' "$1" >&2; }

stamp=.venv/.installed
want=$(cat requirements/*.txt package-lock.json pyproject.toml scripts/install.sh scripts/assets.py src/testamur/assets/manifest.json | sha256sum | cut -c1-32)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
	.venv/bin/python scripts/messages.py --compile # catalogues change without the stamp; a look when they are fresh
	exit 0
fi

# Programs that come from Debian, each with what it is for: PostgreSQL (tests run on it), SoftHSM (keys in a token),
# poppler, qpdf and NSS (second opinions on PDF files and their signatures), pango (the comparison renderer of the bench),
# Chromium (journeys in a real browser), RabbitMQ (tests of work over a broker).
need=""
have() { command -v "$1" >/dev/null 2>&1; }
[ -x /usr/lib/postgresql/15/bin/postgres ] || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need="$need postgresql"
have pdfsig || need="$need poppler-utils"
have qpdf || need="$need qpdf"
have softhsm2-util || need="$need softhsm2"
have chromium || need="$need chromium"
have rabbitmq-server || [ -x /usr/sbin/rabbitmq-server ] || need="$need rabbitmq-server"
have certutil || need="$need libnss3-tools"
ldconfig -p 2>/dev/null | grep -q libpangoft2 || need="$need libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
python3 -c 'import ensurepip, venv' 2>/dev/null || need="$need python3-venv"
if [ -n "$need" ]; then
	if have apt-get && [ "$(id -u)" = 0 ]; then
		say "Debian packages:$need"
		apt-get update -qq >/dev/null
		# shellcheck disable=SC2086
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null
	else
		say "missing, please install as root: apt-get install$need"
		exit 1
	fi
fi

python=$(command -v python3.11 || command -v python3)
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed"; exit 1; }
if [ ! -x .venv/bin/python ]; then
	say "Python environment in .venv"
	"$python" -m venv .venv
fi
if [ ! -x .venv/bin/uv ]; then
	say "installer"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
fi
say "Python packages (locked by hash)"
VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --require-hashes -r requirements/dev.txt
VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
say "third-party files (locked by hash)"
.venv/bin/python scripts/assets.py
.venv/bin/python scripts/messages.py --compile
printf '%s' "$want" >"$stamp"
say "installed"
