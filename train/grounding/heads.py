"""Fits the grounding head to the end: heads.py TABLE BASE RUN. Reads RUN/tower.pt and writes it with another head; RUN/vectors.npz keeps the
pooled rows of training blocks and of others to look at.

The tower's layers stay. This base's vectors lie in a narrow cone, in which AdamW leaves a head far from what they could say."""
import argparse
import json
import os

import numpy as np
import torch
from torch import nn

import score
from evaluate import load, report
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


def fit(x, rows, weight, middle=32, steps=400, decay=.02, dropout=.3, seed=3):
    """A head of two layers over standardised vectors x, by AdamW on all rows at a time. rows: one list a block of (row of x, label or -1);
    a block without labels of its sentences is untrue by its worst one."""
    torch.manual_seed(seed)
    mean, deviation = x.mean(0), x.std(0) + 1e-3
    z = (x - mean) / deviation
    first, second = nn.Linear(x.shape[1], middle), nn.Linear(middle, 1)
    nn.init.normal_(first.weight, std=.01)
    optimiser = torch.optim.AdamW([{'params': [first.weight], 'weight_decay': decay}, {'params': [first.bias, *second.parameters()], 'weight_decay': 0}], lr=2e-3)
    block = torch.cat([torch.full((len(r),), i) for i, r in enumerate(rows)])
    at = torch.tensor([k for r in rows for k, _ in r])
    label = torch.tensor([float(y) for r in rows for _, y in r])
    for step in range(steps):
        optimiser.param_groups[0]['lr'] = optimiser.param_groups[1]['lr'] = 2e-3 * (1 - step / steps)
        v = nn.functional.dropout(z, dropout)
        logits = second(torch.tanh(first(v)))[:, 0][at]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, label.clamp(min=0), reduction='none')
        with torch.no_grad():  # of a block that is untrue somewhere, only the worst sentence is known to be
            least = torch.full((len(rows),), 1e9).scatter_reduce(0, block, logits.detach(), 'amin')
            counts = (label >= 0) | (logits <= least[block])
        count = counts.float() * weight[block]
        loss = (loss * count).sum() / count.sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    w = (first.weight / deviation).detach()
    return {'middle.weight': w, 'middle.bias': (first.bias - w @ mean).detach(), 'logit.weight': second.weight.detach(), 'logit.bias': second.bias.detach()}, float(loss)


def apply(head, x):
    return (torch.tanh(x @ head['middle.weight'].T + head['middle.bias']) @ head['logit.weight'].T + head['logit.bias'])[:, 0]


def gathered(cases, index):
    """{(case, block): {sentence: [rows of its fullest window]}}"""
    out = {}
    for c, k, j, chunk, tokens, row in index.tolist():
        out.setdefault((c, k), {}).setdefault(j, {}).setdefault(chunk, []).append((tokens, row))
    return {key: {j: [row for _, row in chunks[max(chunks, key=lambda n: (chunks[n][0][0], -n))]] for j, chunks in parts.items()} for key, parts in out.items()}


def training(cases, found, z):
    """Rows and weights of the training blocks; a sentence seen by several groups of windows is read from the one that supports it best."""
    rows, weight = [], []
    for (c, k), parts in found.items():
        case, b = cases[c], cases[c]['blocks'][k]
        if case['split'] != 'train':
            continue
        known = b['s'] if b['s'] and len(b['s']) > max(parts) else None
        best = [(max(r, key=lambda row: z[row]), known[j] if known else b['y'] if b['y'] or len(parts) == 1 else -1) for j, r in sorted(parts.items())]
        rows.append(best)
        weight.append(WEIGHT.get(case['set'], 1) * b.get('w', 1))
    return rows, torch.tensor(weight)


WEIGHT = {'authored_grounding': .5}


def look(cases, found, z, say=print):
    out = []
    for (c, k), parts in found.items():
        case, b = cases[c], cases[c]['blocks'][k]
        if case['split'] != 'train':
            out.append({'set': case['set'], 'split': case['split'], 'lang': case['lang'], 'task': 'g', 'y': b['y'], 'z': min(max(float(z[r]) for r in rs) for rs in parts.values())})
    report(out, say)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('run')
    a = p.parse_args()
    read(a)
    kept = np.load(f'{a.run}/vectors.npz')
    x, cases = torch.from_numpy(kept['vectors'].astype(np.float32)), [json.loads(line) for line in open(f'{a.run}/cases.jsonl')]
    found = gathered(cases, kept['index'])
    state = torch.load(f'{a.run}/tower.pt')
    z = apply({k: state[k] for k in ('middle.weight', 'middle.bias', 'logit.weight', 'logit.bias')}, x)
    look(cases, found, z)
    head, loss = fit(x, *training(cases, found, z))
    print(f'head fitted, loss {loss:.4f}')
    look(cases, found, apply(head, x))
    torch.save({**state, **head}, f'{a.run}/tower.pt')


def read(a):
    """Reads the blocks and keeps their vectors."""
    rng = np.random.default_rng(5)
    cases = [c for c in map(json.loads, open(a.table)) if c['source'] and (c['split'] != 'train' or rng.random() < READ[c['set']])]
    for c in cases:
        if c['split'] == 'train' and len(c['blocks']) > 12:
            c['blocks'] = [c['blocks'][i] for i in rng.choice(len(c['blocks']), 12, replace=False)]
    share = {'wice': .2, 'begin_dev': .45, 'faithdial_audit': .45, 'summedits': .35, 'counterfactual_nli': .3, 'breaking_nli': .3, 'conj_nli': .3, 'kornli_xnli_ko': .4}
    cases = [c for c in cases if c['split'] == 'train' or rng.random() < share.get(c['set'], 1)]  # enough to choose by; merlon's engine measures all
    store = Store(a.base, os.path.dirname(os.path.abspath(a.table)), cases)
    vectors, index = pooled(load(a.base, a.run), store, cases)
    np.savez(f'{a.run}/vectors.npz', vectors=vectors.astype(np.float16), index=np.array(index))
    with open(f'{a.run}/cases.jsonl', 'w') as f:
        for c in cases:
            f.write(json.dumps(c, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
