# Everything a fresh machine needs, in words that can be typed. See README.md.
SHELL := /bin/sh
PY := .venv/bin/python
.PHONY: help install demo test check bench lock clean format messages

help:
	@echo "make demo     install what is needed, build an invented municipality, issue and verify its records"
	@echo "make test     install what is needed, run every check and every test (SQLite and PostgreSQL)"
	@echo "make check    lint, types, architecture, migrations"
	@echo "make bench    measure issuing on this machine"
	@echo "make install  only install"
	@echo "make messages bring the catalogues of translations up to date, and check them"
	@echo "make lock     renew requirements/*.txt and package-lock.json"

install:
	@sh scripts/install.sh

demo: install
	@$(PY) -m testamur demo --dir demo $(DEMO)

test: install
	@$(PY) scripts/test.py $(TESTS)

check: install
	@$(PY) scripts/check.py

bench: install
	@$(PY) -m testamur bench issue --pupils 500 --peer $(BENCH)

format: install
	@.venv/bin/ruff format src tests scripts
	@.venv/bin/ruff check --fix-only --quiet src tests scripts

messages: install
	@$(PY) scripts/messages.py --update
	@$(PY) scripts/messages.py --check

lock: install
	@$(PY) scripts/lock.py

clean:
	rm -rf demo var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
