#!/usr/bin/env bash
# Rebuilds models/grounding and models/relevance from ../shared, on the trunk and the topic model that train/models.sh made, from the top
# of the repository.
# Extra arguments go to train.py; without any it reads 5,000,000 tokens.
set -euo pipefail
CACHE=.cache/train RUN=.cache/train/grounding DATA=../shared/data HERE=train/grounding
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export CGO_ENABLED=0 OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0

mkdir -p "$RUN/bin"
go build -o "$RUN/bin/" ./train/cmd/ground ./train/cmd/quantise
"$PYTHON" $HERE/table.py "$DATA" "$RUN/table.jsonl"
"$PYTHON" $HERE/train.py "$RUN/table.jsonl" "$CACHE/base" "$RUN/run" ${MINUTES:+--minutes "$MINUTES"} "$@"
"$PYTHON" $HERE/export.py "$CACHE/base" "$RUN/run" "$RUN/table.jsonl" "$RUN/run/model"
"$PYTHON" $HERE/relevance.py "$RUN/table.jsonl" "$CACHE/base" models/topic models/relevance
"$RUN/bin/quantise" -from 6 "$RUN/run/model/f32" "$RUN/run/model/samples.jsonl" models/grounding/model.safetensors
"$PYTHON" $HERE/beside.py "$RUN/table.jsonl" "$CACHE/base" models/grounding
"$PYTHON" $HERE/measure.py "$RUN/table.jsonl" "$RUN/bin/ground" models/trunk models/grounding models/topic models/relevance "$RUN/run"
"$PYTHON" $HERE/fixture.py "$RUN/table.jsonl" "$CACHE/base" "$RUN/run" models/grounding internal/detect/grounding/testdata/shipped.json
