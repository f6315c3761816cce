"""Writes what torch gives in f32 for 50 rows that were not trained on: fixture.py DATA BASE TOWER OUT

A Go test holds the shipped weights against it. OUT is {"rows": [{"text", "lang", "logits": [[11 of a token]...]}]}, frame left out."""
import json
import sys

import numpy as np
import torch
from tokenizers import Tokenizer

from predict import load
from sources import table
from windows import encoder


def main():
    data, base, tower, out = sys.argv[1:5]
    rows = [r for r in table(data, 'train/data/pii_more.jsonl') if r['split'] == 'test' and r['spans'] and len(r['text']) < 250]
    some = [rows[i] for i in np.random.default_rng(5).choice(len(rows), 50, replace=False)]
    trunk, model = encoder(base), load(tower, base)
    trunk.encoder.layer = trunk.encoder.layer[:6]
    tokenizer = Tokenizer.from_file(f'{base}/tokenizer.json')
    fixed = []
    for r in some:
        ids = torch.tensor([tokenizer.encode(r['text']).ids])
        mask = torch.ones_like(ids, dtype=torch.float32)
        with torch.no_grad():
            x = trunk(ids, attention_mask=mask).last_hidden_state
            for layer in model.layer:
                x = layer(x, torch.zeros(1, 1, 1, ids.shape[1]))[0]
            logits = model.head(x)[0, 1:-1]
        fixed.append({'text': r['text'], 'lang': r['lang'], 'logits': [[round(float(v), 3) for v in row] for row in logits]})
    with open(out, 'w') as f:
        f.write('{"rows": [\n' + ',\n'.join(json.dumps(r, ensure_ascii=False) for r in fixed) + '\n]}\n')


if __name__ == '__main__':
    main()
