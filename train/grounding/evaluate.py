"""Figures of a run: evaluate.py TABLE BASE RUN [--sets ...]. Prints a line a set and writes RUN/scores.jsonl."""
import argparse
import collections
import json
import os
import re
import sys

import numpy as np
import torch
from safetensors.torch import load_file

from model import Tower
from pairs import Texts, trunk
from score import scores, whole

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import metrics  # noqa: E402
import resume  # noqa: E402


def rows(model, texts, cases):
    z = scores(model, texts, cases)
    out = []
    for c, case in enumerate(cases):
        for k, b in enumerate(case['blocks']):
            if z[c, k]:
                out.append({'set': case['set'], 'split': case['split'], 'lang': case['lang'], 'task': b['t'], 'y': b['y'], 'z': whole(z[c, k]),
                            'error': b.get('error'), 'form': b.get('form'), 'n': len(z[c, k]), 'parts': [round(v, 4) for v in z[c, k].values()]})
    return out


def caught(y, z, false=.05):
    """Share of the ungrounded that fall below the threshold under which `false` of the grounded lie."""
    good = np.sort(z[y == 1])
    if not len(good) or not (y == 0).any():
        return np.nan
    return (z[y == 0] < good[int(np.floor(false * len(good)))]).mean()


def line(name, y, z):
    a = metrics.auroc(y, z)
    return f"{name:42} n {len(y):5} / {int(y.sum()):5}  AUROC {a:.3f}  best F1 ungrounded {metrics.best_f1(1 - y, -z):.3f}  caught at 5 % {caught(y, z):.3f}"


def report(found, say=print):
    sets = collections.defaultdict(list)
    for r in found:
        sets[r['task'], r['split'], r['set']].append(r)
        if r['set'].startswith('authored'):
            sets[r['task'], r['split'], 'authored ' + r['lang']].append(r)
    means = collections.defaultdict(list)
    for key, rs in sorted(sets.items()):
        y, z = np.array([r['y'] for r in rs]), np.array([r['z'] for r in rs])
        if len(set(y)) == 2:
            say(line(' '.join(key), y, z))
            if not key[2].startswith('authored '):
                means[key[:2]].append(metrics.auroc(y, z))
    for key, v in means.items():
        say(f'mean AUROC {key}: {np.mean(v):.4f}')


def shipped(folder):
    """The state of the tower of a folder as it ships, in float32, without the units that stand for what is given."""
    state = {}
    for name, value in resume.floats(load_file(f'{folder}/model.safetensors')).items():
        name = re.sub(r'^encoder\.layer\.(\d+)', lambda m: f'layer.{int(m[1]) - trunk.CUT}', name)
        if name.startswith(('layer.', 'head.')):
            state[name.removeprefix('head.')] = value.float()
    given = 3
    return state | {'middle.weight': state['middle.weight'][:-given], 'middle.bias': state['middle.bias'][:-given], 'logit.weight': state['logit.weight'][:, :-given]}


def load(base, run):
    """The tower of a run, or of a folder as it ships."""
    model = Tower(trunk.encoder(base).encoder.layer[trunk.CUT:])
    state = torch.load(f'{run}/tower.pt') if os.path.exists(f'{run}/tower.pt') else shipped(run)
    depth = 1 + max(int(k.split('.')[1]) for k in state if k.startswith('layer.'))
    model.layer = model.layer[:depth]
    model.load_state_dict(state)
    return model.eval()


def main():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('run')
    p.add_argument('--splits', default='dev,test,calibrate,look')
    p.add_argument('--sets', default='')
    a = p.parse_args()
    cases = [c for c in map(json.loads, open(a.table)) if c['source'] and c['split'] in a.splits.split(',') and (not a.sets or c['set'] in a.sets.split(','))]
    found = rows(load(a.base, a.run), Texts(a.base), cases)
    report(found)
    with open(f'{a.run}/scores.jsonl', 'w') as f:
        for r in found:
            f.write(json.dumps(r, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
