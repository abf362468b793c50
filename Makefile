# Every command of this project. `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := bash
export PYTHONDONTWRITEBYTECODE = 1
PYTHON ?= $(shell command -v python3.12 || command -v python3)
BIN := .venv/bin
BUILT := chalicelib/dashboard/built
STAGE ?= dev

##@ Use
help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/ready $(BUILT)/page.js ## Run the real functions on sample data; page and mails in build/demo/
	$(BIN)/python -m simulation.demo build/demo

preview: .venv/ready $(BUILT)/page.js ## Make the page from sample data and open it (real account: see cli.py preview --help)
	$(BIN)/python cli.py preview --open

deploy: .venv/ready $(BUILT)/page.js ## Put it into your AWS account, or update it (first time: make deploy EMAIL=you@example.com)
	$(BIN)/python cli.py deploy --stage $(STAGE) $(if $(EMAIL),--email $(EMAIL))

destroy: .venv/ready ## Remove it from your AWS account; asks before it deletes reports
	$(BIN)/python cli.py destroy --stage $(STAGE)

##@ Work on it
test: .venv/ready $(BUILT)/page.js ## Run the tests
	$(BIN)/pytest -m "not e2e"

check: lint types imports test package scan ## Everything that has to hold before a change lands

lint: .venv/ready ## Look for mistakes and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready ## Check the types
	$(BIN)/mypy

imports: .venv/ready ## Check who may import whom
	$(BIN)/lint-imports

format: .venv/ready ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

package: .venv/ready $(BUILT)/page.js ## Build the deployment package into build/package/
	rm -rf .chalice/deployments build/package
	$(BIN)/python -m deployment.bytecode
	AWS_DEFAULT_REGION=us-east-1 $(BIN)/chalice package --stage $(STAGE) build/package

scan: .venv-scan/ready ## Scan the template and the policies for known mistakes (offline)
	.venv-scan/bin/python tests/infra/scan.py

e2e: .venv/ready $(BUILT)/page.js ## Deploy to local stand-ins for AWS, run the packaged functions, remove everything
	$(BIN)/pytest -m e2e tests/e2e

kills: .venv/ready $(BUILT)/page.js ## Kill a deployment at 24 points and see it come to the same end (some minutes)
	$(BIN)/pytest --kills tests/e2e/test_kills.py

frontend: .venv/ready ## Build the page's CSS and JavaScript
	bash frontend/build.sh

pictures: .venv/ready $(BUILT)/page.js ## Make the README's pictures from sample data
	$(BIN)/python -m desk.pictures

bench: .venv/ready $(BUILT)/page.js ## Measure speed, size and price anew; the tables in docs/ (ten minutes, calm machine)
	$(BIN)/python -m benchmarks.weekly_report --runs 5
	$(BIN)/python -m benchmarks.alarm --runs 5
	$(BIN)/python -m benchmarks.any_size
	$(BIN)/python -m benchmarks.watch --runs 5
	$(BIN)/python -m benchmarks.page

golden: .venv/ready $(BUILT)/page.js ## Accept what the tests render now as the golden files
	$(BIN)/pytest --update-golden

requirements: .venv/ready ## Compile the pinned requirements anew
	$(BIN)/uv pip compile -q --upgrade --python-version 3.12 --generate-hashes --no-header -o requirements.txt requirements.in
	$(BIN)/uv pip compile -q --upgrade --python-version 3.12 --generate-hashes --no-header -o requirements-dev.txt requirements-dev.in
	$(BIN)/uv pip compile -q --upgrade --python-version 3.12 --generate-hashes --no-header -o requirements-scan.txt requirements-scan.in
	$(BIN)/uv pip compile -q --upgrade --python-version 3.12 --generate-hashes --no-header -o requirements-node.txt requirements-node.in

clean: ## Remove everything that was built or installed
	rm -rf .venv .venv-* build $(BUILT) frontend/node_modules .chalice/deployments
	find . -name __pycache__ -prune -exec rm -r {} +

# The virtual environment is remade when a requirements file changes.
.venv/ready: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' || { echo "Python 3.12 is needed; found $$($(PYTHON) --version). Install it, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The scanners live apart, because their pins clash with ours.
.venv-scan/ready: requirements-scan.txt
	test -x .venv-scan/bin/python || $(PYTHON) -m venv .venv-scan
	.venv-scan/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.txt
	touch $@

# CSS and JavaScript of the page, built from npm packages, and its compiled templates.
$(BUILT)/page.js: .venv/ready frontend/package-lock.json frontend/build.sh chalicelib/dashboard/templates.py $(wildcard frontend/*.js frontend/*.css frontend/*.mjs chalicelib/dashboard/*.html chalicelib/dashboard/sections/*.html)
	bash frontend/build.sh

.PHONY: help demo preview deploy destroy test check lint types imports format package scan e2e kills frontend pictures bench golden requirements clean
