# The only commands anyone needs to remember. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
# What carries the events of `make demo`: memory (one process) or rabbitmq (five).
BUS ?= memory
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Two workers fit two cores; more only make PostgreSQL wait for itself.
TEST_WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help
help: ## what can be done here
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

.PHONY: setup
setup: $(READY) ## the environment from the lock

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Preparing the environment (once, about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

.PHONY: demo
demo: $(READY) ## the whole city on this machine, with a fake phone; BUS=rabbitmq: as five processes
	@BUS="$(BUS)" exec $(BIN)/python -m libs.local.demo

.PHONY: check
check: $(READY) ## format, lint, types, import rules, generated files
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy libs services simulators tests/support
	$(BIN)/lint-imports
	$(BIN)/python -m libs.contracts check
	$(BIN)/python -m tests.support.reliability check
	@bash tests/contracts/asyncapi/validate.sh
	$(BIN)/python -m pytest -q -n 0 tests/architecture

.PHONY: test
test: $(READY) ## all tests, with a real PostgreSQL and a real RabbitMQ of their own
	$(BIN)/python -m pytest -q -n $(TEST_WORKERS) -m "not browser" tests

.PHONY: test-unit
test-unit: $(READY) ## rules only: no database, seconds
	$(BIN)/python -m pytest -q -n 0 tests/unit tests/contracts

.PHONY: test-e2e
test-e2e: $(READY) ## a citizen's whole stories over HTTP
	$(BIN)/python -m pytest -q -n 0 -m "not browser" tests/e2e

.PHONY: test-browser
test-browser: $(READY) ## drives phone and desk in Chromium
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { echo "Chromium is missing. On Debian: apt-get install chromium"; exit 1; }
	$(BIN)/python -m pytest -q -n 0 -m browser tests/browser

.PHONY: faults
faults: $(READY) ## the fault campaign in full length, about half an hour; writes docs/reliability.md
	FAULTS=full $(BIN)/python -m pytest -q -n 0 tests/faults
	$(BIN)/python -m tests.support.reliability write

.PHONY: bench
bench: $(READY) ## every figure of docs/performance.md, measured anew
	$(BIN)/python -m tests.bench

.PHONY: docs
docs: $(READY) ## generated pages and schemas
	$(BIN)/python -m libs.contracts write
	$(BIN)/python -m tests.support.reliability write

COMPOSE := docker compose --env-file deploy/compose.env -f deploy/compose.yaml

.PHONY: up
up: ## the five services in containers, over RabbitMQ; PROFILE=demo adds the fake phone
	@test -f deploy/compose.env || { echo "deploy/compose.env is missing. Make it: sh deploy/compose/new-env.sh (or: sh deploy/compose/new-env.sh demo), then fill in what it names."; exit 1; }
	$(COMPOSE) $(if $(PROFILE),--profile $(PROFILE)) up --build --detach --wait

.PHONY: down
down: ## stop the containers; their data stays
	$(COMPOSE) --profile demo --profile observe down

.PHONY: images
images: ## the five images
	@for service in intake triage routing notifier portal_bridge; do docker build --build-arg SERVICE=$$service -f deploy/docker/service.Dockerfile -t lang-nghe/$$service:local . || exit 1; done

.PHONY: migration
migration: $(READY) ## a new revision: make migration service=routing m="first answer"
	@$(BIN)/python -m libs.local.migration "$(service)" "$(m)"

.PHONY: lock
lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra intake --extra triage --extra routing --extra notifier --extra portal_bridge --constraint requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o deploy/docker/requirements.lock
