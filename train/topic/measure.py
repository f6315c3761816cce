"""Figures of a matrix of scores (texts x topics) over held-out topics, with bootstrap intervals over topics."""
import numpy as np

import os
import sys
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from metrics import auroc  # noqa: E402

RECALL = .9
OTHERS = 150  # texts of other topics that stand for what a topic meets besides


class Scores:
    """What each topic is measured on: its own texts, what was judged not to be of it (near misses, far), and texts of other topics of
    the same split that nobody judged ('other'; a few may in truth belong)."""

    def __init__(self, s, matrix, *_):
        self.s, self.m = s, matrix
        self.rng = np.random.default_rng(5)
        self.mine = {}
        owner = [[] for _ in s['topics']]
        for k, t in enumerate(s['texts']):
            for i in t['yes']:
                owner[i].append((k, 1, t['form'], t['lang']))
            for i in t['no']:
                owner[i].append((k, 0, t['form'], t['lang']))
        self.owner = owner
        self.pool, self.documents = {}, {}
        for k, t in enumerate(s['texts']):
            if t['form'] == 'document':
                split = {s['topics'][i]['split'] for i in t['yes'] + t['no']}
                if len(split) == 1:
                    self.documents.setdefault(split.pop(), []).append(k)
            if t['form'] == 'positives':
                key = {(s['topics'][i]['source'] in ('topics', 'topics_more', 'twins'), s['topics'][i]['split'],
                        s['topics'][i]['source'] if s['topics'][i]['split'] == 'source' else '') for i in t['yes']}
                if len(key) == 1:
                    self.pool.setdefault(key.pop(), []).append(k)

    def rows(self, i, forms=None, other=True):
        """(y, score, form, lang) of a topic; forms of the negatives and positives that count."""
        t = self.s['topics'][i]
        out = [(y, self.m[k, i], 'near' if not y and f == 'positives' else f, lang, k) for k, y, f, lang in self.owner[i]]
        if other:
            key = t['source'] in ('topics', 'topics_more', 'twins'), t['split'], t['source'] if t['split'] == 'source' else ''
            known = {k for k, *_ in self.owner[i]}
            pool = [k for k in self.pool.get(key, []) if k not in known]
            rng = np.random.default_rng(i)
            for k in rng.choice(pool, min(OTHERS, len(pool)), replace=False):
                out.append((0, self.m[k, i], 'other', self.s['texts'][k]['lang'], k))
            pool = [k for k in self.documents.get(t['split'], []) if k not in known]
            for k in rng.choice(pool, min(60, len(pool)), replace=False) if pool else ():
                out.append((0, self.m[k, i], 'other document', self.s['texts'][k]['lang'], k))
        return out


def threshold(parts, recall=RECALL):
    pos = np.concatenate([y[1][y[0] == 1] for y in parts])
    return np.quantile(pos, 1 - recall) if len(pos) else np.nan


def figures(parts, recall=RECALL):
    """Mean AUC of topics, pooled AUC, share of negatives at or above the one threshold that finds `recall` of the positives."""
    y, s = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    at = threshold(parts, recall)
    return np.nanmean([auroc(*p) for p in parts]), auroc(y, s), (s[y == 0] >= at).mean()


def line(name, parts, times=200):
    parts = [p for p in parts if (p[0] == 1).any() and (p[0] == 0).any()]
    if not parts:
        return
    rng = np.random.default_rng(3)
    f = lambda q: figures(q) + (figures(q, .95)[2],)
    v = f(parts)
    b = np.array([f([parts[i] for i in rng.integers(0, len(parts), len(parts))]) for _ in range(times)])
    lo, hi = np.percentile(b, [2.5, 97.5], axis=0)
    n, p = sum(len(q[0]) for q in parts), sum(int(q[0].sum()) for q in parts)
    print(f'| {name} | {len(parts)} | {n} / {p} | {v[0]:.3f} ({lo[0]:.2f}–{hi[0]:.2f}) | {v[1]:.3f} ({lo[1]:.2f}–{hi[1]:.2f}) '
          f'| {100 * v[2]:.1f} ({100 * lo[2]:.1f}–{100 * hi[2]:.1f}) | {100 * v[3]:.1f} ({100 * lo[3]:.1f}–{100 * hi[3]:.1f}) |', flush=True)


HEAD = '| topics | n | rows / pos | AUC, mean of topics | AUC pooled | FPR % at 90 % recall | at 95 % |\n|---|---|---|---|---|---|---|'


def select(sc, topics, positive, negative, lang=None):
    out = []
    for i in topics:
        r = [x for x in sc.rows(i) if x[2] in (positive if x[0] else negative) and (lang is None or x[3] == lang)]
        out.append((np.array([x[0] for x in r]), np.array([x[1] for x in r])))
    return out


def habit(sc, topics):
    """Mean AUC of a topic's own texts against its near misses, scored for ten other topics: what texts alone give away."""
    rng, out = np.random.default_rng(8), []
    for i in topics:
        k = np.array([x[4] for x in sc.rows(i, other=False) if x[2] in ('positives', 'near_misses')])
        y = np.array([x[0] for x in sc.rows(i, other=False) if x[2] in ('positives', 'near_misses')])
        others = [j for j in topics if sc.s['topics'][j]['group'] != sc.s['topics'][i]['group']]
        out += [auroc(y, sc.m[k, j]) for j in rng.choice(others, 10, replace=False)]
    return np.nanmean(out)


def report(title, sc, brief=False):
    print(f'\n### {title}\n{HEAD}')
    T = sc.s['topics']
    A = lambda t: t['source'] in ('topics', 'topics_more')
    test = [i for i, t in enumerate(T) if A(t) and t['split'] == 'test']
    en, ko = [i for i in test if T[i]['lang'] == 'en'], [i for i in test if T[i]['lang'] == 'ko']
    short, neg = ('positives',), ('near_misses', 'near', 'far', 'other')
    line('authored, all negatives', select(sc, test, short, neg))
    line('authored, near misses only', select(sc, test, short, ('near_misses',)))
    line('authored, far and others', select(sc, test, short, ('far', 'other')))
    if not brief:
        print(f'| the same texts and near misses under other topics (0.5: no habit of the texts alone) | {len(test)} | | {habit(sc, test):.3f} | | | |')
        line('authored en topics, en texts', select(sc, en, short, neg, 'en'))
        line('authored ko topics, ko texts', select(sc, ko, short, neg, 'ko'))
        line('en topics, ko texts', select(sc, en, short, neg, 'ko'))
    twins = [i for i, t in enumerate(T) if t['source'] == 'twins' and t['split'] == 'test']
    line('en definition, ko texts', select(sc, [i for i in twins if T[i]['lang'] == 'en'], short, neg, 'ko'))
    line('ko definition, en texts', select(sc, [i for i in twins if T[i]['lang'] == 'ko'], short, neg, 'en'))
    line('documents of 2 to 7 texts', select(sc, test, ('document',), ('document', 'other document')))
    line('documents, near misses in the negatives', select(sc, test, ('document',), ('document',)))
    c = [i for i, t in enumerate(T) if t['source'] == 'clinc150' and t['split'] == 'test']
    line('clinc150 held-out labels', select(sc, c, short, neg))
    if not brief:
        line('clinc150, confusable labels only', select(sc, c, short, ('near',)))
    h = [i for i, t in enumerate(T) if t['source'] == 'hwu64']
    line('hwu64 (source held out)', select(sc, h, short, neg))
    if not brief:
        line('hwu64, confusable labels only', select(sc, h, short, ('near',)))
    x = [i for i, t in enumerate(T) if t['source'] == 'expertqa']
    line('expertqa fields (source held out)', select(sc, x, short, neg))
