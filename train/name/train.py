"""Trains the tower for names, addresses, user names, passwords and ages: train.py DATA BASE OUT [--layers N --minutes M ...]

Writes OUT/tower.pt and OUT/log.txt. The trunk stays as it is; what it gives is kept in the folder of OUT."""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
from torch import nn

from augment import variants
from model import Tower
from sources import table
from windows import Windows, batches, encoder


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument('data')
    p.add_argument('base')
    p.add_argument('out')
    p.add_argument('--more', default='train/data/pii_more.jsonl')
    p.add_argument('--layers', type=int, default=3)
    p.add_argument('--minutes', type=float, default=10)
    p.add_argument('--lr', type=float, default=3e-4)
    p.add_argument('--decay', type=float, default=.9)
    p.add_argument('--head', type=float, default=5, help='learning rate of the head against that of the top layer')
    p.add_argument('--budget', type=int, default=1024, help='tokens a step')
    p.add_argument('--variants', type=int, default=2, help='variants of each of our own rows')
    p.add_argument('--public', type=float, default=.25, help='share of the public rows that a pass reads')
    p.add_argument('--dropout', type=float, default=.1)
    p.add_argument('--start', help='tower.pt of an earlier run to go on from')
    p.add_argument('--seed', type=int, default=5)
    return p.parse_args()


def loss_of(logits, y, weight):
    """What is not judged may be anything: the probability of all allowed classes counts. Padding and unclear tokens count nothing."""
    known = y.any(-1)
    p = logits.logsumexp(-1) - logits.masked_fill(~y, -1e4).logsumexp(-1)
    count = known.float() * weight[:, None]
    return (p * count).sum() / count.sum().clamp(min=1)


def main():
    a = arguments()
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    os.makedirs(a.out, exist_ok=True)
    log = open(f'{a.out}/log.txt', 'a')

    def say(text):
        print(text, flush=True)
        print(text, file=log, flush=True)
    say(json.dumps(vars(a)))
    rows = [r for r in table(a.data, a.more) if r['split'] == 'train']
    own = [r for r in rows if r['source'] in ('authored', 'more')]
    rows += variants(own, a.data, a.variants, a.seed)
    windows = Windows(a.base, rows, os.path.dirname(a.out))
    weight = torch.tensor([r['weight'] for r in windows.rows])
    public = np.array([r['source'] not in ('authored', 'more', 'carriers', 'read') for r in windows.rows])
    base = encoder(a.base)
    model = Tower(base.encoder.layer[6:6 + a.layers], base.config.hidden_size)
    if a.start:
        model.load_state_dict(torch.load(a.start))
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.p = a.dropout
    model.train()
    say(f'{len(windows.rows)} rows, {sum(windows.lengths):,} tokens')

    n = len(model.layer)
    groups = [{'params': layer.parameters(), 'lr': a.lr * a.decay ** (n - 1 - i)} for i, layer in enumerate(model.layer)]
    groups.append({'params': model.head.parameters(), 'lr': a.lr * a.head})
    optimiser = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in optimiser.param_groups]
    begin, seen, mean, step, fraction, passes = time.time(), 0, 0.0, 0, 0, 0
    while fraction < 1:
        passes += 1
        part = [i for i in range(len(windows.rows)) if not public[i] or rng.random() < a.public]
        for batch in batches([windows.lengths[i] for i in part], a.budget, rng):
            fraction = (time.time() - begin) / (60 * a.minutes)
            if fraction >= 1:
                break
            factor = min(1, (step + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction)))
            for g, r in zip(optimiser.param_groups, rates):
                g['lr'] = r * factor
            batch = [part[i] for i in batch]
            x, mask, y = windows.batch(batch)
            loss = loss_of(model(x, mask), y, weight[batch])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step, seen, mean = step + 1, seen + int(mask.sum()), .98 * mean + .02 * float(loss)
            if step % 50 == 0:
                say(f'step {step} pass {passes} {fraction:.2f} loss {mean / (1 - .98 ** step):.4f} {seen / (time.time() - begin):.0f} tokens/s')
    torch.save(model.state_dict(), f'{a.out}/tower.pt')


if __name__ == '__main__':
    main()
