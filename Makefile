# Two commands matter: `make run` shows the first conversation, `make test` passes the tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT_PACKAGES := libportaudio2

# uv installs faster; plain venv and pip do the same.
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup models run test test-extras check bench format clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed models system  ## make .venv with sonorant and the default models

$(VENV)/.installed: pyproject.toml constraints.txt
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev,ko]'
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev,ko]'
endif
	@touch $@

models: $(VENV)/.installed
	@$(BIN)/sonorant models pull default

# The loudspeaker and microphone need PortAudio; everything else works without it.
.PHONY: system
system:
	@$(BIN)/python -c 'import sounddevice' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && apt-get install -y -qq $(APT_PACKAGES)) >/dev/null 2>&1 \
	      || echo "Could not install $(APT_PACKAGES): no microphone or loudspeaker until it is there."; \
	  else \
	    echo "For microphone and loudspeaker: sudo apt-get install $(APT_PACKAGES)"; \
	  fi; }

run: setup  ## hear a command, switch on the lamp, answer aloud
	@$(BIN)/sonorant demo

test: setup  ## run the tests
	$(BIN)/python -m pytest -q

# Not part of `make test`: torch alone is gigabytes.
test-extras: setup  ## run the tests of the extras transformers and piper, which it installs
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[transformers,piper]'
else
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[transformers,piper]'
endif
	@$(BIN)/sonorant models pull en_US-joe-medium
	$(BIN)/python -m pytest -q -rs tests/speech/test_transformers.py tests/speech/test_synthesis.py

check: $(VENV)/.installed  ## lint, types, formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed  ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: setup  ## measure recognition against faster-whisper
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[bench]'
else
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
endif
	$(BIN)/python -m benchmarks.recognition

clean:  ## remove what setup and the tools made
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache
