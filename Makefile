# Two commands matter: `make run` shows the first conversation, `make test` passes the tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT_PACKAGES := libportaudio2
VOICE_PACKAGES := espeak-ng flite festival festvox-kallpc16k

# uv installs faster; plain venv and pip do the same.
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup models run serve test test-extras check bench bench-load bench-mandarin bench-pronunciation bench-shadowing bench-routing bench-voiceprint train format clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

setup: $(VENV)/.installed models system  ## make .venv with sonorant and the default models

comma := ,
ifdef UV
install = $(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[$(1)]'
else
install = $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[$(1)]'
endif

$(VENV)/.installed: pyproject.toml constraints.txt
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif
	$(call install,dev$(comma)ko)
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

# The MQTT backend is tested against a real broker; without it those tests are skipped.
.PHONY: broker
broker:
	@command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && apt-get install -y -qq mosquitto) >/dev/null 2>&1 \
	      || echo "Could not install mosquitto: the tests of the MQTT backend are skipped."; \
	  else \
	    echo "For the tests of the MQTT backend: sudo apt-get install mosquitto"; \
	  fi; }

# The gallery is tested in a real PostgreSQL as well; without it those tests are skipped.
.PHONY: database
database:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && apt-get install -y -qq postgresql) >/dev/null 2>&1 \
	      || echo "Could not install postgresql: the tests of the gallery in it are skipped."; \
	  else \
	    echo "For the tests of the gallery in PostgreSQL: sudo apt-get install postgresql"; \
	  fi; }

# The console is tested in a real browser; without it those tests are skipped.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 \
	      || echo "Could not install chromium: the tests of the console in it are skipped."; \
	  else \
	    echo "For the tests of the console in a browser: sudo apt-get install chromium"; \
	  fi; }

run: setup  ## hear a command, switch on the lamp, answer aloud; see that the service answers too
	@$(BIN)/sonorant demo
	@$(BIN)/sonorant serve --check

serve: setup  ## serve everything to browsers and programs, until Ctrl-C
	@$(BIN)/sonorant serve

test: setup broker database browser  ## run the tests
	$(BIN)/python -m pytest -q

# Not part of `make test`: torch alone is gigabytes.
test-extras: setup database  ## run the tests of the extras transformers, piper, training, ray and image
	$(call install,transformers$(comma)piper$(comma)training$(comma)ray$(comma)image)
	@$(BIN)/sonorant models pull en_US-joe-medium
	$(BIN)/python -m pytest -q -rs tests/speech/test_transformers.py \
	  tests/voiceprint/test_embedding_transformers.py \
	  tests/speech/test_synthesis.py tests/pronunciation \
	  tests/service/test_scaling.py tests/service/test_scaling_ray.py \
	  tests/service/test_image.py

check: $(VENV)/.installed  ## lint, types, formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed  ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: setup  ## measure recognition against faster-whisper
	$(call install,bench)
	$(BIN)/python -m benchmarks.recognition

bench-load: setup  ## measure how many streams the service bears, beside vosk-server
	$(call install,bench)
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.load --dense
	$(BIN)/python -m benchmarks.load --english
	$(BIN)/python -m benchmarks.load --assistant
	$(BIN)/python -m benchmarks.load --overload

bench-pronunciation: setup  ## measure the English scorer against experts; about an hour
	$(call install,bench$(comma)training)
	$(BIN)/python -m benchmarks.pronunciation
	$(BIN)/python -m benchmarks.deviations
	$(BIN)/python -m benchmarks.scoring

bench-mandarin: setup  ## measure the Mandarin scorer and its plain peer, each speaker held back
	$(call install,bench$(comma)training)
	$(BIN)/python -m benchmarks.mandarin

# Sentences are also said by synthetic voices; without them that part is left out.
.PHONY: voices
voices:
	@command -v espeak-ng >/dev/null && command -v flite >/dev/null && command -v text2wave >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    (apt-get update -qq && apt-get install -y -qq $(VOICE_PACKAGES)) >/dev/null 2>&1 \
	      || echo "Could not install $(VOICE_PACKAGES): recognised speech is not measured."; \
	  else \
	    echo "For recognised speech: sudo apt-get install $(VOICE_PACKAGES)"; \
	  fi; }

bench-shadowing: setup  ## measure whether shadowing tells the same words from others
	$(BIN)/python -m benchmarks.shadowing

bench-routing: setup voices  ## measure what sentences do, beside hassil alone
	$(BIN)/python -m benchmarks.routing
	$(BIN)/python -m benchmarks.routing_strangers sealed

bench-voiceprint: setup  ## measure verification beside Resemblyzer, challenges, replays; takes long
	$(call install,bench$(comma)training)
	$(BIN)/python -m benchmarks.voiceprint
	$(BIN)/python -m benchmarks.liveness

train: setup  ## make the weights of both scorers and of voiceprints again; takes long
	$(call install,training)
	$(BIN)/python -m pronunciation.training
	$(BIN)/python -m pronunciation.training.mandarin
	$(BIN)/python -m voiceprint.training

clean:  ## remove what setup and the tools made
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache
