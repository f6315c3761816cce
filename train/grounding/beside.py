"""Fits the comparison beside the grounding tower's head: beside.py TABLE BASE MODEL. Adds its weights to MODEL/model.safetensors and prints figures
of it alone."""
import hashlib
import json
import os
import random
import sys
import time

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from comparison import Batch, Compare, fold, laid
from evaluate import report
from pairs import Texts, trunk
from score import whole
from train import loss_of

MOST = 3200  # tokens of a step, padding with them
# share of the training cases of a set that is read; where nothing is said, all that were written for this project and half of the others
SHARE = {'conj_nli': .125, 'counterfactual_nli': .175, 'breaking_nli': .15, 'ares_faithfulness': .15, 'binding_en': .06, 'binding_ko': .075, 'summedits': .35}
LOOK = 'summedits', 'begin_dev', 'faithdial_audit', 'fever_symmetric', 'conj_nli'


def drawn(table):
    """Cases with a source: of train and look some, of dev and test all."""
    rng, out = random.Random(3), []
    for c in map(json.loads, open(table)):
        share = {'train': SHARE.get(c['set'], 1 if c['set'].startswith('authored') else .5), 'look': .5}.get(c['split'])
        if c['source'] and (share is None or rng.random() < share) and c['split'] != 'calibrate' and (c['split'] != 'look' or c['set'] in LOOK):
            out.append({**c, 'blocks': [b for b in c['blocks'] if b['t'] == 'g']})
    return out


def read(sequences, width, path):
    """Rows of the trunk for each sequence, kept in a file beside path."""
    begin, at = time.time(), np.cumsum([0] + [len(s.ids) for s in sequences])
    path += f'.{hashlib.sha1(json.dumps([s.ids for s in sequences]).encode()).hexdigest()}.f16'
    if not os.path.exists(path) or os.path.getsize(path) != 2 * width * at[-1]:
        print(f'{len(sequences)} sequences, {at[-1]:,} tokens', flush=True)
        with open(path, 'wb') as f:
            for k in range(0, len(sequences), 2000):
                for h in trunk.trunk_rows([s.ids for s in sequences[k:k + 2000]], width):
                    f.write(h.astype(np.float16).tobytes())
        print(f'trunk: {time.time() - begin:.0f}s', flush=True)
    rows = np.memmap(path, np.float16, 'r').reshape(-1, width)
    return lambda i: rows[at[i]:at[i + 1]]


def fit(sequences, index, rows, middle, epochs=4, rate=2e-3, seed=1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Compare(len(middle))
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=.1)
    lengths = [len(sequences[i].ids) for i in index]
    steps = epochs * (len(list(trunk.batches(lengths, MOST))) + 20)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=.1)
    for epoch in range(epochs):
        losses = []
        for some in trunk.batches(lengths, MOST, rng):
            if schedule.last_epoch + 1 >= steps:
                break
            chosen = [index[i] for i in some]
            batch = Batch([sequences[i] for i in chosen], [rows(i) for i in chosen], middle)
            loss = loss_of(model(*batch.given), batch, [sequences[i].block for i in chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(f'comparison: epoch {epoch + 1}, {len(losses)} steps, loss {np.mean(losses):.3f}', flush=True)
    return model.eval()


def scored(model, sequences, index, rows, middle):
    """{(case, block): logit}: that of the sentence that is supported least, by the part of the source that supports it best."""
    pieces = {}
    for some in trunk.batches([len(sequences[i].ids) for i in index], 4096):
        chosen = [index[i] for i in some]
        batch = Batch([sequences[i] for i in chosen], [rows(i) for i in chosen], middle)
        with torch.no_grad():
            z = iter(model(*batch.given).tolist())
        for i in chosen:
            s = sequences[i]
            for _, a, *_ in s.units:
                pieces.setdefault(s.key, {}).setdefault((s.window, len(s.ids) - a), []).append(next(z))
    return {key: whole({k: max(v) for k, v in of.items()}) for key, of in pieces.items()}


BESIDE = .75  # of its doubt beside the tower's logit


def main():
    table, base, folder = sys.argv[1:4]
    width = json.load(open(f'{base}/config.json'))['hidden_size']
    sequences = laid(Texts(base), drawn(table))
    rows = read(sequences, width, os.path.join(os.path.dirname(os.path.abspath(table)), 'comparison'))
    train = [i for i, s in enumerate(sequences) if s.case['split'] == 'train']
    other = [i for i, s in enumerate(sequences) if s.case['split'] != 'train']
    middle = np.mean(np.concatenate([rows(i) for i in train[::20]]).astype(np.float32), 0)
    model = fit(sequences, train, rows, middle)
    z, of = scored(model, sequences, other, rows, middle), {sequences[i].key: sequences[i] for i in other}
    report([{'set': s.case['set'], 'split': s.case['split'], 'lang': s.case['lang'], 'task': 'g', 'y': int(s.block['y']), 'z': z[key]} for key, s in of.items()])
    path = f'{folder}/model.safetensors'
    weights = {k: v for k, v in load_file(path).items() if not k.startswith('compare.')}
    save_file({**weights, **fold(model, middle, BESIDE)}, path)


if __name__ == '__main__':
    main()
