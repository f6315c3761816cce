"""Writes a run as Merlon loads it: export.py BASE RUN TABLE OUT.

OUT/f32 has config.json and model.safetensors with the whole encoder and the heads, for train/cmd/quantise; OUT/samples.jsonl the
token ids of 200 training texts that set int8's ranges."""
import json
import os
import shutil
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from layout import CUT
from model import KNOWN, OVERLAP

SMALL = .05  # inputs by which a tanh is as good as linear


def with_overlap(state):
    """The head with the share of known words as one more unit."""
    row = torch.zeros(1, state['middle.weight'].shape[1])
    row[0, [2 * 384 + mark for mark in KNOWN]] = SMALL
    return state | {'middle.weight': torch.cat([state['middle.weight'], row]), 'middle.bias': torch.cat([state['middle.bias'], torch.zeros(1)]),
                    'logit.weight': torch.cat([state['logit.weight'], torch.full((1, 1), OVERLAP / SMALL)], 1)}


def tensors(state, cut, centre, spread):
    """The tower's weights by the names that Merlon reads, with how rows are compared."""
    out = {'centre': torch.from_numpy(centre), 'spread': torch.from_numpy(spread)}
    for name, value in state.items():
        part, *rest = name.split('.')
        if part == 'layer':
            name = f'encoder.layer.{int(rest[0]) + cut}.' + '.'.join(rest[1:])
        elif part in ('middle', 'logit'):
            name = f'head.{name}'
        out[name] = value.detach().float().contiguous()
    return out


def main():
    base, run, table, out = sys.argv[1:5]
    kept = np.load(f'{os.path.dirname(os.path.abspath(table))}/trunk{CUT}.npz')
    upper = tensors(with_overlap(torch.load(f'{run}/tower.pt')), CUT, kept['centre'], kept['spread'])
    top = 1 + max(int(k.split('.')[2]) for k in upper if k.startswith('encoder.layer.'))
    weights = {k: v for k, v in load_file(f'{base}/model.safetensors').items() if not k.startswith('encoder.layer.') or int(k.split('.')[2]) < top}
    for name in upper:
        assert not name.startswith('encoder.') or name in weights, name
    os.makedirs(f'{out}/f32', exist_ok=True)
    save_file({**weights, **upper}, f'{out}/f32/model.safetensors')
    for name in ('config.json', 'tokenizer.json'):
        shutil.copy(f'{base}/{name}', f'{out}/f32')
    cases = [c for c in map(json.loads, open(table)) if c['split'] == 'train' and c['source']]
    rng = np.random.default_rng(4)
    t = Tokenizer.from_file(f'{base}/tokenizer.json')
    with open(f'{out}/samples.jsonl', 'w') as f:
        for i in rng.choice(len(cases), 200, replace=False):
            text = ' '.join(x for x in (cases[i]['blocks'][0]['q'], cases[i]['blocks'][0]['r'], cases[i]['source']) if x)
            ids = t.encode(text).ids
            f.write(json.dumps(ids[:255] + ids[-1:]) + '\n')


if __name__ == '__main__':
    main()
