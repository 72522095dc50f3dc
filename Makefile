# make run          a newsroom with demo content, on this computer (another port: make run PORT=8001)
# make serve        the real thing: your own content, no demo, no debugging
# make docs         the documentation as a site, in var/docs/
#
# For those who work on it:
# make setup        what tests and checks need, installed (the others do it by themselves)
# make test         the whole suite: SQLite, browsers and other programs, and where there is one PostgreSQL
# make check        style, types, imports, links of the docs, migrations
# make bench        how fast it is, into docs/performance.md (bench-peers: beside others)
# make screenshots  pictures of the newspaper and the desk, into docs/images/
# make schema       the description of the API, docs/openapi.json, written anew
# make messages     the desk's words gathered for translators, and compiled (needs gettext's tools)

SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8000
BIND ?= 127.0.0.1
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
THREADS ?= 4
JOBS ?= auto
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

VENV := .venv
PY := $(VENV)/bin/python
NODE := $(addsuffix /node_modules,examples/typescript examples/next examples/astro tests/api/linters)
STATIC_FILES := $(shell find cms media newsroom front -path '*/static/*' -type f 2>/dev/null)

NOT_INSTALLED := echo "It could not be installed; what pip says stands above. Is there a way to its index (PIP_INDEX_URL)?" >&2; exit 1

# The demo has a folder of its own, so that its login and its stories never meet a real newsroom's.
DEMO_DIR := $(CURDIR)/var/demo
DEMO := PORT=$(PORT) DATA_DIR=$(DEMO_DIR) SITE_NAME="$${SITE_NAME:-The Calder Meridian}" FRONT="$${FRONT:-demo}"
DATA_DIR ?= $(CURDIR)/var
OWN := PORT='$(PORT)' BIND='$(BIND)' WORKERS='$(WORKERS)' THREADS='$(THREADS)' DATA_DIR='$(DATA_DIR)'

.PHONY: help run demo driver serve setup test check bench bench-peers docs screenshots schema messages

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

run: demo
	@echo "Open it in a browser. Ctrl+C ends it; the next \"make run\" keeps what you have done."
	@$(DEMO) BIND='$(BIND)' THREADS='$(THREADS)' WORKERS=1 exec $(PY) manage.py serve

demo: $(VENV)/.runtime driver $(DEMO_DIR)/.static
	@$(PY) -c 'import socket as s; s.create_server(("$(BIND)", $(PORT)), family=s.AF_INET6 if ":" in "$(BIND)" else s.AF_INET)' \
		2>/dev/null || { echo "Port $(PORT) is taken, or may not be used. Choose another one: make run PORT=8001" >&2; exit 1; }
	@$(DEMO) $(PY) manage.py migrate --verbosity 0
	@$(DEMO) $(PY) manage.py load_demo

serve: $(VENV)/.runtime driver $(DATA_DIR)/.static
	@$(OWN) exec $(PY) manage.py serve

driver: $(VENV)/.runtime
	@if [[ "$$DATABASE_URL" == postgres* ]] && ! $(PY) -c 'import psycopg' 2>/dev/null; then \
		echo "Installing the PostgreSQL driver ..."; $(PY) -m pip install -qq -r requirements-postgres.txt; fi
	@if [[ -n "$$CACHE_URL" ]] && ! $(PY) -c 'import redis' 2>/dev/null; then \
		echo "Installing what talks to Redis ..."; $(PY) -m pip install -qq -r requirements-redis.txt; fi

setup: $(VENV)/.dev $(NODE)

test: $(VENV)/.dev $(NODE)
	@JOBS=$(JOBS) $(PY) -m tests.suite

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/oxfmt --check 'cms/**/*.js' 'media/**/*.js' 'newsroom/**/*.js' 'front/static/front/*.js' 'docs/building/*.js'
	$(VENV)/bin/oxlint --deny-warnings cms media newsroom front docs/building
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	@$(PY) docs/building/build.py "$$(mktemp -d)/docs"
	DATA_DIR=$$(mktemp -d) $(PY) manage.py makemigrations --check --dry-run
	DATA_DIR=$$(mktemp -d) PUBLIC_URL=https://news.example.org $(PY) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.dev
	$(PY) -m bench $(BENCH)

bench-peers: $(VENV)/.dev
	$(PY) -m bench --peers all $(BENCH)

screenshots: $(VENV)/.dev
	$(PY) -m tests.screenshots

docs: $(VENV)/.dev
	@$(PY) docs/building/build.py var/docs

schema: $(VENV)/.dev
	DATA_DIR=$$(mktemp -d) PUBLIC_URL=https://news.example.org $(PY) manage.py spectacular --validate \
		--format openapi-json --file docs/openapi.json

messages: $(VENV)/.dev
	@for domain in django djangojs; do DATA_DIR=$$(mktemp -d) $(PY) manage.py makemessages --verbosity 0 --ignore node_modules --ignore examples --exclude libraries \
		--domain $$domain --no-wrap --no-obsolete --add-location file || exit 1; done
	@sed -i '/^"POT-Creation-Date/d' locale/*/LC_MESSAGES/*.po
	@for po in locale/*/LC_MESSAGES/*.po locale/libraries/*/LC_MESSAGES/*.po; do \
		echo "$$po:"; msgfmt --check-format --check-domain --statistics --output-file "$${po%.po}.mo" "$$po" || exit 1; done

%/.static: $(VENV)/.runtime $(STATIC_FILES)
	@echo "Gathering the desk's scripts and styles ..."
	@$(OWN) DATA_DIR=$(@D) $(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

$(VENV)/.runtime: requirements.txt | $(VENV)/.made
	@echo "Installing what Galley needs, into $(VENV)/ (half a minute) ..."
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.txt || { $(NOT_INSTALLED); }
	@touch $@

$(VENV)/.dev: $(wildcard requirements*.txt) | $(VENV)/.made
	@echo "Installing what tests and checks need, into $(VENV)/ (a minute) ..."
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements-dev.txt || { $(NOT_INSTALLED); }
	@touch $(VENV)/.runtime $@

# What reads the API's description besides Python. Where there is no npm, the tests say aloud what they leave out.
%/node_modules: %/package-lock.json
	@command -v npm >/dev/null || exit 0; echo "Installing what reads the API's description, into $@/ ..."; \
		npm ci --prefix $* --ignore-scripts --prefer-offline --no-audit --no-fund --silent && touch $@

$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Galley needs Python 3.11 or newer; here is $$(python3 --version 2>/dev/null || echo none)." >&2; \
		echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Galley needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV)/ with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@
