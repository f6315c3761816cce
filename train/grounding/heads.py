"""Fits the grounding head to the end and calibrates it: heads.py TABLE BASE RUN. Reads RUN/tower.pt, writes RUN/vectors.npz (pooled rows of
training blocks and of all others) and RUN/head.pt.

The tower's layers stay. This base's vectors lie in a narrow cone, in which AdamW leaves a head far from what they could say."""
import argparse
import json
import os

import numpy as np
import torch
from torch import nn

import score
from evaluate import load
from layout import Batch, Store

# share of the training blocks of each set that are read
READ = {'conj_nli': .03, 'counterfactual_nli': .06, 'breaking_nli': .05, 'kornli_xnli_ko': .15, 'fever_symmetric': .6, 'fool_me_twice': .5, 'halueval_qa': .7,
        'ares_faithfulness': .15, 'authored_grounding': .35, 'authored_grounding_long': .7, 'authored_grounding_more': 1}


class Pool(nn.Module):
    """Stands in for the tower in score.read, and keeps what the head would be given."""

    def __init__(self, tower):
        super().__init__()
        self.tower, self.kept = tower, []

    def forward(self, b):
        v = self.tower.pooled(b)
        first = sum(len(x) for x in self.kept)
        self.kept.append(v.numpy().astype(np.float32))
        return torch.arange(first, first + len(v), dtype=torch.float64)


def pooled(tower, store, cases):
    """(vectors, [(case, block, sentence, chunk, tokens, row)])"""
    pool = Pool(tower)
    index = []
    items = {}
    for c, k, g, chunk, shared, own in score.lone(store, cases):
        items.setdefault((c, g), [shared, []])[1].append((k, chunk, own))
    work = []
    for (c, g), (shared, blocks) in items.items():
        at = 0
        while at < len(blocks):
            total, take = shared, []
            while at < len(blocks) and (not take or total + blocks[at][2] <= shared + 400):
                total += blocks[at][2]
                take.append(blocks[at])
                at += 1
            work.append((c, g, take, total))
    for n, batch in enumerate(score.trunk.batches([w[3] for w in work], 3072)):
        chosen = [work[i] for i in batch]
        b = Batch(store, [(cases[c]['source'], g, [(cases[c]['blocks'][k], chunk) for k, chunk, _ in take]) for c, g, take, _ in chosen])
        with torch.no_grad():
            rows = pool(b)
        for (i, kk, j), row, span in zip(b.units, rows.tolist(), b.spans):
            c, g, take, _ = chosen[i]
            index.append((c, take[kk][0], j, take[kk][1], span[1] - span[0], int(row)))
        if n % 50 == 0:
            print(f'  {n}', flush=True)
    return np.concatenate(pool.kept), index


def main():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('run')
    a = p.parse_args()
    rng = np.random.default_rng(5)
    cases = [c for c in map(json.loads, open(a.table)) if c['source'] and (c['split'] != 'train' or rng.random() < READ[c['set']])]
    for c in cases:
        if c['split'] == 'train' and len(c['blocks']) > 12:
            c['blocks'] = [c['blocks'][i] for i in rng.choice(len(c['blocks']), 12, replace=False)]
    share = {'wice': .35, 'begin_dev': .45, 'faithdial_audit': .45, 'summedits': .6, 'counterfactual_nli': .3, 'breaking_nli': .3, 'conj_nli': .3, 'kornli_xnli_ko': .4}
    cases = [c for c in cases if c['split'] == 'train' or rng.random() < share.get(c['set'], 1)]  # enough to choose by; merlon's engine measures all
    store = Store(a.base, os.path.dirname(os.path.abspath(a.table)), cases)
    vectors, index = pooled(load(a.base, a.run), store, cases)
    np.savez(f'{a.run}/vectors.npz', vectors=vectors.astype(np.float16), index=np.array(index))
    with open(f'{a.run}/cases.jsonl', 'w') as f:
        for c in cases:
            f.write(json.dumps(c, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
