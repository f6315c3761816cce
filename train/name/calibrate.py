"""Fits the probability that a span is right: calibrate.py PREDICTIONS OUT

PREDICTIONS is predict.py's. Fitted on split calibrate, at the lean that ships: p = sigmoid(a * odds + b), with one slope for all
labels and an offset for each, drawn towards one another since some labels have few spans. Certainty is the logarithm of the odds of the span's mean
probability: over the mean logarithm itself, which ends at 0, nothing could be surer than 0.87."""
import json
import sys

import numpy as np
import torch

LABELS = ['NAME', 'ADDRESS', 'USERNAME', 'PASSWORD', 'AGE']
LEAN = '0.0'
# From which probability on a span is reported. It costs no F2 on the split and spares a tenth of what is found in vain; user
# names and passwords are hardly ever found in vain.
LEAST = {'NAME': .2, 'ADDRESS': .2, 'USERNAME': 0, 'PASSWORD': 0, 'AGE': .25}
MOST = 9  # odds beyond which all are alike


def odds(c):
    """Logarithm of the odds of a mean log probability."""
    return np.minimum(c - np.log(-np.expm1(np.minimum(c, -1e-9))), MOST)


def spans(rows):
    """certainty, label, right of every span that the tower sees."""
    for r in rows:
        want = {tuple(s) for s in r['spans']}
        for a, b, label, certainty in r['seen'][LEAN]:
            yield certainty, LABELS.index(label), (a, b, label) in want


def main():
    rows = [json.loads(x) for x in open(sys.argv[1])]
    rows = [r for r in rows if r['split'] == 'calibrate']
    c, label, right = (np.array(v) for v in zip(*spans(rows)))
    c, right, one = torch.tensor(odds(c)).float(), torch.tensor(right).float(), torch.eye(5)[torch.tensor(label)]
    slope, offset, apart = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0, requires_grad=True), torch.zeros(5, requires_grad=True)
    optimiser = torch.optim.LBFGS([slope, offset, apart], max_iter=200, line_search_fn='strong_wolfe')

    def closure():
        optimiser.zero_grad()
        logit = slope * c + offset + one @ apart
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logit, right) + .02 * (apart ** 2).sum()
        loss.backward()
        return loss
    optimiser.step(closure)
    out = {name: {'lean': float(LEAN), 'a': round(float(slope), 4), 'b': round(float(offset + apart[i]), 4), 'least': LEAST[name],
                  'spans': int((label == i).sum())} for i, name in enumerate(LABELS)}
    json.dump(out, open(sys.argv[2], 'w'), indent=1)
    p = torch.sigmoid(slope * c + offset + one @ apart).detach().numpy()
    for low, high in ((0, .3), (.3, .5), (.5, .7), (.7, .8), (.8, .9), (.9, 1)):
        part = (p >= low) & (p < high)
        if part.any():
            print(f'p {low}-{high}: {part.sum()} spans, mean p {p[part].mean():.2f}, right {right.numpy()[part].mean():.2f}')


if __name__ == '__main__':
    main()
