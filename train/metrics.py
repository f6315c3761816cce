"""Figures of binary detection with bootstrap intervals, in numpy alone."""
import numpy as np


def auroc(y, s):
    """The chance that a positive scores above a negative, ties counted half; nan without both."""
    pos, neg = s[y == 1], s[y == 0]
    if not len(pos) or not len(neg):
        return np.nan
    order = np.sort(neg)
    return (np.searchsorted(order, pos, 'left') + np.searchsorted(order, pos, 'right')).mean() / 2 / len(neg)


def f1(y, s, at):
    hit = s >= at
    tp = (hit & (y == 1)).sum()
    return 2 * tp / max(1, hit.sum() + (y == 1).sum())


def best_f1(y, s):
    """The best F1 of any threshold: an upper bound, chosen on the rows that it is measured on."""
    order = np.argsort(-s)
    tp = np.cumsum(y[order] == 1)
    f = 2 * tp / (np.arange(1, len(y) + 1) + (y == 1).sum())
    return f.max()


def recall_at(y, s, fpr):
    """Recall at the threshold that lets at most fpr of the negatives through."""
    neg = np.sort(s[y == 0])[::-1]
    if not len(neg) or not (y == 1).any():
        return np.nan
    k = int(np.floor(fpr * len(neg)))
    return (s[y == 1] > neg[k]).mean()


def rate(y, s, at, of):
    part = s[y == of]
    return (part >= at).mean() if len(part) else np.nan


def interval(function, y, s, times=300, seed=4):
    """function(y, s) with its 95 % bootstrap interval over rows."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(times):
        i = rng.integers(0, len(y), len(y))
        values.append(function(y[i], s[i]))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return function(y, s), low, high


def platt(y, z, weight=None, steps=200):
    """a, b of sigmoid(a*z + b) by Newton's method on the log loss, with the smoothed targets of Platt; a stays positive. Steps are
    halved until the loss falls, since a full one overshoots where the classes are nearly apart."""
    weight = np.ones(len(y)) if weight is None else weight
    n1, n0 = (y == 1).sum(), (y == 0).sum()
    t = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    x = np.stack([z, np.ones(len(z))], 1)
    w = np.array([1.0, 0.0])

    def loss(w):
        v = x @ w
        return (weight * (np.logaddexp(0, v) - t * v)).sum() + .5e-3 * ((w - [1, 0]) ** 2).sum()
    for _ in range(steps):
        p = sigmoid(x @ w)
        g = x.T @ (weight * (p - t)) + 1e-3 * (w - [1, 0])
        h = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(2)
        step, size = np.linalg.solve(h, g), 1.0
        while loss(w - size * step) > loss(w) and size > 1e-9:
            size /= 2
        w = w - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return float(max(w[0], .05)), float(w[1])


def sigmoid(x):
    return np.where(x < 0, np.exp(np.minimum(x, 0)) / (1 + np.exp(np.minimum(x, 0))), 1 / (1 + np.exp(-np.maximum(x, 0))))


def reliability(y, p, bins=(0, .05, .2, .4, .6, .8, .9, 1.01)):
    """Rows of (from, to, count, mean forecast, share that is positive), and the expected calibration error."""
    out, error = [], 0.0
    for low, high in zip(bins, bins[1:]):
        m = (p >= low) & (p < high)
        if m.any():
            out.append((low, min(high, 1), int(m.sum()), p[m].mean(), y[m].mean()))
            error += m.sum() / len(p) * abs(p[m].mean() - y[m].mean())
    return out, error
