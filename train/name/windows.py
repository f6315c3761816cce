"""Texts as tokens with offsets, their labels, and what the frozen trunk gives for them."""
import os
import sys

import numpy as np
import torch
from tokenizers import Tokenizer

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from store import Store, batches, encoder, precision, tokens  # noqa: E402, F401

from sources import LABELS  # noqa: E402

MOST = 250
CLASSES = ['O'] + [f'{p}-{label}' for label in LABELS for p in 'BI']
BEGIN = {label: 1 + 2 * i for i, label in enumerate(LABELS)}


def cut(row, tokenizer):
    """The row in parts of at most MOST tokens, cut at white space outside spans."""
    text, parts = row['text'], []
    start = 0
    while start < len(text):
        offsets = [o for o in tokenizer.encode(text[start:]).offsets if o[1] > o[0]]
        end = len(text)
        if len(offsets) > MOST:
            end = start + offsets[MOST][0]
            while end > start + 1 and (not text[end - 1].isspace() or any(a < end < b for a, b, _ in row['spans'])):
                end -= 1
            if end <= start + 1:
                end = start + offsets[MOST][0]
        shift = lambda spans: [(s[0] - start, s[1] - start, *s[2:]) for s in spans if s[0] >= start and s[1] <= end]  # noqa: E731
        parts.append(row | {'text': text[start:end], 'spans': shift(row['spans']), 'unclear': shift(row['unclear']), 'shift': start})
        start = end
    return parts


def targets(row, offsets):
    """Allowed classes a token: a boolean row of CLASSES, all false where the token counts for nothing."""
    y = np.zeros((len(offsets), len(CLASSES)), bool)
    judged = {BEGIN[label] for label in row['judged']}
    free = [c for c in range(1, len(CLASSES)) if c - (c + 1) % 2 not in judged]
    for t, (a, b) in enumerate(offsets):
        if a == b and t in (0, len(offsets) - 1):
            y[t, 0] = True
            continue
        if any(x < b and a < z for x, z in row['unclear']):
            continue
        for x, z, label in row['spans']:
            if x < b and a < z:
                first = t == 0 or not (x < offsets[t - 1][1] and offsets[t - 1][0] < z)
                y[t] = False
                y[t, BEGIN[label] + (0 if first else 1)] = True
                break
        else:
            y[t, 0] = True
            y[t, free] = True
    return y


class Windows:
    def __init__(self, base, rows, folder):
        tokenizer = Tokenizer.from_file(f'{base}/tokenizer.json')
        self.rows = [p for r in rows for p in cut(r, tokenizer)]
        self.store = Store(base, self.rows, 6, folder)
        self.lengths = self.store.lengths
        self.offsets = [e.offsets for e in tokenizer.encode_batch([r['text'] for r in self.rows])]
        assert all(len(o) == n for o, n in zip(self.offsets, self.lengths))
        self.targets = [targets(r, o) for r, o in zip(self.rows, self.offsets)]

    def batch(self, indices):
        x, mask = self.store.batch(indices)
        y = torch.zeros(*mask.shape, len(CLASSES), dtype=torch.bool)
        for j, i in enumerate(indices):
            y[j, :self.lengths[i]] = torch.from_numpy(self.targets[i])
        return x, mask, y
