"""The comparison beside the grounding tower's head: a small network over the trunk's rows of a sequence, before the tower has read them.

Those rows lie there anyway, and nothing was fitted to them. Each token of a sentence looks for its like among the source's, is compared with what it
found, and what is seen is pooled: decomposable attention (Parikh et al. 2016), so small that it learns other things than the tower from the same rows."""
import collections
import random

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

import pairs
from score import whole
from words import MARKS, of_tokens

NARROW, UNITS, POOLED, HIDDEN = 32, 64, 32, 32
SHARP = 20.0  # of the attention by likeness alone
Sequence = collections.namedtuple('Sequence', 'ids units source marks block case key window')


class Compare(nn.Module):
    """A logit for each unit of a sequence. Rows are less their mean and of length sqrt(width)."""

    def __init__(self, width, drop=.2):
        super().__init__()
        self.key, self.value, self.own = nn.Linear(width, NARROW, bias=False), nn.Linear(width, NARROW), nn.Linear(width, NARROW)
        self.likeness, self.learned = nn.Parameter(torch.tensor(8.0)), nn.Parameter(torch.tensor(1.0))
        self.token = nn.Sequential(nn.Linear(5 * NARROW + 2 + MARKS, UNITS), nn.Sequential(nn.GELU(), nn.Dropout(drop)), nn.Linear(UNITS, POOLED))
        self.top = nn.Sequential(nn.Linear(2 * POOLED + 1, HIDDEN), nn.Sequential(nn.GELU(), nn.Dropout(drop / 2)), nn.Linear(HIDDEN, 1))
        self.drop = nn.Dropout(drop)

    def forward(self, source, there, response, marks, units):
        """source: rows and, in there, which of them are no padding; response: rows and their marks; units: (sequence, from, to) of its rows."""
        cosine = response @ source.transpose(1, 2) / source.shape[2]
        gone = 1e4 * (1 - there)[:, None]
        learned = self.key(response) @ self.key(source).transpose(1, 2) / NARROW ** .5
        value, own = self.drop(self.value(source)), self.drop(self.own(response))
        found = torch.softmax(self.likeness * cosine + self.learned * learned - gone, 2) @ value
        like = torch.softmax(SHARP * cosine - gone, 2) @ value
        best = (cosine - gone).topk(min(2, cosine.shape[2]), 2)[0]
        seen = torch.cat([own, found, (own - found).abs(), own * found, like, best[..., :1], best.mean(-1, keepdim=True), marks], -1)
        h = self.token(seen)
        parts = [h[i, a:z] for i, a, z in units]
        size = torch.tensor([[np.log1p(len(p)) / 4] for p in parts], dtype=torch.float32)
        return self.top(torch.cat([torch.stack([torch.cat([p.mean(0), p.max(0)[0]]) for p in parts]), size], 1))[:, 0]


class Batch:
    """The arguments of Compare for sequences, with the rows of the trunk less the middle."""

    def __init__(self, sequences, rows, middle):
        def padded(parts):
            out, mask = np.zeros((len(parts), max(map(len, parts)), parts[0].shape[1]), np.float32), np.zeros((len(parts), max(map(len, parts))), np.float32)
            for i, p in enumerate(parts):
                out[i, :len(p)], mask[i, :len(p)] = p, 1
            return torch.from_numpy(out), torch.from_numpy(mask)

        def unit(x):
            x = x.astype(np.float32) - middle
            return x * (x.shape[1] ** .5 / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))
        self.units = [(i, s) for i, q in enumerate(sequences) for s, *_ in q.units]
        source, there = padded([unit(r[1:1 + q.source]) for q, r in zip(sequences, rows)])
        response, _ = padded([unit(r[q.units[0][1]:q.units[-1][2]]) for q, r in zip(sequences, rows)])
        marks, _ = padded([np.eye(MARKS, dtype=np.float32)[q.marks] for q in sequences])
        self.given = source, there, response, marks, [(i, a - q.units[0][1], z - q.units[0][1]) for i, q in enumerate(sequences) for _, a, z, _ in q.units]


def laid(texts, cases):
    """Sequences: of a training block the one that has most of the response's words, of the others all."""
    rng, out = random.Random(5), []
    for at, c in enumerate(cases):
        for k, b in enumerate(c['blocks']):
            windows = {}
            for s in texts.sequences(c['source'], b):
                windows.setdefault(s[3], []).append(s)
            if not windows:
                continue
            chosen = [s for some in windows.values() for s in some]
            if c['split'] == 'train':
                if b['s'] is None and not b['y'] and len(windows) > 1:
                    continue  # in which window the untrue sentence stands is not known
                said = set(texts[b['r']][0])
                chosen = [max(windows[rng.choice(list(windows))], key=lambda s: len(said & set(s[2])))]
            _, offsets, found = texts[b['r']]
            marks = of_tokens(offsets, found, texts.known(c['source']).marks(found))
            for ids, units, part, first in chosen:
                a, z = first, first + units[-1][2] - units[0][1]
                out.append(Sequence(ids, units, len(part), marks[a:z], b, c, (at, k), first))
    return out


def doubt(z):
    """What counts of the comparison's logits: that every token is found again proves nothing, since what belongs to what it does not see."""
    return z.clamp(max=0)


def together(tower, model, middle, texts, cases, share):
    """{(case, block): {sentence: logit}} of the tower and a share of the doubt, a sequence at a time."""
    out = {}
    for s in laid(texts, cases):
        hidden = pairs.read([s.ids])
        with torch.no_grad():
            z = tower(pairs.Batch(hidden, [0], [(s.ids, s.units)])) + share * doubt(model(*Batch([s], [hidden], middle).given))
        for (sentence, a, *_), v in zip(s.units, z.tolist()):
            out.setdefault(s.key, {}).setdefault(sentence, {}).setdefault((s.window, len(s.ids) - a), []).append(v)
    return {key: {n: whole({k: max(v) for k, v in of.items()}) for n, of in sentences.items()} for key, sentences in out.items()}


def fold(model, middle, share):
    """The weights as they ship: over rows of length one, without factors beside them."""
    state = {k: v.clone().double() for k, v in model.state_dict().items()}
    width = len(middle)
    likeness, learned = state.pop('likeness'), state.pop('learned')
    for name in ('key', 'value', 'own'):
        state[f'{name}.weight'] *= width ** .5
    state['query.weight'] = state['key.weight'] * learned / NARROW ** .5
    state['likeness'] = likeness[None]
    state |= {'key.bias': torch.zeros(NARROW), 'query.bias': torch.zeros(NARROW)}
    state['top.2.weight'], state['top.2.bias'] = share * state['top.2.weight'], share * state['top.2.bias']
    return {f'compare.{k}': v.float().contiguous() for k, v in {**state, 'middle': torch.from_numpy(middle)}.items()}


def shipped(folder):
    """The model of a folder as it ships, its share in it, and the middle."""
    state = {k.removeprefix('compare.'): v for k, v in load_file(f'{folder}/model.safetensors').items() if k.startswith('compare.')}
    middle, query = state.pop('middle').numpy(), state.pop('query.weight')
    del state['key.bias'], state['query.bias']
    model = Compare(len(middle))
    state |= {'likeness': state['likeness'][0], 'learned': (query / state['key.weight']).mean() * NARROW ** .5}
    model.load_state_dict(state | {f'{name}.weight': state[f'{name}.weight'] / len(middle) ** .5 for name in ('key', 'value', 'own')})
    return model.eval(), middle
