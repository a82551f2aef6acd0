# Everything a newcomer needs: `make run` shows the community, `make test`
# proves that it works. Only Python 3.11 or newer, make and git are asked for;
# the rest goes into .venv here.

PYTHON ?= python3
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
ARGUMENTS ?=

venv := .venv
bin := $(venv)/bin
flask := $(bin)/flask --app wsgi
pip := $(bin)/python -m pip --disable-pip-version-check --quiet install
sources := $(wildcard brain plugins tests bench migrations wsgi.py)
catalogues := $(wildcard translations/*/LC_MESSAGES/*.po plugins/*/translations/*/LC_MESSAGES/*.po)
compiled := $(catalogues:.po=.mo)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help run test test-sqlite test-postgresql bench format catalogues chromium clean \
    check check-style check-types check-floors check-rules check-migrations

help:
	@echo 'make run          open the community here, with a demo on the first start'
	@echo 'make test         run every test, on SQLite and on PostgreSQL'
	@echo 'make check        hold the code to the rules: types, style, floors, catalogues, migrations'
	@echo 'make bench        measure pages against a hello-world on the same server'
	@echo 'make format       lay out the code as `make check` wants it'
	@echo 'make catalogues   collect the texts to translate into the catalogues'
	@echo 'make clean        remove what was made here, except the community itself in var/'

run: $(venv)/installed $(compiled)
	@exec $(flask) brain serve

# Both databases are tried even if the first finds a fault.
test: $(venv)/installed-test $(compiled) chromium
	@status=0; \
	$(MAKE) --no-print-directory test-sqlite || status=1; \
	$(MAKE) --no-print-directory test-postgresql || status=1; \
	exit $$status

test-sqlite: $(venv)/installed-test $(compiled)
	@echo 'Tests on SQLite, and those in a browser'
	@BRAIN_TEST_DATABASE=sqlite $(bin)/pytest -n $(WORKERS) -rs $(ARGUMENTS)

# The rules read the sources and a browser sees pages: neither depends on the database.
test-postgresql: $(venv)/installed-test $(compiled)
	@echo 'Tests on PostgreSQL'
	@BRAIN_TEST_DATABASE=postgresql $(bin)/pytest -n $(WORKERS) -rs -m 'not browser' --ignore=tests/rules $(ARGUMENTS)

check: check-style check-types check-floors check-rules check-migrations

check-style: $(venv)/installed-check
	@echo 'Layout and style'
	@$(bin)/ruff format --check --quiet $(sources) || { echo 'Run: make format'; exit 1; }
	@$(bin)/ruff check --quiet $(sources)

check-types: $(venv)/installed-check
	@echo 'Types'
	@$(bin)/mypy --strict brain

check-floors: $(venv)/installed-check
	@echo 'Floors'
	@$(bin)/lint-imports --config setup.cfg

check-rules: $(venv)/installed-check $(compiled)
	@echo 'Sizes, words, templates, catalogues, documents'
	@$(bin)/pytest -n $(WORKERS) tests/rules

# On SQLite in a folder of its own, then on a PostgreSQL that lives as long as the check.
check-migrations: $(venv)/installed-check $(compiled)
	@echo 'Migrations against the models, on SQLite and on PostgreSQL'
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export BRAIN_VAR="$$scratch" BRAIN_LOG_LEVEL=WARNING && \
	$(flask) brain check-migrations && \
	$(bin)/python -m tests.services $(flask) brain check-migrations

bench: $(venv)/installed-test $(compiled)
	@$(bin)/python -m bench $(ARGUMENTS)

format: $(venv)/installed-check
	@$(bin)/ruff format --quiet $(sources)
	@$(bin)/ruff check --fix --quiet $(sources)

catalogues: $(venv)/installed-test
	@$(bin)/python -m tests.rules.messages

%.mo: %.po | $(venv)/installed
	@$(bin)/pybabel --quiet compile --input-file $< --output-file $@

clean:
	rm -rf $(venv) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find brain plugins tests translations -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	find plugins translations -name '*.mo' -exec rm -f {} + 2>/dev/null || true

# A Chromium for the browser tests: the machine's, else Debian's where we may install it.
chromium:
	@command -v chromedriver >/dev/null && \
	    { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo 'Installing Chromium for the browser tests'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq --no-install-recommends chromium chromium-driver >/dev/null && exit 0; \
	fi; \
	echo 'No Chromium with its driver here, and neither can be installed: the browser tests are skipped.'

# Each stamp says that the environment holds what setup.cfg asks for.
$(venv)/installed: extras =
$(venv)/installed-test: extras = [test]
$(venv)/installed-check: extras = [test,check]

$(venv)/installed $(venv)/installed-test $(venv)/installed-check: setup.cfg pyproject.toml | $(bin)/python
	@echo 'Installing what setup.cfg asks for$(if $(extras), with $(extras)): a minute or two'
	@$(pip) --editable '.$(extras)'
	@touch $@

$(bin)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "This needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo 'not here')."; \
	    echo 'If a newer one has another name, say so: make PYTHON=python3.12 run'; exit 1; }
	@$(PYTHON) -m venv --clear $(venv) || { \
	    echo 'Python could not make a virtual environment (on Debian: apt-get install python3-venv).'; exit 1; }
