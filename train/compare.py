"""Compares int8 with f32: compare.py TABLE CALIBRATION INDEX F32 INT8, the last two what the command score printed for the rows
of INDEX. Prints F1 of content and attacks for each, and how far the logits are apart."""
import json
import sys

import numpy as np

import metrics as m
from sources import ATTACK, CONTENT
from store import rows


def main():
    table, calibration, index = rows(sys.argv[1]), json.load(open(sys.argv[2])), json.load(open(sys.argv[3]))
    runs = {}
    for name, path in (('engine f32', sys.argv[4]), ('engine int8', sys.argv[5])):
        runs[name] = np.array([json.loads(line) for line in open(path)])
    c = calibration['categories']
    low = calibration['bands']['LOW']
    test = np.array([table[i]['split'] in ('test', 'source') for i in index])
    print('| engine | content F1, en | content F1, ko | direct F1 | planted F1 | mean, max difference to engine f32 (logit) | decisions that differ at LOW |\n|---|---|---|---|---|---|---|')
    for name, logits in runs.items():
        p = chance(logits, c)
        cells = []
        for lang in ('en', 'ko'):
            use = test & np.array([max(table[i]['content']) >= 0 and table[i]['lang'] == lang for i in index])
            y = np.array([int(max(table[i]['content']) == 1) for i in index])
            cells.append(m.f1(y[use], p[use, :5].max(1), low))
        for k in (0, 1):
            y = np.array([table[i]['attack'][k] for i in index])
            use = test & (y >= 0)
            cells.append(m.f1(y[use], p[use, 5 + k], low))
        gap = np.abs(logits - runs['engine f32'])
        turned = (p >= low) != (chance(runs['engine f32'], c) >= low)
        print(f'| {name} | ' + ' | '.join(f'{v:.4f}' for v in cells) +
              f' | {gap.mean():.4f}, {gap.max():.3f} | {100 * turned.mean():.2f} % |')


def chance(logits, c):
    return np.stack([m.sigmoid(c[n]['a'] * logits[:, k] + c[n]['b']) for k, n in enumerate(CONTENT + ATTACK)], 1)


if __name__ == '__main__':
    main()
