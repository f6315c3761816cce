"""Writes what a tower and the patterns say of every row that was not trained on: predict.py DATA BASE TOWER PATTERNS OUT

A line of OUT is a row with its windows' logits left out and, for each lean of LEANS, the spans that the tower sees. Texts of benign
sets, in which next to nothing is personal, come with split benign."""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

from model import Tower, spans
from sources import benign, table
from windows import Windows, batches, encoder

LEANS = [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def load(path, base):
    state = torch.load(path)
    count = 1 + max(int(k.split('.')[1]) for k in state if k.startswith('layer.'))
    whole = encoder(base)
    model = Tower(whole.encoder.layer[6:6 + count], whole.config.hidden_size)
    model.load_state_dict(state)
    return model.eval()


def predict(model, windows):
    """Logits of every window."""
    out = [None] * len(windows.rows)
    with torch.no_grad():
        for batch in batches(windows.lengths, 2048):
            x, mask, _ = windows.batch(batch)
            logits = model(x, mask).numpy()
            for j, i in enumerate(batch):
                out[i] = logits[j, :windows.lengths[i]]
    return out


def patterns(program, rows):
    with tempfile.NamedTemporaryFile('w', suffix='.jsonl') as f:
        for r in rows:
            f.write(json.dumps({'text': r['text']}) + '\n')
        f.flush()
        text = subprocess.run([program, f.name], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def main():
    data, base, tower, program, out = sys.argv[1:6]
    rows = [r for r in table(data, 'train/data/pii_more.jsonl') if r['split'] != 'train'] + list(benign(data))
    windows = Windows(base, rows, os.path.dirname(os.path.dirname(tower)))
    logits = predict(load(tower, base), windows)
    for r, found in zip(rows, patterns(program, rows)):
        r['patterns'] = found
        r['seen'] = {str(lean): [] for lean in LEANS}
    i = -1
    for w, o, row in zip(windows.rows, windows.offsets, logits):
        i += w['shift'] == 0
        for lean in LEANS:
            rows[i]['seen'][str(lean)] += [(a + w['shift'], b + w['shift'], k, c) for a, b, k, c in spans(w['text'], o[1:-1], row[1:-1], np.full(5, lean))]
    with open(out, 'w') as f:
        for r in rows:
            f.write(json.dumps(r, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
