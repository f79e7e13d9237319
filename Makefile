# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is installed in .venv. Nothing else is changed, and no privileges are required.
#   PYTHON=/path/to/python3   the Python of .venv; default: the newest usable one
#   PWSH=/path/to/pwsh        PowerShell for the tests; default: pwsh on PATH; else they are skipped
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

demo: venv ## show the whole job on two simulated farms (up to 5 minutes)
	@echo "==> demo: two simulated farms, each with a master and a slave"
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/demo/demo.py

check: venv ## run the linters, the type checker and the tests of the engine (about 4 minutes)
	@.venv/bin/python tests/tools/suite.py check $(STEPS)

test: venv ## run all that a change must pass, "make check" first (about 15 minutes)
	@.venv/bin/python tests/tools/suite.py test $(STEPS)

prove: venv ## run what is too large for "make test" (about an hour)
	@.venv/bin/python tests/tools/suite.py prove $(STEPS)

mutants: venv ## make each fault of tests/mutations.yml; a test must fail each time
	@.venv/bin/python tests/tools/mutants.py

lint: venv ## run the linters
	@.venv/bin/python tests/tools/suite.py check lint

sanity: venv ## run ansible-test sanity on the oldest and newest ansible-core (CORES=all: on each)
	@.venv/bin/python tests/tools/sanity.py

docs: venv ## build the site of the collection in .venv/docs
	@.venv/bin/python tests/tools/docs.py

bench: venv ## measure the run time, and print BENCH lines
	@echo "==> bench: medians of repeated runs"
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/benchmark/bench.py

inputs: venv ## write the tables of inputs in the guide and the argument specs of the roles
	@PYTHONPATH="$(TOOLS)" .venv/bin/python tests/tools/inputs.py

catalogues: venv ## run the checks of Galaxy and Automation Hub
	@.venv/bin/python tests/tools/catalogues.py

compat: venv ## run lookups and actions on ansible-core 2.16 to 2.21
	@.venv/bin/python tests/tools/compat.py
