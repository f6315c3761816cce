"""The topic tower: layers of the encoder above the frozen trunk, unit vectors, and the head that compares them with a topic."""
import hashlib
import os
import re
import sys

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from store import MAX_TOKENS, Store, batches, encoder, precision, tokens  # noqa: E402,F401

END = re.compile(r'(?<=[.!?。！？…])["\'”’)\]]*\s+|\n+')
LEAST = 16  # characters of a sentence that stands alone
MOST = 12  # sentences of a window that are looked at in training


def sentences(text):
    """Spans of characters. A sentence of fewer than LEAST characters belongs to the one after it, at the end to the one before."""
    spans, start = [], 0
    for m in END.finditer(text):
        if m.end() - start >= LEAST and m.end() < len(text):
            spans.append((start, m.end()))
            start = m.end()
    if spans and len(text) - start < LEAST:
        spans[-1] = spans[-1][0], len(text)
    else:
        spans.append((start, len(text)))
    return spans


def units(text, offsets):
    """Which tokens each unit of a window averages: all of them, then, where there are several, each sentence's."""
    n = len(offsets)
    whole = np.ones(n, np.float32)
    spans = sentences(text)[:MOST]
    if len(spans) < 2:
        return whole[None]
    out = [whole]
    for a, b in spans:
        u = np.array([float(e > s and a <= s < b) for s, e in offsets], np.float32)
        if u.any():
            out.append(u)
    return np.stack(out)


class Rows(Store):
    """The store of hidden rows, with the units of each text."""

    def __init__(self, base, texts, folder, cut=6):
        super().__init__(base, [{'text': t} for t in texts], cut, folder)
        tok = Tokenizer.from_file(f'{base}/tokenizer.json')
        self.names = [hashlib.sha1(np.array(i, np.int32).tobytes()).hexdigest() for i in self.ids]
        self.units = []
        for t, e in zip(texts, tok.encode_batch(texts)):
            o = e.offsets
            if len(o) > MAX_TOKENS:
                o = o[:MAX_TOKENS - 64] + o[-64:]
            self.units.append(units(t, o))


class Tower(nn.Module):
    """Vectors of length 1 of every unit of a text, moved by the mean that the base's cone has."""

    def __init__(self, layers, width=384):
        super().__init__()
        self.layer = nn.ModuleList(layers)
        self.centre = nn.Parameter(torch.zeros(width))

    def hidden(self, x, mask):
        bias = (1 - mask)[:, None, None, :] * -1e4
        with precision():
            for layer in self.layer:
                x = layer(x, bias)[0]
        return x.float()

    def vectors(self, rows, indices, budget=2048, whole=False):
        """Vectors of the units of the texts, and to which of the indices each belongs."""
        order, out, owner = batches([rows.lengths[i] for i in indices], budget), [], []
        for b in order:
            x, mask = rows.batch([indices[j] for j in b])
            h = self.hidden(x, mask)
            for row, j in enumerate(b):
                u = rows.units[indices[j]]
                u = torch.from_numpy(u[:1] if whole else u)
                out.append((u @ h[row, :u.shape[1]]) / u.sum(1, keepdim=True))
                owner += [j] * len(u)
        owner = torch.tensor(owner)
        v = torch.cat(out)
        back = torch.argsort(owner, stable=True)
        return nn.functional.normalize(v[back] - self.centre, dim=-1), owner[back]


class Head(nn.Module):
    """Logit of (unit u, topic of definition d and examples e): a weighted product with d, with the nearest e and with the mean of the
    e, and a word of d's own, never of u's: what a text is like must not count but against a topic. Topics with and without examples have weights of their own."""

    def __init__(self, width=384):
        super().__init__()
        self.with_definition = nn.Parameter(torch.full((2, width), 6.0))  # [0]: no examples, [1]: with some
        self.with_nearest = nn.Parameter(torch.full((width,), 6.0))
        self.with_mean = nn.Parameter(torch.full((width,), 3.0))
        self.of_definition = nn.Parameter(torch.zeros(2, width))
        self.bias = nn.Parameter(torch.tensor([-3.0, -5.0]))

    def forward(self, u, d, examples):
        """Logits of units (n, w) against topics: d (t, w), examples a list of (k, w), k from 0."""
        some = torch.tensor([int(len(e) > 0) for e in examples])
        logits = u @ (self.with_definition[some] * d).T + (self.of_definition[some] * d).sum(1) + self.bias[some]
        count = [len(e) for e in examples]
        if sum(count):
            each = u @ (torch.cat([e for e in examples if len(e)]) * self.with_nearest).T
            mean = u @ (torch.stack([e.mean(0) if len(e) else torch.zeros_like(d[0]) for e in examples]) * self.with_mean).T
            parts = each.split([c for c in count if c], 1)
            near, k = [], 0
            for c in count:
                near.append(parts[k].max(1).values if c else torch.zeros(len(u)))
                k += c > 0
            logits = logits + torch.stack(near, 1) + mean
        return logits


FITTED = 'ko', 'en'  # the languages that the head is fitted to, which lead those whose directions are known
FOREIGN = .35  # the least likeness of a topic to another language at which it is taken to be in it


def language(directions, d, examples):
    """The direction (w) of the language that a topic of definition d (w) and examples (k, w) is in, of directions (l, w); None if the
    head is fitted to it or none is near."""
    likeness = directions @ nn.functional.normalize(d + examples.sum(0), dim=0)
    best = int(likeness.argmax())
    return directions[best] if best >= len(FITTED) and likeness[best] > FOREIGN else None


def without(direction, v):
    """Unit vectors (n, w) less their part in a direction."""
    return v if direction is None else nn.functional.normalize(v - (v @ direction)[:, None] * direction, dim=-1)


def peak(logits, owner, n):
    """Largest logit of a text's units."""
    out = torch.full((n, logits.shape[1]), -1e4)
    return out.scatter_reduce(0, owner[:, None].expand_as(logits), logits, 'amax') if hasattr(out, 'scatter_reduce') else \
        torch.stack([logits[owner == i].max(0).values for i in range(n)])


def described(t, name=True):
    return f"{t['name']}: {t['definition']}" if name else t['definition']
