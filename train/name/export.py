"""Puts a tower together with the trunk it was trained on: export.py DATA BASE TOWER OUT.

Writes OUT/f32 (model.safetensors, config.json) and OUT/samples.jsonl (token ids of 200 training rows that set int8's ranges), from which
the command quantise makes the tower in int8."""
import json
import os
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from sources import table
from windows import tokens


def main():
    data, base, tower, out = sys.argv[1:5]
    weights, state = load_file(f'{base}/model.safetensors'), torch.load(tower)
    count = 1 + max(int(k.split('.')[1]) for k in state if k.startswith('layer.'))
    kept = {}
    for name, value in weights.items():
        layer = int(name.split('.')[2]) if name.startswith('encoder.layer.') else 0
        if layer < 6:
            kept[name] = value
    for name, value in state.items():
        if name.startswith('layer.'):
            _, i, rest = name.split('.', 2)
            kept[f'encoder.layer.{int(i) + 6}.{rest}'] = value.float().contiguous()
        else:
            kept['head.label.' + name.split('.')[1]] = value.float().contiguous()
    os.makedirs(f'{out}/f32', exist_ok=True)
    save_file(kept, f'{out}/f32/model.safetensors')
    config = json.load(open(f'{base}/config.json'))
    json.dump(config | {'num_hidden_layers': 6 + count}, open(f'{out}/f32/config.json', 'w'))
    rows = [r for r in table(data, 'train/data/pii_more.jsonl') if r['split'] == 'train' and r['source'] in ('authored', 'more')]
    some = np.random.default_rng(4).choice(len(rows), 200, replace=False)
    with open(f'{out}/samples.jsonl', 'w') as f:
        for ids in tokens(base, [rows[i]['text'] for i in some]):
            f.write(json.dumps(ids) + '\n')


if __name__ == '__main__':
    main()
