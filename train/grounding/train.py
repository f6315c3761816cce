"""Trains the grounding tower: train.py TABLE BASE OUT --tokens N. Writes OUT/tower.pt and OUT/log.txt.

Inference pairs first, then the grounding sets; relevance is fitted apart (relevance.py). What is read next is drawn, and taken through the trunk,
while the tower learns from what was read last. The schedule follows the number of tokens or the clock (--minutes), whichever is further."""
import argparse
import json
import math
import os
import queue
import signal
import threading
import time

import numpy as np
import torch
from torch import nn

from evaluate import load, report, rows
from model import Tower
from pairs import Batch, Texts, read, trunk

CUT = trunk.CUT
# share of each set that a round reads (above 1: so many times), at the beginning (inference pairs before all) and at the end (what models and people answer)
EARLY = {'conj_nli': .7, 'counterfactual_nli': .7, 'breaking_nli': .6, 'kornli_xnli_ko': 1, 'fever_symmetric': 1, 'fool_me_twice': .7, 'halueval_qa': .2, 'ares_faithfulness': .04,
         'summedits': .2, 'begin_dev': .3, 'faithdial_audit': .3, 'authored_grounding': .1, 'authored_grounding_long': .1, 'authored_grounding_more': .1,
         'authored_grounding_4': .3, 'authored_grounding_5_en': .3, 'authored_grounding_5_ko': .3, 'authored_grounding_6_en': .3, 'authored_grounding_6_ko': .3,
         'authored_grounding_7_talk': .5, 'authored_grounding_7_claims': .5, 'authored_grounding_7_ko': .5, 'authored_grounding_8_en': 1, 'authored_grounding_8_ko': 1, 'authored_grounding_9_en': 1, 'authored_grounding_9_ko': 1, 'binding_en': .2, 'binding_ko': .2}
LATE = {'conj_nli': .3, 'counterfactual_nli': .3, 'breaking_nli': .2, 'kornli_xnli_ko': .5, 'fever_symmetric': .6, 'fool_me_twice': .6, 'halueval_qa': .2, 'ares_faithfulness': .06,
        'summedits': .4, 'begin_dev': .7, 'faithdial_audit': .7, 'authored_grounding': .1, 'authored_grounding_long': .4, 'authored_grounding_more': .5,
        'authored_grounding_4': .8, 'authored_grounding_5_en': .8, 'authored_grounding_5_ko': .8, 'authored_grounding_6_en': .8, 'authored_grounding_6_ko': .8,
        'authored_grounding_7_talk': 1, 'authored_grounding_7_claims': 1, 'authored_grounding_7_ko': 1, 'authored_grounding_8_en': 4, 'authored_grounding_8_ko': 4, 'authored_grounding_9_en': 4, 'authored_grounding_9_ko': 4, 'binding_en': .2, 'binding_ko': .2}
LONGEST = 48, 192  # tokens of a part of the source, at least and at most, by chance: what belongs together is easier to see in little
INVENTED = .35  # share of the sentences made by rule and of those of other sources that is read
LONG = .5  # share of the sequences of more than 160 tokens that is read: pairs teach, not tokens
ROUND = 120_000  # tokens that are drawn and taken through the trunk at a time


def draw(texts, cases, share, rng):
    """Sequences of a round with what is known of their labels: (ids, units, part of the source, block)."""
    out, size = [], 0
    times = np.floor([share.get(c['set'], 0) for c in cases] + rng.random(len(cases))).astype(int)
    for c in rng.permutation(np.repeat(np.arange(len(cases)), times)):
        case = cases[c]
        for b in case['blocks']:
            if b.get('w', 1) <= .5 and 'error' not in b and rng.random() > INVENTED:
                continue
            read = {}
            for ids, units, part, window in texts.sequences(case['source'], b, int(rng.integers(*LONGEST))):
                read.setdefault(window, []).append((ids, units, part))
            if not read or b['s'] is None and not b['y'] and len(read) > 1:
                continue  # in which window the untrue sentence stands is not known
            of = read[list(read)[rng.integers(len(read))]]
            said = set(texts[b['r']][0])
            one = max(of, key=lambda x: len(said & set(x[2])))  # the part of the source that has most of the response's words
            if len(one[0]) <= 160 or rng.random() < LONG:
                out.append((*one, b))
                size += len(one[0])
        if size > ROUND:
            break
    return out


def loss_of(z, batch, blocks):
    """Binary cross-entropy of each block: of its sentences where their labels are known, else of the worst."""
    of = {}
    for u, (i, s) in enumerate(batch.units):
        of.setdefault(i, []).append((s, u))
    total, weight = 0, 0
    for i, units in of.items():
        b = blocks[i]
        w, v, known = b.get('w', 1), z[[u for _, u in units]], b['s']
        if known and max(s for s, _ in units) < len(known):
            y = torch.tensor([float(known[s]) for s, _ in units])
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
    p.add_argument('--tokens', type=float, default=5e6)
    p.add_argument('--early', type=float, default=.5, help='share of the schedule until the mix is the late one')
    p.add_argument('--layers', type=int, default=6)
    p.add_argument('--lr', type=float, default=2e-4)
    p.add_argument('--decay', type=float, default=.9)
    p.add_argument('--heads', type=float, default=4)
    p.add_argument('--budget', type=int, default=1536)
    p.add_argument('--start', help='run to go on from')
    p.add_argument('--dropout', type=float, default=.1)
    p.add_argument('--look', type=float, default=12, help='minutes between looks at development rows')
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
    cases = [c for c in map(json.loads, open(a.table)) if c['source']]
    texts, train = Texts(a.base), [c for c in cases if c['split'] == 'train']
    few = []  # a quick look: some rows of a few development sets
    for name, n in (('q2_cross_annotation', 150), ('summedits', 8), ('dialfact_small', 80), ('faithdial_audit', 50), ('fool_me_twice', 60), ('wice', 80), ('kornli_xnli_ko', 40), ('authored_grounding_4', 14),
                    ('authored_grounding_6_ko', 14), ('authored_grounding_long', 14)):
        few += [c for c in cases if c['set'] == name and c['split'] in ('dev', 'calibrate', 'look')][:n]
    model = load(a.base, a.start) if a.start else Tower(trunk.encoder(a.base).encoder.layer[CUT:CUT + a.layers])
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.p = a.dropout
    model.train()
    n = len(model.layer)
    groups = [{'params': layer.parameters(), 'lr': a.lr * a.decay ** (n - 1 - i)} for i, layer in enumerate(model.layer)]
    groups.append({'params': [*model.middle.parameters(), *model.logit.parameters()], 'lr': a.lr * a.heads})
    optimiser = torch.optim.AdamW(groups, weight_decay=.01)
    rates = [g['lr'] for g in optimiser.param_groups]
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    begin, seen, mean, step, looked, paused = time.time(), 0, 0.0, 0, time.time(), 0.0
    ready = queue.Queue(1)

    def fraction(tokens):
        return max(tokens / a.tokens, (time.time() - begin - paused) / (60 * a.minutes))

    def fill():
        drawn = 0  # what is drawn hangs on this and not on how far the tower is, so that without a clock runs are alike
        try:
            while True:
                f = min(1, fraction(drawn) / a.early) if a.early else 1
                some = draw(texts, train, {k: EARLY[k] * (1 - f) + LATE[k] * f for k in EARLY}, rng)
                drawn += sum(len(s[0]) for s in some)
                ready.put((some, read([s[0] for s in some])))
        except BaseException as e:
            ready.put(e)  # who waits for rows raises it
            raise
    threading.Thread(target=fill, daemon=True).start()
    order = np.random.default_rng(a.seed + 1)
    while fraction(seen) < 1 and not stopped:
        given = ready.get()
        if isinstance(given, BaseException):
            raise given
        some, hidden = given
        lengths = [len(s[0]) for s in some]
        starts = np.cumsum([0, *lengths])
        for index in trunk.batches(lengths, a.budget, order):
            if stopped or fraction(seen) >= 1:
                break
            factor = min(1, (step + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * fraction(seen))))
            for g, r in zip(optimiser.param_groups, rates):
                g['lr'] = r * factor
            batch = Batch(hidden, [starts[i] for i in index], [some[i] for i in index])
            loss = loss_of(model(batch), batch, [some[i][3] for i in index])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step, seen, mean = step + 1, seen + batch.tokens, .99 * mean + .01 * float(loss)
            if step % 25 == 0:
                say(f'step {step} {fraction(seen):.3f} loss {mean / (1 - .99 ** step):.4f} {seen:,} tokens {seen / (time.time() - begin - paused):.0f}/s')
            if time.time() - looked > 60 * a.look:
                now = time.time()
                torch.save(model.state_dict(), f'{a.out}/tower.pt')
                model.eval()
                report(rows(model, texts, few), say)
                model.train()
                looked = time.time()
                paused += looked - now
    torch.save(model.state_dict(), f'{a.out}/tower.pt')
    say(f'{step} steps, {seen:,} tokens, {time.time() - begin:.0f}s')


if __name__ == '__main__':
    main()
