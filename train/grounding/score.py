"""Scores of blocks as Merlon takes them: a sentence counts by the part of the source that supports it best, a response by its worst sentence."""
import numpy as np
import torch

from pairs import Batch, read, trunk

SOME = 200_000  # tokens that are taken through the trunk at a time


def scores(model, texts, cases, budget=4096):
    """{(case, block): {sentence: logit}}"""
    out, some, size = {}, [], 0
    for c, case in enumerate(cases):
        for k, b in enumerate(case['blocks']):
            out[c, k] = {}
            for s in texts.sequences(case['source'], b):
                some.append((*s, (c, k)))
                size += len(s[0])
            if size > SOME:
                take(model, some, out, budget)
                some, size = [], 0
    take(model, some, out, budget)
    return {k: {s: min(max(parts) for parts in of.values()) for s, of in v.items()} for k, v in out.items()}


def take(model, some, out, budget):
    """Adds the logits of sequences to out, {block: {sentence: {piece: [logit of each part of the source]}}}."""
    if not some:
        return
    hidden, lengths = read([s[0] for s in some]), [len(s[0]) for s in some]
    starts = np.cumsum([0, *lengths])
    for index in trunk.batches(lengths, budget):
        batch = Batch(hidden, [starts[i] for i in index], [some[i] for i in index])
        with torch.no_grad():
            z = model(batch).tolist()
        at = 0
        for i in index:
            ids, units, _, window, key = some[i]
            for s, a, _, _ in units:
                piece = window, len(ids) - a  # from the end, where a piece stands whatever part of the source is before it
                out[key].setdefault(s, {}).setdefault(piece, []).append(z[at])
                at += 1


def whole(parts):
    return min(parts.values()) if parts else 0.0
