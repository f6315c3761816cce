#!/usr/bin/env python3
"""Measures a training step against torch on one core, in turns: two encoder blocks of MiniLM shape, 8 sequences of 128 tokens.

  test/bench/nn_bases.sh                                        puts torch in place
  .cache/nn-torch/bin/python test/bench/nn_train_peer.py        prints tokens a second of both and their ratio

Both do forward, backward, clipping and AdamW in f32. The engine runs BenchmarkStep of internal/nn/train.
"""
import os, statistics, subprocess, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
import torch
from transformers import BertConfig, BertModel

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
torch.set_num_threads(1)
model = BertModel(BertConfig(vocab_size=1000, hidden_size=384, num_hidden_layers=2, num_attention_heads=12, intermediate_size=1536,
                             hidden_dropout_prob=0, attention_probs_dropout_prob=0), add_pooling_layer=False)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
ids, d = torch.randint(0, 1000, (8, 128)), torch.randn(8, 128, 384)


def step():
    y = model(input_ids=ids).last_hidden_state
    (y * d).sum().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()


def theirs():
    best = 1e9
    for _ in range(6):
        t = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - t)
    return 1024 / best


def ours():
    out = subprocess.run([os.path.abspath('.cache/train.test'), '-test.run', '^$', '-test.bench', 'Step', '-test.benchtime', '6x'],
                         check=True, capture_output=True, text=True).stdout.split()
    return float(out[out.index('tokens/s') - 1])


subprocess.run(['go', 'test', '-c', '-o', '.cache/train.test', './internal/nn/train'], check=True)
pairs = [(ours(), theirs()) for _ in range(ROUNDS)]
a, b = ([p[i] for p in pairs] for i in (0, 1))
print(f'tokens/s, best (median of {ROUNDS} rounds): merlon {max(a):.0f} ({statistics.median(a):.0f})   torch {torch.__version__} {max(b):.0f} ({statistics.median(b):.0f})   '
      f'ratio {max(a) / max(b):.2f} ({statistics.median(x / y for x, y in pairs):.2f})')
