"""Lays the map from logit to probability and the threshold on the topics of split `calibrate`: calibrate.py BASE SET RUN OUT.

Topics with samples and without have their own. Each topic counts alike, its own texts as much as what is not of it. The threshold is the
least at which at most FALSE of the texts that are not of a topic, near misses left out, are taken for it."""
import json
import os
import sys

import numpy as np
import torch

from fit import Vectors
from measure import Scores
from metrics import platt, sigmoid
from model import Head
from train import AUTHORED, Material

FALSE = .04


def main():
    base, path, run, out = sys.argv[1:5]
    state = torch.load(f'{run}/fitted.pt')
    m = Material(base, path, os.path.dirname(path), state['cut'])
    head = Head()
    head.load_state_dict(state['head'])
    vec = Vectors(None, m, f'{run}/vectors.npz')
    os.makedirs(out, exist_ok=True)
    made = {name: lay(m, Scores(m.s, vec.matrix(head, samples=name == 'samples'))) for name in ('alone', 'samples')}
    json.dump(made, open(f'{out}/calibration.json', 'w'), indent=1)


def lay(m, scores):
    y, z, w, plain = [], [], [], []
    for i, t in enumerate(m.topics):
        if t['split'] != 'calibrate' or t['source'] not in AUTHORED:
            continue
        rows = [r for r in scores.rows(i) if 'document' not in r[2]]
        count = [max(1, sum(r[0] == v for r in rows)) for v in (0, 1)]
        for r in rows:
            y.append(r[0])
            z.append(r[1])
            w.append(1 / count[r[0]])
            plain.append(r[2] != 'near_misses')
    y, z, w, plain = np.array(y), np.array(z, float), np.array(w), np.array(plain)
    a, b = platt(y, z, w * len(w) / w.sum())
    p = sigmoid(a * z + b)
    threshold = round(float(np.quantile(p[(y == 0) & plain], 1 - FALSE)), 4)
    print(f'a {a:.4f} b {b:.4f} threshold {threshold}: recall {(p[y == 1] >= threshold).mean():.3f}, '
          f'false positives {(p[(y == 0) & plain] >= threshold).mean():.3f}, near misses {(p[(y == 0) & ~plain] >= threshold).mean():.3f}')
    return {'a': round(a, 5), 'b': round(b, 5), 'threshold': threshold}


if __name__ == '__main__':
    main()
