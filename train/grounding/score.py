"""Scores of blocks as Merlon takes them: a sentence counts by its best group of windows, a response by its worst sentence."""
import collections
import os
import sys

import torch

from layout import Batch

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import store as trunk  # noqa: E402

JOINT = 3  # windows of a source that are seen together


def groups(n, joint=JOINT):
    """The groups of n windows that are read together: as few and as even as can be."""
    count = max(1, -(-n // joint))
    return [tuple(range(i * n // count, (i + 1) * n // count)) for i in range(count)]


def lone(store, cases, joint=JOINT):
    """(case, block, group, chunk, length) of everything that has to be read."""
    out = []
    for c, case in enumerate(cases):
        windows = groups(len(store.texts[case['source']].windows), joint)
        for k, b in enumerate(case['blocks']):
            own = sum(len(w[0]) for w in store.texts[b['q']].windows) if b['q'] else 0
            for g in windows:
                shared = sum(len(store.texts[case['source']].windows[w][0]) for w in g)
                for chunk, w in enumerate(store.texts[b['r']].windows):
                    out.append((c, k, g, chunk, shared, own + len(w[0])))
    return out


def read(model, store, cases, budget=3072, joint=JOINT):
    """{(case, block): {sentence: logit}}. Blocks of one group share its reading."""
    items = collections.OrderedDict()
    for c, k, g, chunk, shared, own in lone(store, cases, joint):
        items.setdefault((c, g), [shared, []])[1].append((k, chunk, own))
    work = []
    for (c, g), (shared, blocks) in items.items():
        at = 0
        while at < len(blocks):
            total, take = shared, []
            while at < len(blocks) and (not take or total + blocks[at][2] <= shared + 400):
                total += blocks[at][2]
                take.append(blocks[at])
                at += 1
            work.append((c, g, take, total))
    best = {}
    for batch in trunk.batches([w[3] for w in work], budget):
        chosen = [work[i] for i in batch]
        b = Batch(store, [(cases[c]['source'], g, [(cases[c]['blocks'][k], chunk) for k, chunk, _ in take]) for c, g, take, _ in chosen])
        with torch.no_grad():
            z = model(b)
        for (i, kk, j), value, span in zip(b.units, z.tolist(), b.spans):
            c, g, take, _ = chosen[i]
            k, chunk, _ = take[kk]
            best.setdefault((c, k), {}).setdefault(j, {}).setdefault(chunk, []).append((span[1] - span[0], value))
    out = {}
    for (c, k), parts in best.items():
        out[c, k] = {}
        for j, chunks in parts.items():
            longest = max(chunks, key=lambda x: (chunks[x][0][0], -x))  # the chunk that holds most of the sentence
            out[c, k][j] = max(v for _, v in chunks[longest])
    return out


def whole(parts):
    return min(parts.values()) if parts else 0.0
