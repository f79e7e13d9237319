# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is made in .venv; nothing else of the machine is touched, and no privileges are needed.
#   PYTHON=/path/to/python3   the Python of .venv; else the newest usable one
#   PWSH=/path/to/pwsh        PowerShell for the tests; else pwsh on PATH; without one skipped
#   STEPS="mypy unit"         only these steps of "make check", "make test" or "make prove"
.DEFAULT_GOAL := help
.PHONY: help demo check test prove mutants lint sanity docs bench compat catalogues inputs venv
export PYTHON PWSH
TOOLS := $(CURDIR)/tests:$(CURDIR)/tests/tools:$(CURDIR)/tests/powershell:$(CURDIR)/.venv/collections

help: ## print this list
	@echo "make targets of mailops.mailessentials:"
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1	/p' Makefile | expand -t 12

venv:
	@sh tests/tools/venv.sh

demo: venv ## the main job on a simulated farm, from the first look to the proof
	@echo "==> demo: a simulated farm of one master and two slaves"
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/demo/demo.py

check: venv ## the linters, the types and the engine (4 minutes at most)
	@.venv/bin/python tests/tools/suite.py check $(STEPS)

test: venv ## all that a change must pass, "make check" first (15 minutes at most)
	@.venv/bin/python tests/tools/suite.py test $(STEPS)

prove: venv ## what is too large for "make test": many examples, mutants, both ways, every core
	@.venv/bin/python tests/tools/suite.py prove $(STEPS)

mutants: venv ## break the code on purpose: every entry of tests/mutations.yml must turn a test red
	@.venv/bin/python tests/tools/mutants.py

lint: venv ## the linters alone
	@.venv/bin/python tests/tools/suite.py check lint

sanity: venv ## ansible-test sanity of the tarball on the oldest and newest core (CORES=all: each)
	@.venv/bin/python tests/tools/sanity.py

docs: venv ## build the site of the collection in .venv/docs
	@.venv/bin/python tests/tools/docs.py

bench: venv ## measure, and print BENCH lines
	@echo "==> bench: medians of repeated runs"
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/benchmark/bench.py

inputs: venv ## write the guide's page of inputs and the roles' specs from the table of inputs
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/tools/inputs.py

catalogues: venv ## what Galaxy and Automation Hub check: galaxy-importer, ansible-lint of partners
	@.venv/bin/python tests/tools/catalogues.py

compat: venv ## lookups and actions on ansible-core 2.16 to 2.21
	@.venv/bin/python tests/tools/compat.py
