#!/bin/sh
# Sonorant and its default models, out of a source tree into one folder.
#   build.sh SOURCE FOLDER
set -eu
source=$1 folder=$2
python3 -m venv "$folder"
export PIP_DISABLE_PIP_VERSION_CHECK=1
"$folder/bin/pip" install -q -c "$source/constraints.txt" pip  # Debian's is older
"$folder/bin/pip" install -q -c "$source/constraints.txt" \
  "${source}[homeassistant,mqtt,postgresql,whisper,zeroconf]"
SONORANT_MODELS="$folder/models" "$folder/bin/sonorant" models pull default
find "$folder" -name __pycache__ -prune -exec rm -rf {} +
"$folder/bin/python" -m compileall -q -j 0 "$folder/lib"
