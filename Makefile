# What a developer of opcp-provision calls. `make help` lists the targets.
#
# Variables of the sandbox targets, of `demo` and of `test`, given as `make sandbox-up SANDBOX=…`:
#   SANDBOX              its folder (.sandbox); each folder is a sandbox of its own
#   KEYCLOAK_VERSION     26.7.4 or 26.0.8
#   KEYSTONE_VERSION     30.0.0, 29.0.2 or 28.0.2
#   KEYCLOAK_PORT, KEYSTONE_PORT, KEYSTONE_ADMIN_PORT    otherwise free ports are found

# The system's own Python: the one that Apache runs Keystone with.
PYTHON := /usr/bin/python3
PROGRAM := $(PYTHON) tests/sandbox

.DEFAULT_GOAL := help
.PHONY: help demo test matrix-test test-long bench compare check schemas provider-test kubernetes-test sandbox-up sandbox-down sandbox-status sandbox-reset

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: | $(PYTHON) ## do the whole guide on real servers, and show it
	@$(PROGRAM) demo

test: | $(PYTHON) ## run all tests and checks; installs what is missing
	@$(PROGRAM) test
	@$(MAKE) --no-print-directory check

matrix-test: | $(PYTHON) ## run a sample of the matrix of promises; needs no real servers
	@$(PROGRAM) matrix-test

test-long: | $(PYTHON) ## run the matrix of promises with every case that there is; needs no real servers, takes hours
	@OPCP_MATRIX=long $(PROGRAM) matrix-test

bench: sandbox-up ## measure what the tool costs: on the model servers, then on real ones (needs gnuplot)
	cargo bench --locked --bench measure
	cargo build --locked --release
	@. $(or $(SANDBOX),.sandbox)/env.sh && $(PYTHON) tests/bench/servers --program target/release/opcp-provision \
		--results tests/bench/servers/results.json

compare: sandbox-up ## compare with other tools that are installed, on real servers
	cargo build --locked --release
	@. $(or $(SANDBOX),.sandbox)/env.sh && $(PYTHON) tests/bench/compare

check: | $(PYTHON) ## check format, lints, documentation and dependencies
	cargo fmt --all --check
	cargo clippy --locked --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --all-features
	@$(PROGRAM) cargo-deny --all-features --locked --config .deny.toml check bans licenses sources

schemas: ## write schemas/ and manifests/crds/ anew, as the types say
	UPDATE_SCHEMAS=1 cargo test --locked --quiet --test schemas generated

kubernetes-test: | $(PYTHON) ## run the tests on a real API server of Kubernetes
	@$(PROGRAM) kubernetes-test

provider-test: | $(PYTHON) ## run the unit tests of Keycloak's fixture provider
	@$(PROGRAM) provider-test

sandbox-up: | $(PYTHON) ## have real Keycloak, Keystone and Apache running here
	@$(PROGRAM) up

sandbox-down: | $(PYTHON) ## stop them; their data are kept
	@$(PROGRAM) down

sandbox-status: | $(PYTHON) ## say what runs, and where
	@$(PROGRAM) status

sandbox-reset: | $(PYTHON) ## make them empty again, and have them running
	@$(PROGRAM) reset

$(PYTHON):
	@echo "$(PYTHON) is missing: install it with apt-get install python3" >&2
	@exit 1
