"""Token ids, marks and trunk rows of the table's texts, and batches of them.

A text is cut into windows as Merlon's trunk does it; the frozen lower layers read every window once, alone, and what they give is kept on
disk. A batch lays the windows of a source and the blocks held against them side by side: windows see themselves, a block sees itself and
every window, so that a source is read once for all that is held against it."""
import hashlib
import json
import os
import sys
import time

import numpy as np
import torch
from tokenizers import Tokenizer

import words
from words import Known, of_tokens, sentences

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import store as trunk  # noqa: E402  the guard family's: encoder, batches, pad

MOST, OVERLAP, CUT = 254, 64, 6
FEATURES = 18
SHARP = 20  # how sharply a token aligns: the softmax of its likenesses times this


def cut(n):
    """[from, to) of the windows of n tokens: internal/detect/trunk's rule."""
    count, size = 1, n
    if n > MOST:
        count = (n - OVERLAP + MOST - OVERLAP - 1) // (MOST - OVERLAP)
        size = (n + (count - 1) * OVERLAP + count - 1) // count
    return [(i * (n - size) // (count - 1) if i else 0, (i * (n - size) // (count - 1) if i else 0) + size) for i in range(count)]


class Text:
    """One text: its windows as (ids with frame, offsets), and for each the rows' place in the store."""

    __slots__ = ('text', 'windows', 'at', 'found')

    def __init__(self, text, encoding, frame):
        self.text, self.windows, self.found = text, [], words.words(text)
        ids, offsets = encoding.ids, encoding.offsets
        if ids:
            for a, b in cut(len(ids)):
                self.windows.append(([frame[0], *ids[a:b], frame[1]], [(0, 0), *offsets[a:b], (0, 0)]))
        else:
            self.windows.append(([frame[0], frame[1]], [(0, 0), (0, 0)]))

    def part(self, w):
        """The text that window w covers."""
        offsets = self.windows[w][1]
        return self.text[offsets[1][0]:offsets[-2][1]] if len(offsets) > 2 else ''


class Store:
    def __init__(self, base, folder, cases, layers=CUT):
        t = Tokenizer.from_file(f'{base}/tokenizer.json')
        t.no_truncation()
        texts = list(dict.fromkeys(s for c in cases for s in [c['source'], *(x for b in c['blocks'] for x in (b['q'], b['r']))] if s))
        frame = [t.token_to_id('<s>'), t.token_to_id('</s>')]
        self.texts = {s: Text(s, e, frame) for s, e in zip(texts, t.encode_batch(texts, add_special_tokens=False))}
        self.width = json.load(open(f'{base}/config.json'))['hidden_size']
        path = f'{folder}/trunk{layers}'
        at = json.load(open(path + '.json')) if os.path.exists(path + '.json') else {}
        missing = {}
        for text in self.texts.values():
            text.at = [hashlib.sha1(np.array(ids, np.int32).tobytes()).hexdigest() for ids, _ in text.windows]
            for name, (ids, _) in zip(text.at, text.windows):
                if name not in at:
                    missing[name] = ids
        if missing:
            self.add(missing, path, at)
        for text in self.texts.values():
            text.at = [at[name] for name in text.at]
        self.rows = np.memmap(path + '.f16', np.float16, 'r').reshape(-1, self.width)
        self.marks = {}
        self.centre, self.spread = self.statistics(path)

    def add(self, missing, path, at):
        """Appends what the trunk gives for windows of {name: ids}."""
        begin = time.time()
        end = os.path.getsize(path + '.f16') // (2 * self.width) if os.path.exists(path + '.f16') else 0
        print(f'trunk: {len(missing)} windows, {sum(map(len, missing.values())):,} tokens', flush=True)
        with open(path + '.f16', 'ab') as f:
            f.truncate(2 * self.width * end)
            for (name, ids), h in zip(missing.items(), trunk.trunk_rows(list(missing.values()), self.width)):
                f.write(h.tobytes())
                at[name] = end
                end += len(ids)
        print(f'trunk: {time.time() - begin:.0f}s', flush=True)
        json.dump(at, open(path + '.json', 'w'))

    def statistics(self, path):
        """Mean and deviation of the trunk's rows, by which they are compared; kept, since the tower is trained with them."""
        if not os.path.exists(path + '.npz'):
            some = np.sort(np.random.default_rng(4).choice(len(self.rows), min(20000, len(self.rows)), replace=False))
            rows = self.rows[some].astype(np.float32)
            np.savez(path + '.npz', centre=rows.mean(0), spread=rows.std(0) + 1e-3)
        kept = np.load(path + '.npz')
        return kept['centre'], kept['spread']

    def window(self, text, w):
        at, n = text.at[w], len(text.windows[w][0])
        return self.rows[at:at + n]

    def block(self, b, source, group, chunk):
        """What a block adds to a batch: rows, segments, both marks, and units (from, to, features) of its sentences.

        group: the windows of the source that it sees, as their texts' Known; chunk: which window of the response."""
        key = (b['q'], b['r'], source, group, chunk)
        if key in self.marks:
            return self.marks[key]
        query = self.texts[b['q']] if b['q'] else None
        response = self.texts[b['r']]
        seen = self.known(source, group) if source else None
        ids, offsets = response.windows[chunk]
        asked = self.known(b['q'], None) if query else None
        by_source = seen.marks(response.found) if seen else [words.NONE] * len(response.found)
        by_query = asked.marks(response.found) if asked else [words.NONE] * len(response.found)
        places, segments, m1, m2 = [], [], [], []
        if query:
            back = self.known(b['r'], None)
            q1 = seen.marks(query.found) if seen else [words.NONE] * len(query.found)
            q2 = back.marks(query.found)
            for w in range(len(query.windows)):
                off = query.windows[w][1]
                places.append((query.at[w], len(off)))
                segments += [1] * len(off)
                m1 += of_tokens(off, query.found, q1)
                m2 += of_tokens(off, query.found, q2)
        first = len(segments)
        places.append((response.at[chunk], len(offsets)))
        segments += [2] * len(offsets)
        m1 += of_tokens(offsets, response.found, by_source)
        m2 += of_tokens(offsets, response.found, by_query)
        units = []
        for a, z in sentences(b['r']):
            inside = [i for i, (s, e) in enumerate(offsets) if s < z and e > a and e > s]
            if inside:
                units.append((first + inside[0], first + inside[-1] + 1, features(response.found, by_source, by_query, a, z)))
            else:
                units.append(None)
        out = places, segments, m1, m2, units
        if len(self.marks) < 400_000:
            self.marks[key] = out
        return out

    def known(self, text, group):
        key = ('known', text, group)
        if key not in self.marks:
            t = self.texts[text]
            self.marks[key] = Known(*(t.part(w) for w in group)) if group is not None else Known(text)
        return self.marks[key]


def features(found, by_source, by_query, a, z):
    """Shares of each mark among the words between a and z, how many numbers are new, and how many words there are."""
    inside = [i for i, w in enumerate(found) if w[0] >= a and w[1] <= z]
    n = max(1, len(inside))
    out = [0.0] * (FEATURES - 2)
    for i in inside:
        out[by_source[i]] += 1 / n
        out[7 + by_query[i]] += 1 / n
    out[14] = min(3, sum(by_source[i] == words.NEW_NUMBER for i in inside)) / 3
    out[15] = float(np.log1p(len(inside))) / 4
    return out


def compared(store, rows):
    """Rows as they are compared: in deviations from the mean, of length 1."""
    x = (rows - store.centre) / store.spread
    return x / np.linalg.norm(x, axis=1, keepdims=True)


class Batch:
    """Tensors of several (windows, blocks) cases, padded to one length."""

    def __init__(self, store, cases):
        """cases: (source or None, group of its windows, [(block, chunk)])"""
        laid = []
        for source, group, blocks in cases:
            places, segments, m1, m2, owner, units = [], [], [], [], [], []
            if source:
                text = store.texts[source]
                for k, w in enumerate(group):
                    n = len(text.windows[w][0])
                    places.append((text.at[w], n))
                    segments += [0] * n
                    m1 += [0] * n
                    m2 += [0] * n
                    owner += [-1 - k] * n
            for k, (b, chunk) in enumerate(blocks):
                p, s, x, y, parts = store.block(b, source, tuple(group), chunk)
                at = len(segments)
                places += p
                segments += s
                m1 += x
                m2 += y
                owner += [k] * len(s)
                for j, u in enumerate(parts):
                    if u:
                        units.append((k, j, at + u[0], at + u[1], u[2]))
            laid.append((places, segments, m1, m2, owner, units))
        width = max(len(x[1]) for x in laid)
        n = len(laid)
        self.rows = np.zeros((n, width, store.width), np.float32)
        self.aligned = np.zeros((n, width, store.width), np.float32)
        self.likeness = np.zeros((n, width), np.float32)
        self.segment = torch.zeros(n, width, dtype=torch.long)
        self.m1, self.m2 = torch.zeros_like(self.segment), torch.zeros_like(self.segment)
        owner = torch.full((n, width), 1000, dtype=torch.long)
        self.units, spans, features = [], [], []
        for i, (places, s, x, y, o, units) in enumerate(laid):
            at = 0
            for start, length in places:
                self.rows[i, at:at + length] = store.rows[start:start + length]
                at += length
            self.segment[i, :at] = torch.tensor(s)
            self.m1[i, :at] = torch.tensor(x)
            self.m2[i, :at] = torch.tensor(y)
            owner[i, :at] = torch.tensor(o)
            self.align(store, i, np.array(o), np.array([x for _, length in places for x in [0] + [1] * (length - 2) + [0]], bool))
            for k, j, a, z, f in units:
                self.units.append((i, k, j))
                spans.append((i * width + a, i * width + z))
                like = self.likeness[i, a:z]
                features.append(f + [float(like.mean()), float(like.min())])
        self.rows, self.aligned = torch.from_numpy(self.rows), torch.from_numpy(self.aligned)
        self.likeness = torch.from_numpy(self.likeness)
        # row i may look at row j: the same owner, or i of a block and j of a window; padding looks at itself
        a, b = owner[:, :, None], owner[:, None, :]
        self.sees = (a == b) | ((a >= 0) & (a < 1000) & (b < 0))
        self.spans, self.features = spans, torch.tensor(features, dtype=torch.float32)
        self.tokens = int((owner < 1000).sum())

    def align(self, store, i, owner, inner):
        """What of the source each row of a block looks most like: a mean of the source's rows by likeness, less the row itself, in
        deviations; and the greatest likeness. Frames align with nothing and nothing with them."""
        source = np.flatnonzero((owner < 0) & inner)
        block = np.flatnonzero((owner >= 0) & inner)
        if not len(source) or not len(block):
            return
        s, b = self.rows[i, source], self.rows[i, block]
        like = compared(store, b) @ compared(store, s).T
        top = like.max(1, keepdims=True)
        w = np.exp(SHARP * (like - top))
        self.aligned[i, block] = (w / w.sum(1, keepdims=True) @ s - b) / store.spread
        self.likeness[i, block] = top[:, 0]
