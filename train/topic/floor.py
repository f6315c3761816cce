"""Raw multilingual-e5-small as it comes, all layers, on the held-out topics: floor.py BASE SET. Prints figures."""
import json
import sys

import torch

from model import Tower, described, encoder, precision
from measure import Scores, report


def main():
    base, path = sys.argv[1:3]
    s = json.load(open(path))
    import numpy as np
    from store import tokens, pad, batches
    model = encoder(base)
    def embed(texts, prefix):
        ids = tokens(base, [prefix + t for t in texts])
        out = torch.zeros(len(texts), 384)
        for b in batches([len(i) for i in ids], 4096):
            x, m = pad([ids[j] for j in b])
            with torch.no_grad(), precision():
                h = model(x, attention_mask=m).last_hidden_state.float()
            out[b] = (h * m[..., None]).sum(1) / m.sum(1, keepdim=True)
        return out
    for prefix in ('query: ', ''):
        v = embed([t['text'] for t in s['texts']], prefix)
        d = embed([described(t) for t in s['topics']], prefix)
        e = [embed(t['examples'], prefix) if t['examples'] else None for t in s['topics']]
        centre = v.mean(0)
        norm = lambda x: torch.nn.functional.normalize(x - centre, dim=-1)
        v, d = norm(v), norm(d)
        cos = v @ d.T
        best = torch.stack([(v @ norm(x).T).max(1).values if x is not None else cos[:, i] for i, x in enumerate(e)], 1)
        report(f'raw e5 {prefix!r}, definition alone', Scores(s, cos.numpy(), 'calibrate'))
        report(f'raw e5 {prefix!r}, definition + examples', Scores(s, (.5 * cos + .5 * best).numpy(), 'calibrate'))


if __name__ == '__main__':
    main()
