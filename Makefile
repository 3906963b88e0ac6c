# make report   set up, then run the study on the shipped demo registry (or STUDY=study.yaml RUN=folder)
# make test     set up, then run the tests
# Both need git, make and Python 3.11 or later with pip and venv; everything else comes from requirements.lock.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null 2>&1 && { echo $$p; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
# The study file and the folder that receives results/; the demo study runs in the checkout itself.
STUDY ?=
RUN ?= .
CORES ?=
TESTS ?= tests
PATIENTS ?=
RUN_STUDY = $(BIN)/python scripts/run_study.py --directory $(RUN) $(if $(STUDY),--configfile $(STUDY)) $(if $(CORES),--cores $(CORES))

# Without bytecode on disk each job would compile its imports again: 9 s instead of 3.
export PYTHONDONTWRITEBYTECODE :=
# The environment of this checkout and nothing else.
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: help setup report test test-install test-slurm resources check format docs lock demo-broken demo-refresh demo-federation assure faults corruption benchmark benchmark-scale benchmark-r verify-r r-fixtures clean

help:
	@sed -n '1,3s/^# //p' Makefile
	@echo "Also: check (linters, types), test-install, test-slurm, resources, docs (generated pages), demo-broken, demo-refresh, demo-federation, assure, faults, corruption, benchmark, benchmark-scale, benchmark-r, lock, format, clean"

setup: .venv/.installed

# The stamps say that the step below them has run on the present lock and project file.
.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one: make PYTHON=/path/to/python3.11 report"; exit 1; }
	$(PYTHON) -m venv --clear .venv
ifeq ($(UV),)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
else
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
endif
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src scripts
	@touch $@

report: setup
	$(RUN_STUDY)

demo-broken: setup
	@echo "A broken extract: the gate must hold, so this command ends with an error on purpose."
	$(BIN)/python scripts/run_study.py --directory runs/demo_broken --configfile config/demo_broken.yaml $(if $(CORES),--cores $(CORES))

# The demo registry as it was a year earlier, released; then the demo study, compared with it (docs/refresh.md).
demo-refresh: setup
	$(BIN)/python scripts/run_study.py release --directory runs/demo_2021 --configfile config/demo_2021.yaml $(if $(CORES),--cores $(CORES))
	$(BIN)/python scripts/run_study.py compare --directory runs/demo_refresh --configfile config/config.yaml config/refresh/demo.yaml $(if $(CORES),--cores $(CORES))

# Five simulated hospitals, each with its own study; what they share is pooled, and compared with the study of all their
# patients (docs/federation.md). About 10 minutes.
FEDERATED = north east south west centre
demo-federation: setup
	$(BIN)/python scripts/simulate_hospitals.py --out runs/federation/extracts
	@for name in $(FEDERATED) together; do \
	  $(BIN)/python scripts/run_study.py --directory runs/federation/$$name --configfile config/federation/$$name.yaml $(if $(CORES),--cores $(CORES)) || exit 1; \
	done
	$(BIN)/python scripts/run_study.py federate --directory runs/federation/coordinating --configfile config/federation/federation.yaml $(if $(CORES),--cores $(CORES))
	$(BIN)/python scripts/compare_federation.py --runs runs/federation

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

# The list of environment.yml fetched anew into a plain environment, which `make test` only holds to what is installed.
test-install: setup
	RECHALLENGE_INSTALL=1 $(BIN)/python -m pytest tests/test_lock.py

# Invented patients against the definitions of a study: make assure STUDY=study.yaml PATIENTS=mine.yaml
assure: setup
	$(BIN)/rechallenge assure $(if $(STUDY),--study $(STUDY)) $(PATIENTS)

# The estimates of a study computed again in R (needs R with its package survival): make verify-r STUDY=study.yaml RUN=folder
verify-r: setup
	@command -v Rscript >/dev/null || { echo "R is needed: install R and its package survival (Debian: r-base-core r-cran-survival)."; exit 1; }
	$(RUN_STUDY)
	Rscript $(RUN)/results/private/verification/verify.R

# R's answers in tests/reference made again (needs R; TOPICS="survival r/lung" for some; CHECK=--check only compares)
r-fixtures:
	$(PYTHON) scripts/r_fixtures.py $(CHECK) $(TOPICS)

# Damage of every kind done to the inputs, and what became of it (docs/corruption.md); half an hour
corruption: setup
	$(BIN)/python -m tests.corruption --trials 2040 --page docs/corruption.md

# Runs that are killed, disks that are full, clocks that jump; about 40 minutes, as root for the disks (docs/faults.md)
faults: setup
	$(BIN)/python -m tests.faults --page docs/faults.md

# Each writes its record to benchmarks/ and the page docs/benchmarks.md.
benchmark: setup
	$(BIN)/python scripts/benchmark_statistics.py --record benchmarks/statistics.json
	$(BIN)/python scripts/benchmark.py --record benchmarks/study.json
	$(BIN)/python scripts/write_benchmark_docs.py

# From the raw extract to times to event, by number of patients
benchmark-scale: setup
	$(BIN)/python scripts/benchmark_scale.py --record benchmarks/scale.json
	$(BIN)/python scripts/write_benchmark_docs.py

# Survival analyses of 100,000 and 1,000,000 patients beside R's (needs R with its package survival)
benchmark-r: setup
	$(BIN)/python scripts/benchmark_survival.py --record benchmarks/survival.json
	$(BIN)/python scripts/write_benchmark_docs.py

# The demo study through a SLURM cluster of one node, which the test installs (apt-get, as root), starts and ends
test-slurm: setup
	RECHALLENGE_SLURM=1 $(BIN)/python -m pytest tests/e2e/test_slurm.py

# Memory and time of each step measured again, for workflow/resources.csv and docs/cluster.md; about an hour
resources: setup
	$(BIN)/python scripts/write_resources.py

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

docs: setup
	$(BIN)/python scripts/write_settings_docs.py
	$(BIN)/python scripts/write_reference_docs.py

# Newer versions only with: make lock UPGRADE=--upgrade
lock:
	@if [ -n "$(UV)" ]; then uv="$(UV)"; else \
	  $(PYTHON) -m venv .lock-venv && .lock-venv/bin/python -m pip install --quiet uv && uv=.lock-venv/bin/uv; fi; \
	$$uv pip compile pyproject.toml --quiet --universal --fork-strategy fewest --python-version 3.11 --extra dev \
	  --generate-hashes --no-annotate --custom-compile-command "make lock" $(UPGRADE) --output-file requirements.lock
	$(PYTHON) scripts/write_environment.py
	$(PYTHON) scripts/write_plugin_locks.py --uv $$([ -n "$(UV)" ] && echo $(UV) || echo .lock-venv/bin/uv)

clean:
	rm -rf results logs runs .snakemake
