"""Holds base encoders against each other on the same rows: bases.py TABLE BASE [BASE ...] [--layers FROM:TO ...]. Prints figures; writes nothing.

BASE is a folder with config.json, model.safetensors and tokenizer.json; FROM is the first layer that learns, TO where the encoder ends, for each BASE.
Every base is trained alike: the same random rows in the same order, one pass, all layers from FROM on and ten heads over the mean of the rows,
in float32. heads.py's way of fitting is left out: bases are compared, not what ships."""
import argparse
import json
import math
import time

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel

import metrics
from heads import known
from store import batches, pad, rows, tokens

MEASURED = ('content_en', 'content_ko', 'content_responses', 'prompt_attack_direct')


class Classifier(nn.Module):
    def __init__(self, base, first, last):
        super().__init__()
        config = BertConfig.from_dict(json.load(open(f'{base}/config.json')))
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.bert = BertModel(config, add_pooling_layer=False)
        self.bert.load_state_dict({k.removeprefix('bert.'): v for k, v in load_file(f'{base}/model.safetensors').items()}, strict=False)
        self.bert.encoder.layer = self.bert.encoder.layer[:last]
        self.first, self.head = first, nn.Linear(config.hidden_size, 10)
        nn.init.normal_(self.head.weight, std=.02)
        nn.init.constant_(self.head.bias, -1.5)

    def forward(self, ids, mask):
        with torch.set_grad_enabled(self.training and self.first == 0):
            x = self.bert.embeddings(ids)
        bias = (1 - mask)[:, None, None, :] * -1e4
        for i, layer in enumerate(self.bert.encoder.layer):
            with torch.set_grad_enabled(self.training and i >= self.first):
                x = layer(x, bias)[0]
        return self.head((x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))


def fit(model, ids, target, weight, a):
    learning = [p for layer in model.bert.encoder.layer[model.first:] for p in layer.parameters()]
    optimiser = torch.optim.AdamW([{'params': learning, 'lr': a.lr}, {'params': model.head.parameters(), 'lr': 5 * a.lr}], weight_decay=.01)
    rates = [g['lr'] for g in optimiser.param_groups]
    # the same batches of rows for every base, whatever its tokens are
    order = np.random.default_rng(a.seed).permutation(len(ids))
    steps = [order[i:i + a.rows_a_step] for i in range(0, len(order), a.rows_a_step)]
    begin, model = time.time(), model.train()
    for n, step in enumerate(steps):
        factor = min(1, (n + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * n / len(steps))))
        for g, r in zip(optimiser.param_groups, rates):
            g['lr'] = r * factor
        optimiser.zero_grad(set_to_none=True)
        for half in batches([len(ids[i]) for i in step], 1024):
            chosen = [step[i] for i in half]
            count = known(target[chosen], weight[chosen], 1)
            loss = nn.functional.binary_cross_entropy_with_logits(model(*pad([ids[i] for i in chosen])), target[chosen].clamp(min=0), reduction='none')
            ((loss * count).sum() / a.rows_a_step).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if n % 50 == 49:
            print(f'  step {n + 1} of {len(steps)}, {time.time() - begin:.0f} s', flush=True)


def figures(model, base, table):
    model.eval()
    ids = tokens(base, [r['text'] for r in table])
    z = np.zeros((len(table), 10))
    with torch.no_grad():
        for batch in batches([len(i) for i in ids], 4096):
            z[batch] = model(*pad([ids[i] for i in batch])).numpy()
    for name, column, chosen in (('content', slice(0, 5), lambda r: r['source'].startswith('content') and -1 not in r['content'] or max(r['content']) == 1),
                                 ('direct attack', slice(5, 6), lambda r: r['source'] == 'prompt_attack_direct')):
        for lang in ('en', 'ko'):
            of = [i for i, r in enumerate(table) if r['lang'] == lang and r['source'].startswith(MEASURED[:3] if name == 'content' else MEASURED[3:]) and chosen(r)]
            y = np.array([int(max((table[i]['content'] + table[i]['attack'])[column]) == 1) for i in of])
            v, low, high = metrics.interval(metrics.auroc, y, z[of][:, column].max(1))
            print(f'  {name} {lang}: {len(y)} rows, {y.sum()} of them, AUROC {v:.3f} ({low:.2f}–{high:.2f})', flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('table')
    p.add_argument('base', nargs='+')
    p.add_argument('--layers', nargs='+', required=True)
    p.add_argument('--rows', type=int, default=9000)
    p.add_argument('--rows-a-step', type=int, default=24)
    p.add_argument('--lr', type=float, default=1e-4)
    p.add_argument('--seed', type=int, default=4)
    a = p.parse_args()
    table = rows(a.table)
    measured = [r for r in table if r['split'] == 'test' and r['source'].startswith(MEASURED)]
    table = [r for r in table if r['split'] == 'train' and r['use'] == 'ship' and r['lang'] in ('en', 'ko') and len(r['text']) < 500]
    table = [table[i] for i in np.random.default_rng(a.seed).choice(len(table), a.rows, replace=False)]
    target, weight = torch.tensor([r['content'] + r['attack'] for r in table], dtype=torch.float32), torch.tensor([r['weight'] for r in table])
    for base, layers in zip(a.base, a.layers, strict=True):
        torch.manual_seed(a.seed)
        model = Classifier(base, *map(int, layers.split(':')))
        ids = tokens(base, [r['text'] for r in table])
        print(f'{base}, layers {layers}: {sum(p.numel() for p in model.bert.parameters()):,} weights, {len(ids)} rows, {sum(map(len, ids)):,} tokens', flush=True)
        fit(model, ids, target, weight, a)
        figures(model, base, measured)


if __name__ == '__main__':
    main()
