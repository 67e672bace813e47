# What a person types: "make up" to run DECNET here, "make test" to check it.
# "make help" lists the rest.

SHELL   := /bin/bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.0.0-dev)
LDFLAGS := -s -w -X github.com/decnet/decnet/pkg/worker.Version=$(VERSION)
MODULES  = $(shell go list -m -f '{{.Dir}}')
DIST    := services/api/internal/ui/dist
WEB_SRC := $(shell git ls-files web 2>/dev/null)
each     = set -e; for d in $(MODULES); do (cd $$d && $(1)); done

.DEFAULT_GOAL := help
.PHONY: help up dev dev-down build web test test-go test-web lint fmt solo tidy drift fuzz bench bench-fleet bench-pipeline soak crash deps twins clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: build ## build what is missing and run DECNET on this machine
	@bin/decnet up $(ARGS)

# The secrets are in .env.dev, not in .env, which "make up" would read too.
compose = VERSION=$(VERSION) DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1 \
  $$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) -p decnet-dev --env-file .env.dev -f docker-compose.dev.yml

dev: web .env.dev ## run every worker in a container of its own; see docs/distributed.md
	@$(compose) up --build $(ARGS)

dev-down: .env.dev ## end that; ARGS=-v forgets its data too
	@$(compose) down $(ARGS)

.env.dev:
	@umask 077 && tools/devenv.sh >$@.new && mv $@.new $@ && echo "made $@ with new secrets"

build: web ## build bin/decnet and bin/decnet-decoy
	@echo "building bin/decnet and bin/decnet-decoy ..."
	@go build -trimpath -ldflags '$(LDFLAGS)' -o bin/decnet ./cmd/decnet
	@CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/decnet-decoy ./decoys/cmd/decnet-decoy

web: $(DIST)/index.html ## build the dashboard into the API's folder

$(DIST)/index.html: $(WEB_SRC)
	@if command -v npm >/dev/null; then \
	  echo "building the dashboard ..." && cd web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build; \
	else echo "npm is missing (Node 20 or later): going on without the dashboard"; fi

test: deps web ## run every test, end to end included
	@$(MAKE) --no-print-directory test-go test-web

test-go:
	@echo "testing Go ..."
	@go test -race -shuffle=on -timeout 20m work

test-web: web/node_modules
	@echo "testing the dashboard ..."
	@cd web && npm run --silent typecheck && npm run --silent lint && npm test --silent

web/node_modules: web/package-lock.json
	@cd web && npm ci --no-audit --no-fund --loglevel=error

deps: ## install the Debian packages that the tests use
	@tools/deps.sh

lint: bin/golangci-lint ## run the linters
	@bin/golangci-lint run $(addsuffix /...,$(MODULES))

fmt: bin/golangci-lint ## format the Go code
	@bin/golangci-lint fmt $(MODULES)

bin/golangci-lint: tools/lint/go.mod tools/lint/go.sum
	@echo "building golangci-lint (a few minutes, once) ..."
	@cd tools/lint && GOWORK=off GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint

solo: ## check that every module builds without the workspace
	@$(call each,GOWORK=off go vet ./...)

tidy: ## bring go.mod files and generated pages into step
	@go run ./tools/modsync
	@go work sync
	@$(call each,GOWORK=off go mod tidy)
	@go test ./decoys/registry -run TestFieldTableIsCurrent -update
	@go test ./pkg/bus -run "TestReferencePageIsCurrent|TestSchemasAreCurrent" -update
	@go test ./services/api -run TestOpenAPIIsCurrent -update
	@go test ./cmd/decnet/internal/cli -run PageIsCurrent -update

drift: ## check that nothing would change by "make tidy"
	@go run ./tools/modsync -check
	@$(call each,GOWORK=off go mod tidy -diff)

fuzz: ## fuzz every parser for FUZZTIME each (default 1m)
	@tools/fuzz.sh $(or $(FUZZTIME),1m)

twins: deps ## compare decoys with the genuine daemons here; ARGS="-record ssh" records these anew
	@go run ./tools/twin $(or $(ARGS),ssh)

bench: build ## measure start, memory and latency; see docs/benchmarks.md
	@bin/decnet bench start
	@bin/decnet bench latency

bench-pipeline: build ## measure the whole pipeline for five minutes
	@bin/decnet bench pipeline --duration 5m $(ARGS)

soak: build ## half an hour of 2,000 events a second, with the memory every ten seconds
	@bin/decnet bench pipeline --duration 30m --pace 2000 --json $(ARGS)

crash: ## kill the parts of a distributed stack 200 times under load; needs root
	@go test ./test/e2e -run TestCrashMatrix -v -timeout 1h -crash-rounds 200 -crash-outage 2m

bench-fleet: build ## measure native fleets of up to 4,000 deckies; needs root
	@bin/decnet bench fleet

clean: ## remove what was built
	@rm -rf bin web/node_modules web/dist && find $(DIST) -mindepth 1 ! -name .gitkeep -delete
