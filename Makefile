# Two commands do everything: `make demo` shows what Retypeset does, `make test` checks all of it.
# Both set up what they need first, on a machine that has Python, make and nothing else.

.DEFAULT_GOAL := help
.PHONY: help demo test docs bench lock clean packages tools

BIN := .venv/bin
READY := .venv/.ready
CONVERTED := examples/converted
SITE := build/docs

# What WeasyPrint loads at run time, the fonts the style sheets name, and for the tests pdftotext and groff.
PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation poppler-utils groff-base

# What the checks of the page need, by the command that tells whether it is there: a browser, Java, and npm, which brings
# axe and the Nu checker.
TOOLS := chromium:chromium java:default-jre-headless npm:npm
CHECKERS := tests/browser/node_modules/.package-lock.json

# Another installation may be under way: wait for its lock.
APT := DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300

# The newest Python that will do; empty where there is none.
find_python = $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

help:
	@echo "make demo    convert the examples into Markdown, HTML, PDF and JSON"
	@echo "make test    run every check: ruff, mypy, pytest"
	@echo "make docs    make a site of the pages in docs/, in $(SITE)/"
	@echo "make bench   print speed, memory and accuracy; FOLDER=... chooses the filings, OPTIONS=... is passed on"
	@echo "make lock    bring requirements-dev.lock in step with pyproject.toml; remove the file first to renew all of it"
	@echo "make clean   remove the environment and everything that was made"

demo: $(READY) | packages
	@rm -rf $(CONVERTED)
	@$(BIN)/retypeset convert --to md --to html --to pdf --to json -o $(CONVERTED)/ examples/*.txt
	@echo
	@echo "The examples stand in $(CONVERTED)/, each in four formats:"
	@ls $(CONVERTED)
	@echo
	@echo "Open one of these in a browser, beside the filing it was made from in examples/:"
	@ls $(CONVERTED)/*.html $(CONVERTED)/*.pdf

test: $(READY) | packages tools
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(CHECKERS); fi
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest

docs: $(READY)
	@$(BIN)/python -m properdocs build --quiet --strict --config-file docs/config/properdocs.yml
	@echo "The site stands in $(SITE)/: open $(SITE)/index.html"

bench: $(READY) | packages
	@$(BIN)/python benchmarks/bench.py $(OPTIONS) $(FOLDER)

# The lock holds for every supported Python and names no registry: whichever pip is set up for will do.
lock:
	@set -eu; python='$(find_python)'; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	"$$python" -m venv "$$folder/uv"; \
	"$$folder/uv/bin/python" -m pip install --quiet uv; \
	"$$folder/uv/bin/uv" pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' --quiet -o requirements-dev.lock

clean:
	rm -rf .venv tests/browser/node_modules $(CONVERTED) dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find converters tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

define install
	missing=$$(echo $$missing); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $$missing"; \
		$(APT) update -qq && $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "For $(1) install these Debian packages, or what your system calls them: $$missing" >&2; \
	fi
endef

packages:
	@missing=$$(for package in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || echo "$$package"; done); \
	$(call install,PDF and the tests)

tools: | packages
	@missing=$$(for tool in $(TOOLS); do command -v "$${tool%%:*}" >/dev/null || echo "$${tool##*:}"; done); \
	$(call install,the checks of the page)

$(CHECKERS): tests/browser/package-lock.json
	@echo "Installing axe and the Nu checker"
	@npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(READY): pyproject.toml requirements-dev.lock | packages
	@set -eu; python='$(find_python)'; \
	if [ -z "$$python" ]; then echo "Retypeset needs Python 3.11 or newer; none was found." >&2; exit 1; fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		if ! "$$python" -c 'import ensurepip' 2>/dev/null; then \
			if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
				$(APT) update -qq; \
				$(APT) install -y -qq --no-install-recommends python3-venv >/dev/null; \
			else \
				echo "$$python cannot make environments; install python3-venv." >&2; exit 1; \
			fi; \
		fi; \
		echo "Making .venv with $$("$$python" --version)"; \
		"$$python" -m venv --clear .venv; \
	fi; \
	echo "Installing what requirements-dev.lock names"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	touch $@
