#!/usr/bin/env bash
# Makes the model of names, addresses, user names, passwords and ages: train/name/make.sh, from the top of the repository. It needs the
# base and models/trunk, which train/models.sh makes. Arguments go to both parts of the training.
set -euo pipefail
CACHE=.cache/train/name BASE=.cache/train/base DATA=../shared/data OUT=${OUT:-models/name}
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export CGO_ENABLED=0 OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} MKL_NUM_THREADS=${MKL_NUM_THREADS:-1}

mkdir -p "$CACHE" "$OUT"
go build -o "$CACHE/" ./train/cmd/patterns ./train/cmd/quantise
if [ -z "${KEEP:-}" ]; then # KEEP=1 makes everything else again from the weights of the last run
  "$PYTHON" train/name/train.py "$DATA" "$BASE" "$CACHE/first" --minutes "${MINUTES:-9}" "$@"
  "$PYTHON" train/name/train.py "$DATA" "$BASE" "$CACHE/run" --start "$CACHE/first/tower.pt" --minutes "${MINUTES:-12}" --lr 2.5e-4 --public .2 --seed 6 "$@"
fi
"$PYTHON" train/name/predict.py "$DATA" "$BASE" "$CACHE/run/tower.pt" "$CACHE/patterns" "$CACHE/run/rows.jsonl"
"$PYTHON" train/name/export.py "$DATA" "$BASE" "$CACHE/run/tower.pt" "$CACHE/run/model"
"$CACHE/quantise" -from 6 "$CACHE/run/model/f32" "$CACHE/run/model/samples.jsonl" "$CACHE/run/model/model.safetensors"
"$PYTHON" train/name/calibrate.py "$CACHE/run/rows.jsonl" "$CACHE/run/model/calibration.json"
"$PYTHON" train/name/combine.py "$CACHE/run/rows.jsonl" "$CACHE/patterns" "$CACHE/run/model/calibration.json" > "$CACHE/run/figures.txt"
mkdir -p internal/detect/name/testdata
"$PYTHON" train/name/fixture.py "$DATA" "$BASE" "$CACHE/run/tower.pt" internal/detect/name/testdata/fixed.json
cp "$CACHE/run/model/model.safetensors" "$CACHE/run/model/calibration.json" "$OUT/"
(cd "$OUT" && sha256sum calibration.json model.safetensors > SHA256SUMS)
