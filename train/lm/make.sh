#!/usr/bin/env bash
# Makes models/small-lm anew, from the top of the repository: 75 minutes on the processors that are free. A run that was ended goes on.
set -euo pipefail
CACHE=.cache/train
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
mkdir -p "$CACHE/lm" "$CACHE/bin"
CGO_ENABLED=0 go build -o "$CACHE/bin/smalllm" ./train/cmd/smalllm
[ -e "$CACHE/lm/rows.jsonl" ] || "$CACHE/bin/smalllm" rows "$CACHE/lm"
"$CACHE/bin/smalllm" train -time "${MINUTES:-75}m" "$CACHE/lm"
"$CACHE/bin/smalllm" pack "$CACHE/lm" models/small-lm
"$CACHE/bin/smalllm" measure "$CACHE/lm" models/small-lm
"$PYTHON" train/lm/fixture.py models/small-lm models/testdata/small-lm.safetensors
