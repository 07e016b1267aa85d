# Every command sets up .venv by itself first; nothing outside this folder is touched.
.PHONY: help chat ask run doctor test drill eval bench format lock clean setup setup-dev setup-bench
.NOTPARALLEL:
.DEFAULT_GOAL := help

# The same behaviour in every locale; no other environment's packages.
export PYTHONUTF8 := 1
unexport PYTHONPATH PYTHONHOME

python := .venv/bin/python

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

chat: setup ## Talk to the bot in the terminal: no token, no network
	@$(python) -m bot chat

ask: setup ## Answer one question: make ask Q="ai trao bằng khen"
	@$(python) -m bot ask "$$Q"

run: setup ## Serve Telegram; needs BOT_TOKEN in the environment or in .env
	@$(python) -m bot run

doctor: setup ## Check settings, token, database and backups
	@$(python) -m bot doctor

test: setup-dev ## Formatter, linter, types and tests: what every change must pass
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy
	@$(python) -m pytest -q

eval: setup-dev ## Measure the answers on the golden tables; ARGS="--show 20" lists failures
	@$(python) -m tests.evaluate $(ARGS)

bench: setup setup-bench ## Measure speed and memory beside other bots; ARGS="--quick" takes smaller sizes
	@$(python) -m tests.bench $(ARGS)

drill: setup-dev ## Kill, cut off, flood and forge for about an hour, and print what held; ARGS="--small" takes two minutes
	@$(python) -m tests.drills $(ARGS)

format: setup-dev ## Format the code and sort its imports
	@$(python) -m ruff format .
	@$(python) -m ruff check --fix .

# One resolver run for every supported Python and platform. The resolver lives in .tools, not among the
# project's packages.
lock: setup ## Renew the locked versions from pyproject.toml
	@test -x .tools/bin/uv || { $(python) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check "uv>=0.13,<0.14"; }
	@.tools/bin/uv pip compile $(lock_options) pyproject.toml --output-file requirements.lock
	@.tools/bin/uv pip compile $(lock_options) pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock
	@.tools/bin/uv pip compile $(lock_options) --group pyproject.toml:bench --output-file requirements-bench.lock
lock_options = --quiet --no-config --system-certs --universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-emit-index-url

clean: ## Remove the set-up and the caches (the database in data/ stays)
	@rm -rf .venv .venv-bench .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@sh .ci/setup.sh requirements.lock

setup-dev:
	@sh .ci/setup.sh requirements-dev.lock

# aiogram and the bot want different versions of the same packages, so it lives apart.
setup-bench:
	@sh .ci/setup.sh requirements-bench.lock .venv-bench
