#!/usr/bin/env python3
"""Measures the encoder against ONNX Runtime on the same core, in turns, on the real all-MiniLM-L6-v2.

  test/bench/nn_bases.sh                                   puts model and tools in place
  .cache/nn-venv/bin/python test/bench/nn_peer.py          one thread; prints one table

ONNX Runtime runs the model exported by torch, fused by its own transformers optimiser, and that quantised by its own
quantize_dynamic (int8 weights per channel). The engine runs BenchmarkPeer of internal/nn/encoder. Each of several rounds
runs all, so that a slow moment of the machine hits both; the table has the fastest call and the median of the rounds.
"""
import json, os, statistics, subprocess, sys, time
import numpy as np

BASE, TOKENS, ROUNDS, CALLS = '.cache/bases/all-MiniLM-L6-v2', [16, 128, 256], int(sys.argv[1]) if len(sys.argv) > 1 else 7, 15
EXPORT = f"""
import torch
from transformers import AutoConfig, BertModel
from safetensors.torch import load_file
m = BertModel(AutoConfig.from_pretrained('{BASE}'), add_pooling_layer=False).eval()
m.load_state_dict(load_file('{BASE}/model.safetensors'), strict=False)
i = torch.ones(1, 16, dtype=torch.long)
a = {{0: 'batch', 1: 'tokens'}}
torch.onnx.export(m, (i, i, i * 0), '{BASE}/model.onnx', input_names=['input_ids', 'attention_mask', 'token_type_ids'],
                  output_names=['last_hidden_state'], dynamic_axes=dict(input_ids=a, attention_mask=a, token_type_ids=a, last_hidden_state=a), opset_version=14)
"""


def prepare():
    if not os.path.exists(f'{BASE}/model.onnx'):
        subprocess.run(['.cache/nn-torch/bin/python', '-c', EXPORT], check=True, stderr=subprocess.DEVNULL)
    if not os.path.exists(f'{BASE}/fused.onnx'):
        from onnxruntime.transformers import optimizer
        optimizer.optimize_model(f'{BASE}/model.onnx', 'bert', num_heads=12, hidden_size=384, opt_level=0).save_model_to_file(f'{BASE}/fused.onnx')
    if not os.path.exists(f'{BASE}/int8.onnx'):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(f'{BASE}/fused.onnx', f'{BASE}/int8.onnx', per_channel=True, weight_type=QuantType.QInt8,
                         extra_options={'DefaultTensorType': 1})
    subprocess.run(['go', 'test', '-c', '-o', '.cache/encoder.test', './internal/nn/encoder'], check=True)


def session(path):
    import onnxruntime as ort
    o = ort.SessionOptions()
    o.intra_op_num_threads = o.inter_op_num_threads = 1
    return ort.InferenceSession(path, o, providers=['CPUExecutionProvider'])


def feed(n):
    ids = (np.arange(n, dtype=np.int64) * 7919 % 30522)[None]
    return {'input_ids': ids, 'attention_mask': np.ones_like(ids), 'token_type_ids': np.zeros_like(ids)}


def ours():
    out = subprocess.run([os.path.abspath('.cache/encoder.test'), '-test.run', '^$', '-test.bench', 'Peer', '-test.benchtime', f'{CALLS}x'],
                         cwd='internal/nn/encoder', check=True, capture_output=True, text=True).stdout
    found = {}
    for line in out.splitlines():
        if line.startswith('BenchmarkPeer/'):
            words = line.split()
            _, kind, tokens = words[0].rsplit('-', 1)[0].split('/')
            found[kind, int(tokens)] = float(words[words.index('best-ms') - 1])
    assert len(found) == 2 * len(TOKENS), out
    return found


def main():
    prepare()
    import onnxruntime as ort
    peers = {kind: session(f'{BASE}/{name}.onnx') for kind, name in (('f32', 'fused'), ('int8', 'int8'))}
    times = {}
    for _ in range(ROUNDS):
        for key, ms in ours().items():
            times.setdefault(('merlon',) + key, []).append(ms)
        for kind, s in peers.items():
            for n in TOKENS:
                x, best = feed(n), 1e9
                for _ in range(CALLS + 2):
                    t = time.perf_counter()
                    s.run(None, x)
                    best = min(best, time.perf_counter() - t)
                times.setdefault(('onnxruntime', kind, n), []).append(best * 1e3)
    print(f'onnxruntime {ort.__version__}, one thread, {ROUNDS} rounds of {CALLS} calls; milliseconds, fastest call (median over rounds of the fastest)')
    for kind in ('f32', 'int8'):
        for n in TOKENS:
            a, b = times['merlon', kind, n], times['onnxruntime', kind, n]
            print(f'{kind:5} {n:4} tokens   merlon {min(a):7.2f} ({statistics.median(a):7.2f})   onnxruntime {min(b):7.2f} ({statistics.median(b):7.2f})   '
                  f'ratio {min(a) / min(b):.2f} ({statistics.median(a) / statistics.median(b):.2f})')
    x = feed(128)
    f, q = (peers[k].run(None, x)[0][0] for k in ('f32', 'int8'))
    print(f'onnxruntime int8 against its f32: least cosine of a token {min((f * q).sum(1) / np.linalg.norm(f, axis=1) / np.linalg.norm(q, axis=1)):.5f}')


main()
