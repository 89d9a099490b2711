# Ruang. `make run` starts everything; `make help` lists the rest.
# Every recipe is one program without a shell, so that signals reach it.

PYTHON ?= python3
RUNNER := $(PYTHON) -m config.runner
MANAGE := $(RUNNER) python manage.py
BENCH ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run stack test check bench drill lock format messages install

help: ## this list
	@$(PYTHON) -c "import re; [print(f'  make {n:<10} {d}') for n, d in re.findall(r'^(\w+):.*?## (.*)$$', open('Makefile').read(), re.M)]"

run: ## everything up in the foreground (PORT=8000, RUANG_VAR=var)
	@$(RUNNER) run

stack: ## the embedded servers alone; prints their addresses
	@$(RUNNER) stack

test: ## the tests (ARGS="tests/runner -x" to choose)
	@$(RUNNER) test $(ARGS)

check: ## formatting, linting, types, imports, migrations, schema, containers
	@$(RUNNER) check $(ARGS)

bench: ## figures (BENCH=booking for one)
	@$(RUNNER) python -m config.bench $(BENCH)

drill: export RUANG_DRILL = 1
drill: ## the long drills: races against the live server, random lives
	@$(RUNNER) test tests/race tests/proof -n 0 $(ARGS)

lock: ## compile requirements/*.txt from *.in (ARGS=--upgrade)
	@$(RUNNER) lock $(ARGS)

format: ## write the code as the formatter wants it
	@$(RUNNER) python -m ruff format .
	@$(RUNNER) python -m ruff check --fix .

messages: ## collect and compile the translations
	@$(MANAGE) messages update
	@$(MANAGE) messages compile

install: ## install the development requirements into .venv
	@$(RUNNER) install dev
