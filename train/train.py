"""Trains the guard model's tower and its heads: train.py TABLE BASE OUT [--layers N --passes N --lr X --minutes N ...]

The trunk stays as it is; what it gives is computed once (store.py). Layers and heads are trained together; heads.py fits the heads anew to
the layers in int8. Writes to OUT upper.pt (weights of the tower's layers and heads) and log.txt."""
import argparse
import json
import math
import os
import signal
import time

import numpy as np
import torch
from torch import nn

from heads import known
from store import CUT, Store, batches, encoder, precision, rows


class Guard(nn.Module):
    """The layers of the tower, pooled, with ten logits: five of content, five of attack."""

    def __init__(self, layers, hidden):
        super().__init__()
        self.layer = nn.ModuleList(layers)
        self.content, self.attack = nn.Linear(hidden, 5), nn.Linear(hidden, 5)
        self.begin()

    def begin(self):
        """Sets the heads to what they start from."""
        for head in (self.content, self.attack):
            nn.init.normal_(head.weight, std=.02)
            nn.init.constant_(head.bias, -1.5)

    def pooled(self, x, mask):
        bias = (1 - mask)[:, None, None, :] * -1e4
        with precision():
            for layer in self.layer:
                x = layer(x, bias)[0]
        return (x.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    def forward(self, x, mask):
        v = self.pooled(x, mask)
        return torch.cat([self.content(v), self.attack(v)], 1)


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('out')
    p.add_argument('--layers', type=int, default=3, help='layers of the tower')
    p.add_argument('--passes', type=float, default=2)
    p.add_argument('--minutes', type=float, default=1e9, help='plan the schedule for this much time, if it is less than the passes take')
    p.add_argument('--lr', type=float, default=2e-4)
    p.add_argument('--decay', type=float, default=.9, help='learning rate of a layer against that of the one above')
    p.add_argument('--heads', type=float, default=5, help='learning rate of the heads against that of the top layer')
    p.add_argument('--budget', type=int, default=1536, help='tokens a step')
    p.add_argument('--long', type=float, default=1, help='share of the long rows (above 128 tokens) that is read, by chance')
    p.add_argument('--part', type=float, default=1, help='share of all rows that a pass reads, by chance')
    p.add_argument('--full', default='', help='sources, with commas between, whose rows are all read in every pass')
    p.add_argument('--start', help='upper.pt of an earlier run to go on from')
    p.add_argument('--dropout', type=float, default=.1, help='inside the layers, while they train')
    p.add_argument('--seed', type=int, default=4)
    return p.parse_args()


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
    table = [r for r in rows(a.table) if r['split'] == 'train' and r['use'] == 'ship']
    store = Store(a.base, table, CUT, os.path.dirname(a.table))
    share = np.array([1 if r['source'] in a.full.split(',') else a.part * (1 if length <= 128 else a.long) for r, length in zip(table, store.lengths)])
    target = torch.tensor([r['content'] + r['attack'] for r in table], dtype=torch.float32)
    weight = torch.tensor([r['weight'] for r in table])
    base = encoder(a.base)
    model = Guard(base.encoder.layer[CUT:CUT + a.layers], base.config.hidden_size)
    if a.start:
        model.load_state_dict(torch.load(a.start))
        model.begin()  # heads that are fitted to vectors would not survive it when these move
    say(f'{len(table)} rows, {sum(store.lengths):,} tokens a pass')
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = a.dropout
    model.train()
    tune(model, store, target, weight, share, a, rng, say)
    torch.save(model.state_dict(), f'{a.out}/upper.pt')


def tune(model, store, target, weight, share, a, rng, say):
    """Trains layers and heads together by AdamW with warm-up and cosine. SIGTERM ends it early and keeps what was learned."""
    n = len(model.layer)
    groups = [{'params': layer.parameters(), 'lr': a.lr * a.decay ** (n - 1 - i)} for i, layer in enumerate(model.layer)]
    groups.append({'params': [*model.content.parameters(), *model.attack.parameters()], 'lr': a.lr * a.heads})
    optimiser = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in optimiser.param_groups]
    total = int(len(batches(store.lengths, a.budget)) * a.passes)
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    begin, seen, mean, step = time.time(), 0, 0.0, 0
    while True:
        part = np.flatnonzero(rng.random(len(share)) < share)
        for batch in batches([store.lengths[i] for i in part], a.budget, rng):
            # the schedule follows steps or the clock, whichever is further: a loaded machine ends with small rates too
            fraction = max(step / max(1, total), (time.time() - begin) / (60 * a.minutes))
            if stopped or fraction >= 1 or total == 0:
                return
            factor = min(1, (step + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction)))
            for g, r in zip(optimiser.param_groups, rates):
                g['lr'] = r * factor
            batch = [part[i] for i in batch]
            x, mask = store.batch(batch)
            logits, y = model(x, mask), target[batch]
            count = known(y, weight[batch], 1)
            loss = nn.functional.binary_cross_entropy_with_logits(logits, y.clamp(min=0), reduction='none')
            loss = (loss * count).sum() / count.sum().clamp(min=1)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step, seen, mean = step + 1, seen + int(mask.sum()), .98 * mean + .02 * float(loss)
            if step % 50 == 0:
                say(f'step {step}/{total} {fraction:.2f} loss {mean / (1 - .98 ** step):.4f} {seen / (time.time() - begin):.0f} tokens/s')


if __name__ == '__main__':
    main()
