"""Trains the topic tower: train.py BASE SET OUT [--layers N --minutes M ...]. Writes OUT/tower.pt, OUT/log.txt and prints figures.

A step draws topics, of each some texts that are of it and some that were judged not to be, and scores every text against every
topic: texts of one topic are negatives of the others, unless those are easily confused. Queries and responses go with them, since
relevance is read by the same tower."""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
from torch import nn

from measure import Scores, report
from model import Head, Rows, Tower, described, encoder, peak, precision

AUTHORED = 'topics', 'topics_more', 'twins'


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument('base')
    p.add_argument('set')
    p.add_argument('out')
    p.add_argument('--layers', default='6,7,8', help='layers of the base above the trunk that the tower starts from')
    p.add_argument('--cut', type=int, default=6, help='layers that stay as they are; above 6 deepen.py comes before')
    p.add_argument('--minutes', type=float, default=4)
    p.add_argument('--steps', type=int, default=0, help='instead of minutes: a run that no clock decides')
    p.add_argument('--lr', type=float, default=2e-4)
    p.add_argument('--head', type=float, default=2e-2)
    p.add_argument('--look', type=int, default=50, help='steps between looks at topics that are not trained on')
    p.add_argument('--topics', type=int, default=14, help='a step')
    p.add_argument('--contrast', type=float, default=.3)
    p.add_argument('--pairs', type=int, default=12, help='queries a step, with a response that answers and one that does not')
    p.add_argument('--answers', type=float, default=.5, help='weight of telling the response that answers from the others')
    p.add_argument('--teach', type=float, default=5, help="weight of staying near the likeness that the whole base sees between texts")
    p.add_argument('--start', help='tower.pt of an earlier run to go on from')
    p.add_argument('--all', action='store_true', help='train on the authored test and calibrate topics too')
    p.add_argument('--seed', type=int, default=7)
    return p.parse_args()


class Material:
    """Set, rows and where everything is."""

    def __init__(self, base, path, folder, cut=6):
        self.s = json.load(open(path))
        self.topics, self.texts = self.s['topics'], self.s['texts']
        all_texts, self.at = [], {}

        def put(text):
            if text not in self.at:
                self.at[text] = len(all_texts)
                all_texts.append(text)
            return self.at[text]
        self.text = [put(t['text']) for t in self.texts]
        self.full = [put(described(t)) for t in self.topics]
        self.bare = [put(t['definition']) for t in self.topics]
        self.examples = [[put(e) for e in t['examples']] for t in self.topics]
        self.pairs = [{**p, 'query': put(p['query']), 'yes': [put(t) for t in p['yes']], 'no': [put(t) for t in p['no']]} for p in self.s['pairs']]
        self.rows = Rows(base, all_texts, folder, cut)
        self.yes = [[] for _ in self.topics]
        self.no = [[] for _ in self.topics]
        self.far = [[] for _ in self.topics]
        for k, t in enumerate(self.texts):
            for i in t['yes']:
                self.yes[i].append(k)
            for i in t['no']:
                (self.far if t['form'] == 'far' else self.no)[i].append(k)

    def confusable(self, base, most=3, least=.45):
        """Topics whose definitions the base takes for near: never negatives of each other's texts unless judged."""
        from store import batches, pad, tokens
        model = encoder(base)
        texts = [described(t) for t in self.topics]
        ids = tokens(base, texts)
        v = torch.zeros(len(texts), 384)
        for b in batches([len(i) for i in ids], 4096):
            x, m = pad([ids[j] for j in b])
            with torch.no_grad(), precision():
                h = model(x, attention_mask=m).last_hidden_state.float()
            v[b] = (h * m[..., None]).sum(1) / m.sum(1, keepdim=True)
        v = nn.functional.normalize(v - v.mean(0), dim=-1)
        c = v @ v.T
        c.fill_diagonal_(-1)
        near = np.zeros((len(texts), len(texts)), bool)
        for i, t in enumerate(self.topics):
            for j in c[i].topk(most).indices.tolist():
                if c[i, j] > least and not (t['source'] == self.topics[j]['source'] == 'clinc150'):
                    near[i, j] = near[j, i] = True
        for i, t in enumerate(self.topics):
            for j, o in enumerate(self.topics):
                near[i, j] |= t['group'] == o['group']
        return near


def teacher(base, m, cut, path):
    """Vectors of every text as the whole base gives them, less their mean."""
    if not os.path.exists(path):
        tower = Tower(encoder(base).encoder.layer[cut:])
        with torch.no_grad():
            np.save(path, tower.vectors(m.rows, list(range(len(m.rows.names))), 4096, True)[0].numpy())
    v = torch.from_numpy(np.load(path))
    assert len(v) == len(m.rows.names), 'another set: remove ' + path
    return nn.functional.normalize(v - v.mean(0), dim=-1)


def vectors(tower, m, indices, whole=False):
    with torch.no_grad():
        return tower.vectors(m.rows, indices, 4096, whole)


def matrix(tower, head, m, use_examples=True, use_units=True, use_name=True, texts=None):
    """Scores of texts against all topics."""
    texts = list(range(len(m.texts))) if texts is None else texts
    v, owner = vectors(tower, m, [m.text[k] for k in texts], not use_units)
    d, _ = vectors(tower, m, m.full if use_name else m.bare, True)
    flat = [e for x in m.examples for e in x]
    e, _ = vectors(tower, m, flat, True)
    e = list(e.split([len(x) for x in m.examples]))
    if not use_examples:
        e = [x[:0] for x in e]
    with torch.no_grad():
        out = peak(head(v, d, e), owner, len(texts))
    full = np.full((len(m.texts), len(m.topics)), -99, np.float32)
    full[texts] = out.numpy()
    return full


def tune(tower, head, m, near, taught, a, say):
    rng = np.random.default_rng(a.seed)
    train = [i for i, t in enumerate(m.topics) if t['split'] == 'train' or (a.all and t['source'] in AUTHORED)]
    train = [i for i in train if m.yes[i]]
    chance = np.array([1.5 if m.topics[i]['source'] == 'twins' else 2.5 if m.topics[i]['source'] in AUTHORED else 1.0 for i in train])
    chance /= chance.sum()
    allowed = set(train)
    n = len(tower.layer)
    groups = [{'params': l.parameters(), 'lr': a.lr * .9 ** (n - 1 - i)} for i, l in enumerate(tower.layer)]
    groups += [{'params': [tower.centre], 'lr': a.lr}, {'params': head.parameters(), 'lr': a.head, 'weight_decay': .02}]
    optimiser = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in groups]
    share = np.array([3.0 if p['source'] == 'written' else 1.0 for p in m.pairs])
    share /= share.sum()
    begin, step, mean, seen = time.time(), 0, np.zeros(6), 0
    while True:
        fraction = step / a.steps if a.steps else (time.time() - begin) / 60 / a.minutes
        if fraction >= 1:
            return
        factor = min(1, (step + 1) / 40) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction)))
        for g, r in zip(optimiser.param_groups, rates):
            g['lr'] = r * factor
        topics, used = [], set()
        for i in rng.choice(train, 3 * a.topics, p=chance):
            if m.topics[i]['group'] not in used and len(topics) < a.topics:
                used.add(m.topics[i]['group'])
                topics.append(int(i))
        texts = set()
        for i in topics:
            def some(x, k):
                return [] if not len(x) else rng.choice(x, min(k, len(x)), replace=False).tolist()
            docs = rng.random() < .4
            texts.update(some([k for k in m.yes[i] if (m.texts[k]['form'] == 'document') == docs] or m.yes[i], 1 if docs else 2))
            texts.update(some([k for k in m.yes[i] if m.texts[k]['form'] != 'document'], 2))
            texts.update(some([k for k in m.no[i] if m.texts[k]['form'] != 'document'], 4))
            texts.update(some(m.far[i], int(rng.random() < .3)))
        texts = sorted(texts)
        # what each topic shows of itself this time
        show, cuts = [], []
        for i in topics:
            show.append(m.bare[i] if rng.random() < .35 else m.full[i])
            e = m.examples[i]
            k = 0 if rng.random() < .35 or not e else rng.integers(1, len(e) + 1)
            cuts.append([e[j] for j in rng.permutation(len(e))[:k]])
        asked = [m.pairs[k] for k in rng.choice(len(m.pairs), a.pairs, replace=False, p=share)]
        right = [int(rng.choice(p['yes'])) for p in asked]
        wrong = [int(rng.choice(p['no'])) for p in asked if p['no']]
        indices = [m.text[k] for k in texts] + show + [x for c in cuts for x in c] + [p['query'] for p in asked] + right + wrong
        v, owner = tower.vectors(m.rows, indices)
        first = torch.zeros(len(indices), dtype=torch.long)
        first[owner.flip(0)] = torch.arange(len(owner)).flip(0)  # row of each text's whole unit
        nt = len(texts)
        d = v[first[nt:nt + len(topics)]]
        at = len(indices) - len(wrong) - 2 * a.pairs
        flat = v[first[nt + len(topics):at]]
        e = list(flat.split([len(c) for c in cuts])) if len(flat) else [flat] * len(topics)
        of_text = owner < nt
        logits = peak(head(v[of_text], d, e), owner[of_text], nt)
        y = np.zeros((nt, len(topics)), np.float32)
        judged = np.zeros((nt, len(topics)), bool)
        for r, k in enumerate(texts):
            t = m.texts[k]
            for c, i in enumerate(topics):
                if i in t['yes']:
                    y[r, c], judged[r, c] = 1, True
                elif i in t['no']:
                    judged[r, c] = True
                elif any(near[i, j] for j in t['yes'] + t['no']):
                    y[r, c] = -1
        y, judged = torch.from_numpy(y), torch.from_numpy(judged)
        pos, neg, other = y == 1, (y == 0) & judged, (y == 0) & ~judged
        f = nn.functional.softplus
        one, two, three = f(-logits[pos]).mean(), f(logits[neg]).mean(), f(logits[other]).mean()
        # each positive against all negatives of its topic
        lse = torch.logsumexp(logits.masked_fill(y != 0, -1e4), 0)
        contrast = f(lse[None].expand_as(logits)[pos] - logits[pos]).mean()
        own = v[first]
        answer = nn.functional.cross_entropy(20 * own[at:at + a.pairs] @ own[at + a.pairs:].T, torch.arange(a.pairs))
        likeness = ((own @ own.T - taught[indices] @ taught[indices].T) ** 2).mean() if a.teach else torch.zeros(())
        loss = one + two + 2 * three + a.contrast * contrast + a.teach * likeness + a.answers * answer
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimiser.step()
        step, seen = step + 1, seen + sum(m.rows.lengths[i] for i in indices)
        mean = .97 * mean + .03 * np.array([float(x) for x in (one, two, three, contrast, likeness, answer)])
        if step % a.look == 0:
            look(tower, head, m, say)
        if step % 25 == 0:
            x = mean / (1 - .97 ** step)
            say(f'step {step} {fraction:.2f} pos {x[0]:.3f} near {x[1]:.3f} other {x[2]:.3f} contrast {x[3]:.3f} likeness {x[4]:.4f} answers {x[5]:.3f} {seen / (time.time() - begin):.0f} tokens/s')


def look(tower, head, m, say):
    """Figures of the topics of split `calibrate`, to see whether more steps still help those that are not trained on."""
    from measure import figures, select
    topics = [i for i, t in enumerate(m.topics) if t['split'] == 'calibrate' and t['source'] in AUTHORED]
    texts = [k for k, t in enumerate(m.texts) if t['form'] != 'document' and any(m.topics[i]['split'] == 'calibrate' for i in t['yes'] + t['no'])]
    s = Scores(m.s, matrix(tower, head, m, texts=texts))
    a, b = (figures(select(s, topics, ('positives',), n)) for n in (('near_misses',), ('far', 'other')))
    say(f'look: near misses {a[0]:.3f}, others {b[0]:.3f} / {b[1]:.3f}, FPR at 90 % {b[2]:.3f}')


def main():
    a = arguments()
    torch.manual_seed(a.seed)
    os.makedirs(a.out, exist_ok=True)
    log = open(f'{a.out}/log.txt', 'a')

    def say(text):
        print(text, flush=True)
        print(text, file=log, flush=True)
    say(json.dumps(vars(a)))
    m = Material(a.base, a.set, os.path.dirname(a.set), a.cut)
    near = m.confusable(a.base)
    say(f'{near.sum() // 2} pairs of topics are taken for confusable')
    base = encoder(a.base)
    tower = Tower([base.encoder.layer[int(i)] for i in a.layers.split(',')])
    head = Head()
    if a.start:
        state = torch.load(a.start)
        tower.load_state_dict(state['tower'])
        head.load_state_dict(state['head'])
    else:
        tower.centre.data = mean_vector(tower, m)
    taught = teacher(a.base, m, a.cut, a.set + '.teacher.npy') if a.teach else None
    tune(tower, head, m, near, taught, a, say)
    say('end of training')
    torch.save({'tower': tower.state_dict(), 'head': head.state_dict(), 'layers': a.layers, 'cut': a.cut}, f'{a.out}/tower.pt')
    evaluate(tower, head, m)


def mean_vector(tower, m):
    tower.centre.data.zero_()
    some = [m.text[k] for k in range(0, len(m.texts), 30)]
    total = torch.zeros(384)
    with torch.no_grad():
        from store import batches
        for b in batches([m.rows.lengths[i] for i in some], 4096):
            x, mask = m.rows.batch([some[j] for j in b])
            h = tower.hidden(x, mask)
            total += ((h * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).sum(0)
    return total / len(some)


def held(m):
    """Texts that no training topic owns."""
    keep = []
    for k, t in enumerate(m.texts):
        splits = {m.topics[i]['split'] for i in t['yes'] + t['no']}
        if splits & {'test', 'source'}:
            keep.append(k)
    return keep


def evaluate(tower, head, m):
    texts = held(m)
    report('definition + examples', Scores(m.s, matrix(tower, head, m, texts=texts)))
    report('definition alone', Scores(m.s, matrix(tower, head, m, use_examples=False, texts=texts)), brief=True)
    report('definition + examples, whole window only', Scores(m.s, matrix(tower, head, m, use_units=False, texts=texts)), brief=True)


if __name__ == '__main__':
    main()
