"""Compares engines: compare.py TABLE SCORES CALIBRATION INDEX F32 INT8. SCORES are torch's, F32 and INT8 what the command
score printed for the rows of INDEX. Prints the largest difference of logits, and F1 of content and attacks for each."""
import json
import sys

import numpy as np

import metrics as m
from sources import ATTACK, CONTENT
from store import rows


def main():
    table, calibration = rows(sys.argv[1]), json.load(open(sys.argv[3]))
    z = np.load(sys.argv[2])
    index = json.load(open(sys.argv[4]))
    at = {int(i): k for k, i in enumerate(z['index'])}
    torch = z['logits'][[at[i] for i in index]]
    runs = {'torch (upper layers bf16)': torch}
    for name, path in (('engine f32', sys.argv[5]), ('engine int8', sys.argv[6])):
        runs[name] = np.array([json.loads(line) for line in open(path)])
    c = calibration['categories']
    low = calibration['bands']['LOW']
    test = np.array([table[i]['split'] in ('test', 'source') for i in index])
    print('| engine | content F1, en | content F1, ko | direct F1 | planted F1 | mean, max difference to engine f32 (logit) | decisions that differ at LOW |\n|---|---|---|---|---|---|---|')
    decided = {}
    for name, logits in runs.items():
        p = np.stack([m.sigmoid(c[n]['a'] * logits[:, k] + c[n]['b']) for k, n in enumerate(CONTENT + ATTACK)], 1)
        decided[name] = p >= low
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
        print(f'| {name} | ' + ' | '.join(f'{v:.4f}' for v in cells) +
              f' | {gap.mean():.4f}, {gap.max():.3f} | {100 * (decided[name] != (runs_p(runs, c) >= low)).mean():.2f} % |')


def runs_p(runs, c):
    return np.stack([m.sigmoid(c[n]['a'] * runs['engine f32'][:, k] + c[n]['b']) for k, n in enumerate(CONTENT + ATTACK)], 1)


if __name__ == '__main__':
    main()
