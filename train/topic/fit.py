"""Fits the head to the end on the vectors of a trained tower, and calibrates: fit.py BASE SET RUN [--steps N]. The tower stays as it is.

Writes RUN/fitted.pt (tower and head), RUN/calibration.json and prints figures of held-out topics before and after."""
import argparse
import json
import os

import numpy as np
import torch
from torch import nn

from measure import Scores, report
from model import Head, Tower, encoder, peak
from train import AUTHORED, Material

OTHERS = 160  # texts of other topics that stand against each topic


class Vectors:
    """Unit vectors of every text, and of every topic's definition and samples, kept in RUN/vectors.npz."""

    def __init__(self, tower, m, path):
        if os.path.exists(path):
            z = {k: torch.from_numpy(v) for k, v in np.load(path).items()}
        else:
            with torch.no_grad():
                v, owner = tower.vectors(m.rows, m.text, 4096)
                full, _ = tower.vectors(m.rows, m.full, 4096, True)
                bare, _ = tower.vectors(m.rows, m.bare, 4096, True)
                samples, _ = tower.vectors(m.rows, [e for x in m.examples for e in x], 4096, True)
            z = dict(v=v, owner=owner, full=full, bare=bare, samples=samples)
            np.savez(path, **{k: x.numpy() for k, x in z.items()})
        self.v, self.owner, self.full, self.bare = z['v'], z['owner'], z['full'], z['bare']
        self.samples = list(z['samples'].split([len(x) for x in m.examples]))
        self.n = len(m.text)

    def whole(self):
        """The first unit of each text alone."""
        first = torch.zeros(self.n, dtype=torch.long)
        first[self.owner.flip(0)] = torch.arange(len(self.owner)).flip(0)
        return first

    def matrix(self, head, samples=True, units=True):
        e = self.samples if samples else [x[:0] for x in self.samples]
        with torch.no_grad():
            if not units:
                return head(self.v[self.whole()], self.full, e).numpy()
            return peak(head(self.v, self.full, e), self.owner, self.n).numpy()


def pairs(m, near, topics, rng):
    """(text, topic, target, weight) of training: all that is judged, and OTHERS that are not."""
    train = [k for k, t in enumerate(m.texts) if t['yes'] and all(m.topics[i]['split'] == 'train' for i in t['yes'] + t['no'])]
    out = []
    for i in topics:
        yes, no = m.yes[i], m.no[i] + m.far[i]
        other = [k for k in rng.choice(train, OTHERS, replace=False) if i not in m.texts[k]['yes'] + m.texts[k]['no']
                 and not any(near[i, j] for j in m.texts[k]['yes'] + m.texts[k]['no'])]
        authored = 1 if m.topics[i]['source'] in AUTHORED else .4
        for ks, y, w in ((yes, 1, 1), (no, 0, .6), (other, 0, 2)):
            out += [(k, i, y, authored * w / max(1, len(ks))) for k in ks]
    return out


def fit(head, vec, m, near, steps, rng):
    topics = [i for i, t in enumerate(m.topics) if t['split'] == 'train' and m.yes[i]]
    start = {k: p.detach().clone() for k, p in head.named_parameters()}
    optimiser = torch.optim.Adam(head.parameters(), 2e-2)
    for step in range(steps):
        for g in optimiser.param_groups:
            g['lr'] = 2e-2 * (1 - step / steps)
        if step % 20 == 0:
            rows = pairs(m, near, topics, rng)
            texts = sorted({r[0] for r in rows})
            at = {k: j for j, k in enumerate(texts)}
            chosen = torch.tensor([at.get(int(o), -1) for o in vec.owner])
            v, owner = vec.v[chosen >= 0], chosen[chosen >= 0]
            r, c = torch.tensor([at[k] for k, *_ in rows]), torch.tensor([topics.index(i) for _, i, *_ in rows])
            y, w = torch.tensor([x[2] for x in rows]).float(), torch.tensor([x[3] for x in rows])
            w = w / w.sum()
        d = torch.where(torch.rand(len(topics), 1) < .35, vec.bare[topics], vec.full[topics])
        e = [vec.samples[i][torch.randperm(len(vec.samples[i]))[:0 if rng.random() < .4 else rng.integers(1, 6)]] for i in topics]
        logits = peak(head(v, d, e), owner, len(texts))[r, c]
        loss = (nn.functional.binary_cross_entropy_with_logits(logits, y, reduction='none') * w).sum()
        loss = loss + 1e-5 * sum(((p - start[k]) ** 2).sum() for k, p in head.named_parameters())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 20 == 19:
            print(f'fit {step + 1} loss {float(loss):.4f}', flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('base')
    p.add_argument('set')
    p.add_argument('run')
    p.add_argument('--steps', type=int, default=0, help='none: the head as it was trained; more fitted the training topics alone')
    a = p.parse_args()
    torch.manual_seed(3)
    rng = np.random.default_rng(3)
    state = torch.load(f'{a.run}/tower.pt')
    m = Material(a.base, a.set, os.path.dirname(a.set), state['cut'])
    tower = Tower([encoder(a.base).encoder.layer[int(i)] for i in state['layers'].split(',')])
    tower.load_state_dict(state['tower'])
    head = Head()
    head.load_state_dict(state['head'])
    vec = Vectors(tower, m, f'{a.run}/vectors.npz')
    if a.steps:
        report('before fitting', Scores(m.s, vec.matrix(head)), brief=True)
        near = m.confusable(a.base)
        fit(head, vec, m, near, a.steps, rng)
    state['head'] = head.state_dict()
    torch.save(state, f'{a.run}/fitted.pt')
    report('definition and samples', Scores(m.s, vec.matrix(head)))
    report('definition alone', Scores(m.s, vec.matrix(head, samples=False)))
    report('whole windows, no sentences', Scores(m.s, vec.matrix(head, units=False)), brief=True)


if __name__ == '__main__':
    main()
