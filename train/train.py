"""Trains the upper layers of the encoder and the heads: train.py TABLE BASE OUT [--cut N --passes N --lr X --minutes N ...]

Lower layers and the word table stay as they are; what they give is computed once (store.py). Writes to OUT upper.pt (weights
of the trained layers and heads), scores.npz (logits of every row that was not trained on) and log.txt."""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
from torch import nn

from store import Store, batches, encoder, rows


class Guard(nn.Module):
    """The layers above the cut, pooled, with ten logits: five of content, five of attack."""

    def __init__(self, layers, hidden, pooling):
        super().__init__()
        self.layer, self.pooling = nn.ModuleList(layers), pooling
        self.content, self.attack = nn.Linear(hidden, 5), nn.Linear(hidden, 5)
        for head in (self.content, self.attack):
            nn.init.normal_(head.weight, std=.02)
            nn.init.constant_(head.bias, -1.5)

    def forward(self, x, mask):
        bias = (1 - mask)[:, None, None, :] * -1e4
        for layer in self.layer:
            x = layer(x, bias)[0]
        x = x.float()
        v = x[:, 0] if self.pooling == 'cls' else (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.cat([self.content(v), self.attack(v)], 1)


def score(model, store, indices, budget=4096):
    out = np.zeros((len(indices), 10), np.float32)
    model.eval()
    for batch in batches([store.lengths[i] for i in indices], budget):
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
            out[batch] = model(*store.batch([indices[i] for i in batch])).float().numpy()
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('out')
    p.add_argument('--cut', type=int, default=6)
    p.add_argument('--passes', type=float, default=2)
    p.add_argument('--minutes', type=float, default=1e9, help='plan the schedule for this much time, if it is less than the passes take')
    p.add_argument('--lr', type=float, default=2e-4)
    p.add_argument('--decay', type=float, default=.9, help='learning rate of a layer against that of the one above')
    p.add_argument('--budget', type=int, default=1536, help='tokens a step')
    p.add_argument('--pooling', default='mean', choices=['mean', 'cls'])
    p.add_argument('--held', action='store_true', help='train on the test and source splits too (for the last weights, unmeasured)')
    p.add_argument('--start', help='upper.pt of an earlier run to go on from')
    p.add_argument('--seed', type=int, default=4)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    os.makedirs(a.out, exist_ok=True)
    log = open(f'{a.out}/log.txt', 'a')

    def say(text):
        print(text, flush=True)
        print(text, file=log, flush=True)
    say(json.dumps(vars(a)))
    table = rows(a.table)
    store = Store(a.base, table, a.cut, os.path.dirname(a.table))
    splits = {'train'} | ({'test', 'source'} if a.held else set())
    fit = [i for i, r in enumerate(table) if r['split'] in splits and r['use'] == 'ship']
    target = torch.tensor([r['content'] + r['attack'] for r in table], dtype=torch.float32)
    weight = torch.tensor([r['weight'] for r in table])
    base = encoder(a.base)
    model = Guard(base.encoder.layer[a.cut:], base.config.hidden_size, a.pooling)
    if a.start:
        model.load_state_dict(torch.load(a.start))
    n = len(model.layer)
    groups = [{'params': layer.parameters(), 'lr': a.lr * a.decay ** (n - 1 - i)} for i, layer in enumerate(model.layer)]
    groups.append({'params': list(model.content.parameters()) + list(model.attack.parameters()), 'lr': a.lr * 5})
    opt = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in opt.param_groups]
    say(f'{len(fit)} rows, {sum(store.lengths[i] for i in fit):,} tokens a pass')
    per_pass = len(batches([store.lengths[i] for i in fit], a.budget))
    total, begin, seen, mean, step = int(per_pass * a.passes), time.time(), 0, 0.0, 0
    fraction = 0.0
    while fraction < 1:
        for batch in batches([store.lengths[i] for i in fit], a.budget, rng):
            # the schedule follows steps or the clock, whichever is further: a loaded machine ends with small rates too
            fraction = max(step / total, (time.time() - begin) / (60 * a.minutes))
            if fraction >= 1:
                break
            factor = min(1, (step + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction)))
            for g, r in zip(opt.param_groups, rates):
                g['lr'] = r * factor
            batch = [fit[i] for i in batch]
            x, mask = store.batch(batch)
            model.train()
            with torch.autocast('cpu', torch.bfloat16):
                logits = model(x, mask)
            y, w = target[batch], weight[batch]
            known = (y >= 0).float() * w[:, None]
            loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), y.clamp(min=0), reduction='none')
            loss = (loss * known).sum() / known.sum().clamp(min=1)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            step, seen, mean = step + 1, seen + int(mask.sum()), .98 * mean + .02 * float(loss)
            if step % 50 == 0:
                say(f'step {step}/{total} {fraction:.2f} loss {mean / (1 - .98 ** step):.4f} {seen / (time.time() - begin):.0f} tokens/s {time.time() - begin:.0f}s')
    torch.save(model.state_dict(), f'{a.out}/upper.pt')
    rest = [i for i, r in enumerate(table) if r['split'] not in splits or r['use'] != 'ship']
    np.savez(f'{a.out}/scores.npz', index=np.array(rest), logits=score(model, store, rest))
    say(f'done in {time.time() - begin:.0f}s')


if __name__ == '__main__':
    main()
