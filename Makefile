# `make` alone says what there is. Every target sets up what it needs in .venv.

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt bench faults fuzz clean
unexport VIRTUAL_ENV
# As pip does: trust the certificates that the machine trusts, and hold all indexes equal.
export UV_SYSTEM_CERTS := true
export UV_INDEX_STRATEGY := unsafe-best-match
-include .venv/settings.mk

RUN := .venv/bin/uv run --frozen --quiet
WORKERS ?= auto
FUZZED := $(addprefix tests/,e2e/test_fuzz.py systemd runtime/fetch frontend ir passes backends std)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

demo: .venv/ready-for-sandbox ## the tutorial, end to end, on scratch folders
	@PATH="$(CURDIR)/.venv/bin:$$PATH" examples/hello/demo.sh

test: check ## check, then all tests
	$(RUN) pytest -q -n $(WORKERS)

check: .venv/ready ## lint, layout and types of the package and its tests
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy -p punix
	$(RUN) mypy tests
	$(if $(wildcard bench/*.py),$(RUN) mypy bench)

fmt: .venv/ready ## lay out our own Python code
	$(RUN) ruff check --fix
	$(RUN) ruff format

bench: .venv/ready ## measure, each operation beside its floor
	$(RUN) pytest bench -q -p no:xdist --benchmark-only --benchmark-columns=min,median,rounds --benchmark-sort=name

faults: .venv/ready ## every fault at every step of every command, and again in recovery
	FAULTS=all $(RUN) pytest -q -n $(WORKERS) tests/runtime/deploy/test_recover.py \
	    tests/runtime/deploy/test_real_calls.py tests/runtime/deploy/test_power_cut.py \
	    tests/runtime/service/test_stack_races.py tests/runtime/store/test_store_faults.py \
	    tests/e2e/service/test_races.py tests/e2e/store/test_store_races.py \
	    tests/systemd/test_killed_activation.py tests/systemd/test_killed_in_gate.py

fuzz: .venv/ready ## fifty times as many random programs and values as `make test` tries
	FUZZ=50 FUZZ_FROM=$$(date +%s) $(RUN) pytest -q -n $(WORKERS) -m "fuzz or hypothesis" $(FUZZED)

clean: ## remove what the other targets made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info uv.lock

.venv/ready: pyproject.toml .ci/setup .ci/programs
	@.ci/setup

.venv/ready-for-sandbox: pyproject.toml .ci/setup .ci/programs
	@.ci/setup sandbox
