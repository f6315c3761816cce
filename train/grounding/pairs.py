"""Sources and responses laid out as the tower reads them: a part of the source and some sentences of the response in one sequence.

<s> source </s> </s> query response </s>: what of the source fits beside the query and a window of whole sentences. Source and response meet in
the lower layers already, which is where a word finds its like. A longer source is read in parts that overlap, a longer response in windows."""
import collections
import json
import os
import sys

import numpy as np
import torch
from tokenizers import Tokenizer

from words import MARKS, NEW, NEW_NUMBER, NONE, Known, capital, sentences, stem, words

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import store as trunk  # noqa: E402

MOST = 256  # tokens of a sequence
QUERY, RESPONSE, OVERLAP = 48, 96, 48  # most tokens of the query, whose end is kept, and of a window; those that two parts of a source share
PARTS = 3  # parts of a source that are read for a window: those that share most words with it, rare ones before all
FEATURES = 2 * MARKS + 3
NUMBERS, LENGTH, NAMES = range(2 * MARKS, FEATURES)  # places of those that are no shares of marks


def cut(n, most, overlap):
    """[from, to) of parts of n tokens: as few and as even as can be, each of at most `most`, sharing at least `overlap`."""
    count, size = 1, n
    if n > most:
        count = (n - overlap + most - overlap - 1) // (most - overlap)
        size = (n + (count - 1) * overlap + count - 1) // count
    return [(i * (n - size) // (count - 1) if i else 0, (i * (n - size) // (count - 1) if i else 0) + size) for i in range(count)]


def pieces(offsets, text):
    """(sentence, from, to) of tokens: the sentences, and where one is longer than a window, even parts of it."""
    out = []
    for s, (a, z) in enumerate(sentences(text)):
        inside = [i for i, (b, e) in enumerate(offsets) if b < z and e > a and e > b]
        if inside:
            out += [(s, inside[0] + b, inside[0] + e) for b, e in cut(inside[-1] + 1 - inside[0], RESPONSE, 0)]
    return out


def windows(parts):
    """Runs of pieces that fit into a window together."""
    out = []
    for p in parts:
        if out and p[2] - out[-1][0][1] <= RESPONSE:
            out[-1].append(p)
        else:
            out.append([p])
    return out


class Texts:
    """Ids, offsets and words of texts."""

    def __init__(self, base):
        self.tokenizer = Tokenizer.from_file(f'{base}/tokenizer.json')
        self.tokenizer.no_truncation()
        self.begin, self.end = (self.tokenizer.token_to_id(t) for t in ('<s>', '</s>'))
        self.kept, self.known_texts = {}, {}

    def __getitem__(self, text):
        if text not in self.kept:
            e = self.tokenizer.encode(text, add_special_tokens=False)
            self.kept[text] = e.ids, e.offsets, words(text)
        return self.kept[text]

    def known(self, text):
        if text not in self.known_texts:
            self.known_texts[text] = Known(text)
        return self.known_texts[text]

    def evidence(self, source, said, most):
        """[from, to) of the parts of the source, of at most `most` tokens, that a window's words are held against."""
        ids, offsets, found = self[source]
        parts = cut(len(ids), most, min(OVERLAP, most // 2))
        if len(parts) <= PARTS:
            return parts
        holds = [terms([w for w in found if w[0] < offsets[z - 1][1] and w[1] > offsets[a][0]]) for a, z in parts]
        count = collections.Counter(t for h in holds for t in h)
        wanted = terms(said)
        shared = [sum(len(parts) // count[t] for t in wanted & h) for h in holds]
        return [parts[i] for i in sorted(sorted(range(len(parts)), key=lambda i: -shared[i])[:PARTS])]

    def sequences(self, source, b, longest=MOST):
        """(ids, units, source's part, window) of everything that is read for a block, in parts of the source of at most `longest` tokens; a unit is
        (sentence, from, to, features), a window the first token of the sentences that are read together."""
        ids, offsets, found = self[b['r']]
        asked = self[b['q']][0][-QUERY:] if b['q'] else []
        by_source = self.known(source).marks(found)
        by_query = self.known(b['q']).marks(found) if b['q'] else [NONE] * len(found)
        whole = self[source][0]
        for run in windows(pieces(offsets, b['r'])):
            first, last = run[0][1], run[-1][2]
            counted = [features(b['r'], found, by_source, by_query, offsets[x][0], offsets[y - 1][1]) for _, x, y in run]
            said = [w for w in found if w[0] < offsets[last - 1][1] and w[1] > offsets[first][0]]
            room = MOST - 4 - len(asked) - (last - first)
            for a, z in self.evidence(source, said, min(longest, room)):
                at = z - a + 3 + len(asked) - first
                yield ([self.begin, *whole[a:z], self.end, self.end, *asked, *ids[first:last], self.end],
                       [(s, x + at, y + at, f) for (s, x, y), f in zip(run, counted)], whole[a:z], first)


def terms(found):
    return {key if number else stem(key) or key for _, _, key, number in found}


def features(text, found, by_source, by_query, a, z):
    """Shares of each mark among the words between a and z of the text, how many numbers are new, how many words there are, and how many names
    that neither source nor query has. What begins the stretch has a capital anyway."""
    inside = [i for i, w in enumerate(found) if w[0] < z and w[1] > a]
    n = max(1, len(inside))
    out = [0.0] * FEATURES
    for i in inside:
        out[by_source[i]] += 1 / n
        out[MARKS + by_query[i]] += 1 / n
    out[NUMBERS] = min(3, sum(by_source[i] == NEW_NUMBER for i in inside)) / 3
    out[LENGTH] = float(np.log1p(len(inside))) / 4
    out[NAMES] = min(2, sum(capital(text, found[i]) and by_source[i] == NEW and by_query[i] in (NEW, NONE) for i in inside[1:])) / 2
    return out


def read(sequences):
    """Rows of the trunk for sequences of ids, in one float16 array."""
    width = json.load(open(f'{trunk.TRUNK}/config.json'))['hidden_size']
    return np.concatenate(list(trunk.trunk_rows(sequences, width)))


class Batch:
    """Rows of sequences, padded to one length, with the units of all."""

    def __init__(self, rows, starts, sequences):
        """rows: the trunk's; starts: where each sequence's begin; sequences: [(ids, units, ...)]"""
        width = max(len(s[0]) for s in sequences)
        x = np.zeros((len(sequences), width, rows.shape[1]), np.float32)
        self.mask = torch.zeros(len(sequences), width)
        self.units, self.spans, f = [], [], []
        for i, (at, (ids, units, *_)) in enumerate(zip(starts, sequences)):
            x[i, :len(ids)] = rows[at:at + len(ids)]
            self.mask[i, :len(ids)] = 1
            for s, a, z, counted in units:
                self.units.append((i, s))
                self.spans.append((i * width + a, i * width + z))
                f.append(counted)
        self.rows, self.features = torch.from_numpy(x), torch.tensor(f, dtype=torch.float32)
        self.tokens = sum(len(s[0]) for s in sequences)
