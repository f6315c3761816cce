"""Trains the grounding tower: train.py TABLE BASE OUT --minutes N. Writes OUT/tower.pt and OUT/log.txt.

Inference pairs first, then the grounding sets; relevance is fitted apart (relevance.py). The schedule follows the clock (--minutes) or the number of
rounds (--rounds), whichever is further."""
import argparse
import json
import math
import os
import signal
import sys
import time

import numpy as np
import torch
from torch import nn

from evaluate import load, report, rows
from layout import CUT, Batch, Store
from model import Tower

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import store as trunk  # noqa: E402

# share of each set that a round reads, at the beginning (inference pairs before all) and at the end (what models and people answer)
EARLY = {'conj_nli': .7, 'counterfactual_nli': .7, 'breaking_nli': 1, 'kornli_xnli_ko': 1, 'fever_symmetric': 1, 'fool_me_twice': .7, 'halueval_qa': .2, 'ares_faithfulness': .04,
         'summedits': .3, 'begin_dev': .3, 'faithdial_audit': .3, 'authored_grounding': .1, 'authored_grounding_long': .1, 'authored_grounding_more': .1,
         'authored_grounding_4': .5, 'authored_grounding_5_en': .5, 'authored_grounding_5_ko': .5, 'authored_grounding_6_en': .5, 'authored_grounding_6_ko': .5}
LATE = {'conj_nli': .15, 'counterfactual_nli': .15, 'breaking_nli': .2, 'kornli_xnli_ko': .3, 'fever_symmetric': .6, 'fool_me_twice': .6, 'halueval_qa': .3, 'ares_faithfulness': .1,
        'summedits': .7, 'begin_dev': .7, 'faithdial_audit': .7, 'authored_grounding': .2, 'authored_grounding_long': .4, 'authored_grounding_more': .5,
        'authored_grounding_4': 1, 'authored_grounding_5_en': .8, 'authored_grounding_5_ko': .8, 'authored_grounding_6_en': 1, 'authored_grounding_6_ko': 1}
MOST_TOKENS, MOST_BLOCKS, MOST_WINDOWS = 620, 320, 3  # of a case, source and blocks; of the blocks where the source is long


def draw(store, cases, share, rng):
    """Cases of a round as (source, group, blocks, length)."""
    out = []
    for c in cases:
        source = c['source']
        if not source or rng.random() >= share.get(c['set'], 0):
            continue
        group = tuple(range(min(len(store.texts[source].windows), MOST_WINDOWS)))
        length = sum(len(store.texts[source].windows[w][0]) for w in group)
        blocks, most = [], max(MOST_TOKENS, length + MOST_BLOCKS)
        for k in rng.permutation(len(c['blocks'])):
            b = c['blocks'][k]
            own = len(store.texts[b['r']].windows[0][0]) + (sum(len(w[0]) for w in store.texts[b['q']].windows) if b['q'] else 0)
            if blocks and length + own > most:
                break
            length += own
            blocks.append((b, 0))
        out.append((source, group, blocks, length))
    return out


def loss_of(z, batch, cases):
    """Binary cross-entropy of each block: of its sentences where their labels are known, else of the worst."""
    blocks = {}
    for u, (i, k, j) in enumerate(batch.units):
        blocks.setdefault((i, k), []).append((j, u))
    total, weight = 0, 0
    for (i, k), units in blocks.items():
        b = cases[i][2][k][0]
        w = b.get('w', 1)
        v = z[[u for _, u in units]]
        known = b['s']
        if known and max(j for j, _ in units) < len(known):
            y = torch.tensor([float(known[j]) for j, _ in units])
            part = nn.functional.binary_cross_entropy_with_logits(v, y)
        else:
            part = nn.functional.binary_cross_entropy_with_logits(v.min(), torch.tensor(float(b['y'])))
        total, weight = total + w * part, weight + w
    return total / max(weight, 1e-6)


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base')
    p.add_argument('out')
    p.add_argument('--minutes', type=float, default=1e9)
    p.add_argument('--rounds', type=float, default=14)
    p.add_argument('--early', type=float, default=.4, help='share of the schedule until the mix is the late one')
    p.add_argument('--layers', type=int, default=6)
    p.add_argument('--lr', type=float, default=2e-4)
    p.add_argument('--decay', type=float, default=.9)
    p.add_argument('--heads', type=float, default=5)
    p.add_argument('--budget', type=int, default=1536)
    p.add_argument('--start', help='run to go on from')
    p.add_argument('--dropout', type=float, default=.1)
    p.add_argument('--look', type=float, default=10, help='minutes between looks at development rows')
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
    cases = [json.loads(line) for line in open(a.table)]
    store = Store(a.base, os.path.dirname(os.path.abspath(a.table)), cases)
    train = [c for c in cases if c['split'] == 'train']
    few = []  # a quick look: some rows of a few development sets
    for name, n in (('q2_cross_annotation', 150), ('summedits', 8), ('dialfact_small', 80), ('authored_grounding', 40), ('faithdial_audit', 60), ('fool_me_twice', 80), ('wice', 100), ('kornli_xnli_ko', 60), ('authored_grounding_4', 14),
                    ('authored_grounding_long', 40)):
        few += [c for c in cases if c['set'] == name and c['source'] and c['split'] in ('dev', 'calibrate', 'look')][:n]
    model = load(a.base, a.start) if a.start else Tower(trunk.encoder(a.base).encoder.layer[CUT:CUT + a.layers])
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.p = a.dropout
    model.train()
    n = len(model.layer)
    groups = [{'params': layer.parameters(), 'lr': a.lr * a.decay ** (n - 1 - i)} for i, layer in enumerate(model.layer)]
    groups.append({'params': [*model.segment.parameters(), *model.source_mark.parameters(), *model.query_mark.parameters(), *model.narrow.parameters(), *model.widen.parameters()], 'lr': a.lr * a.heads})
    groups.append({'params': [*model.middle.parameters(), *model.logit.parameters()], 'lr': a.lr * a.heads})
    optimiser = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in optimiser.param_groups]
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    begin, seen, mean, step, looked, rounds, paused = time.time(), 0, 0.0, 0, time.time(), 0.0, 0.0
    fraction = 0.0
    while fraction < 1 and not stopped:
        f = min(1, fraction / a.early) if a.early else 1
        share = {k: EARLY[k] * (1 - f) + LATE[k] * f for k in EARLY}
        some = draw(store, train, share, rng)
        todo = trunk.batches([x[3] for x in some], a.budget, rng)
        for done, index in enumerate(todo):
            fraction = max((rounds + done / len(todo)) / a.rounds, (time.time() - begin - paused) / (60 * a.minutes))
            if stopped or fraction >= 1:
                break
            factor = min(1, (step + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction)))
            for g, r in zip(optimiser.param_groups, rates):
                g['lr'] = r * factor
            chosen = [some[i] for i in index]
            batch = Batch(store, [x[:3] for x in chosen])
            loss = loss_of(model(batch), batch, chosen)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step, seen, mean = step + 1, seen + batch.tokens, .99 * mean + .01 * float(loss)
            if step % 100 == 0:
                say(f'step {step} round {rounds + done / len(todo):.2f} {fraction:.3f} loss {mean / (1 - .99 ** step):.4f} {seen:,} tokens {seen / (time.time() - begin - paused):.0f}/s')
            if time.time() - looked > 60 * a.look:
                now = time.time()
                model.eval()
                report(rows(model, store, few), say)
                model.train()
                torch.save(model.state_dict(), f'{a.out}/tower.pt')
                looked = time.time()
                paused += looked - now
        rounds += 1
    torch.save(model.state_dict(), f'{a.out}/tower.pt')
    say(f'{step} steps, {seen:,} tokens, {time.time() - begin:.0f}s')


if __name__ == '__main__':
    main()
