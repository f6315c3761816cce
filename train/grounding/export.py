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

from model import KNOWN, NEW_NAMES, NEW_NUMBERS, OVERLAP, trunk
from pairs import FEATURES, NAMES, NUMBERS, Texts

SMALL = .02  # inputs by which a tanh is as good as linear
LARGE = 30.0  # by which it is as good as a step, of a third and more


def with_given(state):
    """The head with what is given, the fixed part of the logit, as three more units."""
    first = state['middle.weight'].shape[1] - FEATURES
    rows = torch.zeros(3, first + FEATURES)
    rows[0, [first + mark for mark in KNOWN]] = SMALL
    rows[1, first + NUMBERS] = LARGE
    rows[2, first + NAMES] = SMALL
    weights = torch.tensor([[OVERLAP / SMALL, NEW_NUMBERS, NEW_NAMES / SMALL]])
    return state | {'middle.weight': torch.cat([state['middle.weight'], rows]), 'middle.bias': torch.cat([state['middle.bias'], torch.zeros(3)]),
                    'logit.weight': torch.cat([state['logit.weight'], weights], 1)}


def tensors(state, cut):
    """The tower's weights by the names that Merlon reads."""
    out = {}
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
    upper = tensors(with_given(torch.load(f'{run}/tower.pt')), trunk.CUT)
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
    texts = Texts(base)
    with open(f'{out}/samples.jsonl', 'w') as f:
        for i in rng.choice(len(cases), 200, replace=False):
            for ids, *_ in list(texts.sequences(cases[i]['source'], cases[i]['blocks'][0]))[:1]:
                f.write(json.dumps(ids) + '\n')


if __name__ == '__main__':
    main()
