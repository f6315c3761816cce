#!/usr/bin/env python3
"""Trim a tokenizer.json to the pieces that some lines need, with new ids: what a shipped model's vocabulary looks like.

  trim.py TOKENIZER.json LINES OUT COUNT      needs tokenizers==0.13.3; the files may be packed with gzip

It keeps special tokens, pieces of one character that LINES uses, and the COUNT pieces that LINES uses most.
"""
import collections, gzip, json, sys
from tokenizers import Tokenizer

path, lines, out, count = sys.argv[1:]
opened = lambda p: gzip.open(p, 'rt', encoding='utf-8') if p.endswith('.gz') else open(p, encoding='utf-8')
config = json.load(opened(path))
config['truncation'] = config['padding'] = None
t = Tokenizer.from_str(json.dumps(config))
used = collections.Counter(i for line in opened(lines) for i in t.encode(json.loads(line)).ids)
model = config['model']
unigram = isinstance(model['vocab'], list)
pieces = [p for p, _ in model['vocab']] if unigram else sorted(model['vocab'], key=model['vocab'].get)
keep = {a['id'] for a in config['added_tokens']} | {i for i, _ in used.most_common(int(count))}
keep |= {i for i, p in enumerate(pieces) if i in used and len(p) == 1}
ids = sorted(keep)
new = {old: i for i, old in enumerate(ids)}
if unigram:
    model['vocab'], model['unk_id'] = [model['vocab'][i] for i in ids], new[model['unk_id']]
else:
    model['vocab'] = {pieces[i]: new[i] for i in ids}
for a in config['added_tokens']:
    a['id'] = new[a['id']]
for s in config['post_processor']['special_tokens'].values():
    s['ids'] = [new[i] for i in s['ids']]
with gzip.GzipFile(out, 'wb', mtime=0) as f:
    f.write(json.dumps(config, ensure_ascii=False).encode())
