#!/usr/bin/env bash
# Makes the model folder of a run: finish.sh RUN OUT, from the top of the repository. Weights in int8, scores of the shipped
# weights by Merlon's engine, calibration on them, figures in RUN.
set -euo pipefail
RUN=$1 OUT=$2 CACHE=.cache/train TRUNK=models/trunk
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export CGO_ENABLED=0
TABLE=${TABLE:-$CACHE/table.jsonl}

mkdir -p "$CACHE/bin" "$OUT"
go build -o "$CACHE/bin/" ./train/cmd/...
"$PYTHON" train/export.py "$CACHE/base" "$RUN" "$TABLE" "$RUN/model"
"$CACHE/bin/quantise" -from 6 "$RUN/model/f32" "$RUN/model/samples.jsonl" "$RUN/model/model.safetensors"
"$PYTHON" train/heads.py "$TABLE" "$CACHE/base" "$RUN/model"
"$CACHE/bin/score" "$TRUNK" "$RUN/model" "$RUN/model/fixed.jsonl" > "$RUN/int8.jsonl"
"$PYTHON" train/gather.py "$RUN/model/fixed.index.json" "$RUN/int8.jsonl" "$RUN/int8.npz"
"$PYTHON" train/calibrate.py "$TABLE" "$RUN/int8.npz" "$RUN/model/calibration.json"
"$PYTHON" train/eval.py "$TABLE" "$RUN/int8.npz" "$RUN/model/calibration.json" --errors 25 > "$RUN/figures.md"
if [ -z "${QUICK:-}" ]; then
  "$CACHE/bin/score" "$RUN/model/f32" "$RUN/model/compare.jsonl" > "$RUN/f32.compare.jsonl"
  "$CACHE/bin/score" "$TRUNK" "$RUN/model" "$RUN/model/compare.jsonl" > "$RUN/int8.compare.jsonl"
  "$PYTHON" train/compare.py "$TABLE" "$RUN/model/calibration.json" "$RUN/model/compare.index.json" \
    "$RUN/f32.compare.jsonl" "$RUN/int8.compare.jsonl" > "$RUN/compare.md"
  mkdir -p train/cmd/score/testdata
  "$PYTHON" train/fixture.py "$RUN/model/f32" "$RUN/model/fixed.jsonl" train/cmd/score/testdata/fixed.json
  cp "$RUN"/model/{model.safetensors,calibration.json} "$OUT/"
  (cd "$OUT" && sha256sum calibration.json model.safetensors > SHA256SUMS)
fi
