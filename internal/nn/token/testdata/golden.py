#!/usr/bin/env python3
"""Tokenize lines with the reference and write what comes out, one JSON object a line, for the tests beside this folder.

  golden.py TOKENIZER.json LINES OUT [VARIANT]      needs tokenizers==0.13.3; the files may be packed with gzip

LINES holds one JSON string a line. OUT holds {"i": ids, "s": starts, "e": ends, "w": words} with offsets in bytes.
Where a Precompiled map removes the first characters of a text, or of what follows an added token, the reference shifts
the offsets of all that follows, which is not what anyone wants. For such a line "r" counts these characters, and the
offsets are those that the reference gives without them. VARIANT names an entry of variants.json, whose members take the
place of TOKENIZER.json's.
"""
import gzip, json, os, re, sys
from tokenizers import Tokenizer

path, lines, out = sys.argv[1:4]
opened = lambda p: gzip.open(p, 'rt', encoding='utf-8') if p.endswith('.gz') else open(p, encoding='utf-8')
config = json.load(opened(path))
if len(sys.argv) > 4:
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'variants.json')
    config.update(json.load(open(here, encoding='utf-8'))[sys.argv[4]]['set'])
config['truncation'] = config['padding'] = None
t = Tokenizer.from_str(json.dumps(config))
mapped = '"Precompiled"' in json.dumps(config['normalizer'])
contents = sorted((a['content'] for a in config['added_tokens']), key=len, reverse=True)
added = re.compile('|'.join(map(re.escape, contents)) or '(?!)')


def kept(s):
    """The places of the characters that do not begin a stretch and get removed."""
    keep, i = [], 0
    for end in [m.span() for m in added.finditer(s)] + [(len(s), len(s))]:
        while mapped and i < end[0] and t.normalizer.normalize_str(s[i]) == '':
            i += 1
        keep += range(i, end[1])
        i = end[1]
    return keep


with gzip.GzipFile(out, 'wb', mtime=0) as f:
    for line in opened(lines):
        s = json.loads(line)
        keep = kept(s)
        whole, e = t.encode(s), t.encode(''.join(s[i] for i in keep))
        at = [0]
        for c in s:
            at.append(at[-1] + len(c.encode()))
        spans = [(0, 0) if w is None else (at[keep[a]], at[keep[b - 1] + 1]) for (a, b), w in zip(e.offsets, e.word_ids)]
        row = {'i': whole.ids, 's': [a for a, _ in spans], 'e': [b for _, b in spans],
               'w': [-1 if w is None else w for w in whole.word_ids]}
        if len(keep) < len(s):
            row['r'] = len(s) - len(keep)
        f.write((json.dumps(row, separators=(',', ':')) + '\n').encode())
