"""Writes what the Go test holds the shipped weights against: fixture.py SET RUN OUT. 50 texts of held-out topics, with the logits that
torch gives in f32 for six of those topics."""
import json
import sys

import numpy as np
import torch

from model import Head

TOPICS = 6


def main():
    path, run, out = sys.argv[1:4]
    s = json.load(open(path))
    z = np.load(f'{run}/vectors.npz')
    head = Head()
    head.load_state_dict(torch.load(f'{run}/fitted.pt')['head'])
    rng = np.random.default_rng(4)
    held = [i for i, t in enumerate(s['topics']) if t['split'] == 'test' and t['source'] != 'clinc150']
    topics = sorted(int(i) for i in rng.choice(held, TOPICS, replace=False))
    texts = [k for k, t in enumerate(s['texts']) if t['form'] != 'document' and set(t['yes'] + t['no']) & set(held)
             and all(ord(c) < 127 or '가' <= c <= '힣' for c in t['text'])]
    texts = sorted(int(k) for k in rng.choice(texts, 50, replace=False))
    sizes = [len(t['examples']) for t in s['topics']]
    samples = torch.from_numpy(z['samples']).split(sizes)
    owner, v = torch.from_numpy(z['owner']), torch.from_numpy(z['v'])
    rows = []
    with torch.no_grad():
        for k in texts:
            u = v[owner == k]
            logits = head(u, torch.from_numpy(z['full'])[topics], [samples[i] for i in topics]).max(0).values
            rows.append({'text': s['texts'][k]['text'], 'units': len(u), 'logits': [round(float(x), 4) for x in logits]})
    with open(out, 'w') as f:
        json.dump({'topics': [{n: s['topics'][i][n] for n in ('name', 'definition', 'examples')} for i in topics], 'texts': rows}, f, indent=1, ensure_ascii=False)
        f.write('\n')


if __name__ == '__main__':
    main()
