# Everything here works from a fresh clone: what is missing is installed first, Python's part into $(VENV).
#   make demo          a small cloud on an embedded database
#   make test          all tests on SQLite, PostgreSQL and MariaDB, with private throwaway servers
#   make test-sqlite   the same tests on SQLite alone; needs Python and nothing else
#   make bench         what operations cost beside the bare drivers: docs/performance.md (ARGS='--instances 1000 --dry ...')
#   make faults        what calls say, and what is stored, while servers are killed and restarted under them
#   make bench-peers   nova and manila on SQLAlchemy beside rawdb, in an environment of their own
#   make coverage      all tests, and which lines and branches they ran: build/coverage
#   make docs          the site of docs/, warnings being errors: build/site
#   make plans         explains every statement in every variant on 300,000 instances, and counts the rows it locks
# ARGS go to the command behind a target: make test ARGS='tests/engine -k retry'

PYTHON ?= python3
VENV ?= .venv
PEERS ?= .venv-peers
ARGS ?=
WORKERS ?= auto

export PYTHON VENV PEERS
RUN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help venv servers demo test test-sqlite coverage docs plans lint format bench faults bench-peers wheel lock clean

help:
	@sed -n 's/^#   //p' Makefile
	@echo 'also: make lint, format, bench, wheel, lock, clean'

venv: $(STAMP)

$(STAMP): pyproject.toml requirements/dev.txt scripts/venv
	@scripts/venv
	@touch $@

servers: $(STAMP)
	@scripts/servers

demo: $(STAMP)
	@$(RUN)/rawdb demo $(ARGS)

test: servers
	$(RUN)/python -m pytest -n $(WORKERS) $(ARGS)

test-sqlite: $(STAMP)
	RAWDB_TEST_DIALECTS=sqlite $(RUN)/python -m pytest -n $(WORKERS) $(ARGS)

# A target of its own, for counting makes the tests half as long again.
coverage: servers
	@mkdir -p build && rm -f build/.coverage*
	$(RUN)/python -m coverage run -m pytest -n $(WORKERS) $(ARGS)
	@$(RUN)/python -m coverage combine --quiet
	@$(RUN)/python -m coverage html --quiet
	@$(RUN)/python -m coverage report --skip-covered

docs: $(STAMP)
	$(RUN)/sphinx-build --fail-on-warning --keep-going --quiet --builder html docs build/site
	@echo build/site/index.html

plans: servers
	RAWDB_PLANS=300000 $(RUN)/python -m pytest $(ARGS) tests/sql/test_plans.py tests/sql/test_locks.py

lint: $(STAMP)
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy
	$(RUN)/lint-imports

format: $(STAMP)
	$(RUN)/ruff check --fix
	$(RUN)/ruff format

bench: servers
	$(RUN)/python -m bench $(ARGS)

faults: servers
	$(RUN)/python -m bench.faults $(ARGS)

# Both bind their database once in a process, and their options clash.
bench-peers: servers
	@scripts/peers
	@for dialect in sqlite postgresql mysql; do for peer in nova manila; do \
		$(PEERS)/bin/python -m bench.peers --dialect $$dialect --peer $$peer $(ARGS) || exit; done; done

# Builds the wheel, installs it in an environment of its own and uses it from there.
wheel: $(STAMP)
	@scripts/check-wheel

# Renews the pinned versions of everything that development needs.
lock: $(STAMP)
	$(RUN)/python -m pip install --quiet pip-tools
	$(RUN)/python -m piptools compile --quiet --upgrade --strip-extras --extra postgresql --extra mysql \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		--output-file requirements/dev.txt pyproject.toml requirements/dev.in

clean:
	rm -rf $(VENV) $(PEERS) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
