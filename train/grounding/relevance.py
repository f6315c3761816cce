"""Fits the relevance head: relevance.py TABLE BASE TOPIC OUT. Writes OUT/model.safetensors and prints figures.

A query and a response are read apart, by the tower of the topic model in the folder TOPIC, as it ships. Where a query only states something,
a logistic head says how alike the two are, whole and sentence by sentence, and by marks of their words; where it asks, the network of answer.py
says whether the response answers it. Both are fitted to written and public pairs."""
import json
import os
import re
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

import answer
from evaluate import report
from layout import CUT, Store
from pairs import NAMES, features
from words import MARKS, NONE, sentences

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import resume  # noqa: E402
import store as trunk  # noqa: E402


def tower(base, folder):
    """The layers of the topic model, in float32."""
    stored = resume.floats(load_file(f'{folder}/model.safetensors'))
    layers = trunk.encoder(base).encoder.layer[CUT:]
    layers.load_state_dict({re.sub(r'^encoder\.layer\.(\d+)', lambda m: str(int(m[1]) - CUT), k): v for k, v in stored.items() if k.startswith('encoder.')})
    return list(layers)


def vectors(store, layers, texts):
    """{(text, window): (mean of all rows, means of sentences, rows of tokens)} after the layers."""
    windows = [(t, w) for t in texts for w in range(len(store.texts[t].windows))]
    lengths = [len(store.texts[t].windows[w][0]) for t, w in windows]
    rows = {}
    for batch in trunk.batches(lengths, 4096):
        width = max(lengths[i] for i in batch)
        x, mask = np.zeros((len(batch), width, store.width), np.float32), torch.zeros(len(batch), width)
        for j, i in enumerate(batch):
            x[j, :lengths[i]] = store.window(store.texts[windows[i][0]], windows[i][1])
            mask[j, :lengths[i]] = 1
        h, bias = torch.from_numpy(x), ((1 - mask)[:, None, None, :] * -1e4)
        with torch.no_grad(), trunk.precision():
            for layer in layers:
                h = layer(h, bias)[0]
        for j, i in enumerate(batch):
            text, w = windows[i]
            z = h[j, :lengths[i]].float().numpy()
            offsets = store.texts[text].windows[w][1]
            parts = []
            for a, b in sentences(text):
                inside = [k for k, (s, e) in enumerate(offsets) if s < b and e > a and e > s]
                if inside:
                    parts.append(z[inside[0]:inside[-1] + 1].mean(0))
            rows[text, w] = z.mean(0), np.stack(parts) if parts else z.mean(0)[None], z[1:-1].astype(np.float16)
    return rows


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def found_again(query, response, middle):
    """How well the query's tokens are found again in a window of the response: of each token's greatest likeness to any of the window's, the
    mean, the mean of the lowest fifth, and the least."""
    if not len(query) or not len(response):
        return [0.0, 0.0, 0.0]
    best = np.sort((unit(query.astype(np.float32) - middle) @ unit(response.astype(np.float32) - middle).T).max(1))
    return [best.mean(), best[:-(-len(best) // 5)].mean(), best[0]]


def describe(store, rows, b, centre, middle):
    """Features of each window of the response; the one that scores highest counts."""
    q, r = store.texts[b['q']], store.texts[b['r']]
    u = np.mean([rows[b['q'], w][0] for w in range(len(q.windows))], 0) - centre
    tokens = np.concatenate([rows[b['q'], w][2] for w in range(len(q.windows))])
    marks = store.known(b['q']).marks(r.found)
    back = store.known(b['r']).marks(q.found)
    out = []
    for w in range(len(r.windows)):
        whole, parts, inner = rows[b['r'], w]
        v = whole - centre
        best = max(cosine(u, p - centre) for p in parts)
        counted = features(b['r'], r.found, [NONE] * len(marks), marks, 0, len(b['r']))[MARKS:NAMES] + features(b['q'], q.found, [NONE] * len(back), back, 0, len(b['q']))[MARKS:NAMES]
        scale = np.linalg.norm(u) * np.linalg.norm(v)
        out.append(np.concatenate([[cosine(u, v), best, *found_again(tokens, inner, middle)], counted, u * v / scale * 20]).astype(np.float32))
    return out


# what each kind of feature costs: the likenesses, the marks, the directions. Little freedom: on sources that were not seen, the base's own
# cosine is hard to beat
PAIR = 5 + 18  # likenesses and marks
PENALTIES = [1e-2] * 5 + [.3] * 18 + [.5] * 384
# what a set's rows count for likeness; with the answers of ares, whose wrong ones are right answers to other questions, written rows are
# understood less well, and what is made to teach answering would unteach likeness
ALIKE = {'ares_answer': 0, 'kornli_pairs': .3, 'relevance_en': 0, 'relevance_ko': 0, 'kornli_triples': 0, 'ares_sentence': 0}
# and for answering: statements stay, since a query need not look like the question that it is
ANSWERS = {'ares_answer': 0, 'kornli_pairs': 2, 'kornli_triples': 2, 'relevance_en': 3, 'relevance_ko': 3, 'ares_context': 2, 'ares_sentence': 6}


# how much of likeness stands beside the network: written rows lose less by it than sets that nothing has read gain
BESIDE = .15


def chosen(cases, share):
    """Indices of the training cases with a share, their labels, and weights by which both labels count alike."""
    at = np.array([i for i, c in enumerate(cases) if c['split'] == 'train' and share.get(c['set'], 1) > 0])
    y = torch.tensor([float(cases[i]['blocks'][0]['y']) for i in at])
    w = torch.tensor([cases[i]['blocks'][0].get('w', 1) * share.get(cases[i]['set'], 1) for i in at])
    return at, y, w * torch.where(y > 0, 1 / (w * y).sum(), 1 / (w * (1 - y)).sum()) * len(w) / 2


def fit(x, y, weight):
    """Logistic regression on standardised features."""
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z = (x - mean) / deviation
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    cost = torch.tensor(PENALTIES)
    optimiser = torch.optim.LBFGS([w, b], max_iter=300, line_search_fn='strong_wolfe')

    def closure():
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(z @ w + b, y, weight=weight) + (cost * w ** 2).sum()
        loss.backward()
        return loss
    optimiser.step(closure)
    flat = (w / deviation).detach()
    return flat, float(b - flat @ mean)


def answered(store, rows, block, middle, features, w=0):
    """What the network sees of a block's query and window w of its response."""
    q, r = store.texts[block['q']], store.texts[block['r']]
    about, back = store.known(block['q']), store.known(block['r'])
    asked = np.concatenate([rows[block['q'], v][2] for v in range(len(q.windows))]).astype(np.float32) - middle
    marks = [m for window in q.windows for m in answer.marks(q, window, back)]
    return answer.Case(unit(asked), unit(rows[block['r'], w][2].astype(np.float32) - middle), marks, answer.marks(r, r.windows[w], about), features)


def cut(case):
    """A case as training reads it."""
    most, longest = answer.LONGEST
    case.query, case.asked, case.response, case.said = case.query[-most:], case.asked[-most:], case.response[:longest], case.said[:longest]
    return case


def main():
    table, base, topic, out = sys.argv[1:5]
    os.makedirs(out, exist_ok=True)
    cases = [c for c in map(json.loads, open(table)) if not c['source']]
    blocks = [c['blocks'][0] for c in cases]
    store = Store(base, os.path.dirname(os.path.abspath(table)), cases)
    rows = vectors(store, tower(base, topic), list(dict.fromkeys(t for b in blocks for t in (b['q'], b['r']))))
    centre = np.mean([v[0] for v in rows.values()], 0)
    middle = np.mean(np.concatenate([v[2] for v in list(rows.values())[::9]]).astype(np.float32), 0)
    seen = [describe(store, rows, b, centre, middle) for b in blocks]

    at, y, w = chosen(cases, ALIKE)
    weight, bias = fit(torch.from_numpy(np.stack([seen[i][0] for i in at])), y, w)

    at, y, w = chosen(cases, ANSWERS)
    x = np.stack([seen[i][0] for i in at])
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    network = answer.fit(lambda some: [cut(answered(store, rows, blocks[at[k]], middle, (x[k] - mean) / deviation)) for k in some], y, w, PAIR)

    found = []
    for c, b, windows in zip(cases, blocks, seen):
        if c['split'] == 'train':
            continue
        z = np.stack(windows) @ weight.numpy() + bias
        if answer.asks(b['q']):
            z *= BESIDE
            with torch.no_grad():
                z += network(*answer.batch([answered(store, rows, b, middle, (f - mean) / deviation, k) for k, f in enumerate(windows)], PAIR)).numpy()
        found.append({'set': c['set'], 'split': c['split'], 'lang': c['lang'], 'task': 'r', 'y': int(b['y']), 'z': float(z.max())})
    report(found)
    save_file({'centre': torch.from_numpy(centre), 'middle': torch.from_numpy(middle), 'head.weight': weight[None], 'head.bias': torch.tensor([bias]),
               **answer.fold(network, mean, deviation, BESIDE * weight, BESIDE * bias)}, f'{out}/model.safetensors')


if __name__ == '__main__':
    main()
