"""Fits the calibration: calibrate.py TABLE SCORES OUT. One monotone map a category, p = sigmoid(a*logit + b), on the split
`calibrate`, which training does not see. Confidences are bands of p, the same for every category, laid so that of a category's findings
of that split at or above LOW at least three in five are right, at or above MEDIUM three in four, and at HIGH nearly nine in ten. OUT says for each category how
many rows it was fitted on."""
import json
import sys

import numpy as np

import metrics
from sources import ATTACK, CONTENT
from store import rows

BANDS = {'LOW': .35, 'MEDIUM': .6, 'HIGH': .8}


def load(table, scores):
    """Rows that were scored, and their logits."""
    z = np.load(scores)
    return [table[i] for i in z['index']], z['logits']


def fit(held, logits):
    out = {}
    for k, name in enumerate(CONTENT + ATTACK):
        y = np.array([(r['content'] + r['attack'])[k] for r in held])
        use = (y >= 0) & np.array([r['split'] == 'calibrate' for r in held])
        a, b = metrics.platt(y[use], logits[use, k].astype(float))
        out[name] = {'a': round(a, 5), 'b': round(b, 5), 'rows': int(use.sum()), 'positives': int((y[use] == 1).sum())}
    return out


def main():
    table, scores, out = sys.argv[1:4]
    held, logits = load(rows(table), scores)
    json.dump({'bands': BANDS, 'categories': fit(held, logits)}, open(out, 'w'), indent=1)


if __name__ == '__main__':
    main()
