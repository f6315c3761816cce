#!/usr/bin/env bash
# Rebuilds models/topic from ../shared and train/data, from the top of the repository. Extra arguments go to train.py.
set -euo pipefail
CACHE=.cache/train BASE=.cache/train/base DIR=.cache/train/topic DATA=../shared/data OUT=${OUT:-models/topic}
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export CGO_ENABLED=0 OMP_WAIT_POLICY=PASSIVE
mkdir -p "$DIR" "$CACHE/bin"
SET=$DIR/set.json RUN=$DIR/run LENGTH=(--steps 400)
if [ -n "${MINUTES:-}" ]; then LENGTH=(--minutes "$MINUTES"); fi

"$PYTHON" train/topic/data.py "$DATA" train/data "$SET"
rm -f "$SET.teacher.npy"
"$PYTHON" train/topic/deepen.py "$BASE" "$SET" 9
"$PYTHON" train/topic/train.py "$BASE" "$SET" "$RUN" --cut 9 --layers 9,10,11 "${LENGTH[@]}" "$@"
FROM=$RUN train/topic/finish.sh
