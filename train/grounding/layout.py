"""Texts as relevance reads them: each alone, cut into windows as Merlon's trunk does it. What the frozen lower layers give is kept on disk."""
import hashlib
import json
import os
import time

import numpy as np

from pairs import Texts, cut, trunk

MOST, OVERLAP, CUT = 254, 64, trunk.CUT


class Text:
    """One text: its windows as (ids with frame, offsets), and for each the rows' place in the store."""

    __slots__ = ('text', 'windows', 'at', 'found')

    def __init__(self, texts, text):
        self.text, self.windows = text, []
        ids, offsets, self.found = texts[text]
        frame = texts.begin, texts.end
        if ids:
            for a, b in cut(len(ids), MOST, OVERLAP):
                self.windows.append(([frame[0], *ids[a:b], frame[1]], [(0, 0), *offsets[a:b], (0, 0)]))
        else:
            self.windows.append(([frame[0], frame[1]], [(0, 0), (0, 0)]))


class Store:
    def __init__(self, base, folder, cases, layers=CUT):
        texts = Texts(base)
        self.texts = {s: Text(texts, s) for s in dict.fromkeys(x for c in cases for b in c['blocks'] for x in (b['q'], b['r']) if x)}
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
        self.known = texts.known

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

    def window(self, text, w):
        at, n = text.at[w], len(text.windows[w][0])
        return self.rows[at:at + n]
