#!/usr/bin/env bash
# Makes the model folder of a trained run, from the top of the repository: fits the head, writes int8, calibrates, measures, and checks
# the demonstration.
set -euo pipefail
BASE=.cache/train/base SET=${SET:-.cache/train/topic/set.json} OUT=${OUT:-models/topic}
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
[ "$FROM/vectors.npz" -nt "$FROM/tower.pt" ] || rm -f "$FROM/vectors.npz"
"$PYTHON" train/topic/fit.py "$BASE" "$SET" "$FROM" --steps "${FIT:-0}" > "$FROM/figures.md"
"$PYTHON" train/topic/export.py "$BASE" "$SET" "$FROM" "$FROM/model"
"$PYTHON" train/topic/calibrate.py "$BASE" "$SET" "$FROM" "$FROM/model"
go build -o .cache/train/bin/ ./train/cmd/quantise
.cache/train/bin/quantise -from 6 "$FROM/model/f32" "$FROM/model/samples.jsonl" "$FROM/model/model.safetensors"
"$PYTHON" train/topic/languages.py "$BASE" "$SET" "$FROM/model"
"$PYTHON" train/topic/fixture.py "$SET" "$FROM" internal/detect/topic/testdata/torch.json
(cd "$FROM/model" && sha256sum calibration.json model.safetensors > SHA256SUMS)
"$PYTHON" train/topic/demo.py "$BASE" "$FROM" || [ -n "${MINUTES:-}" ] # a rehearsal need not pass it
mkdir -p "$OUT" && cp "$FROM"/model/{calibration.json,model.safetensors,SHA256SUMS} "$OUT/"
