"""Puts a run together as a model folder: export.py BASE RUN TABLE OUT.

Writes OUT/f32 (model.safetensors, config.json: what was trained, for comparison), OUT/samples.jsonl, OUT/fixed.jsonl and
OUT/compare.jsonl (token ids: 200 training rows that set int8's ranges, all rows that were not trained on, 1,500 of them), and tokenizer.json. The command quantise makes int8 of it."""
import json
import os
import shutil
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

import samples
from store import CUT, rows, tokens


def main():
    base, run, table, out = sys.argv[1:5]
    weights = load_file(f'{base}/model.safetensors')
    upper = torch.load(f'{run}/upper.pt')
    top = CUT + 1 + max(int(k.split('.')[1]) for k in upper if k.startswith('layer.'))
    weights = {k: v for k, v in weights.items() if not k.startswith('encoder.layer.') or int(k.split('.')[2]) < top}
    for name, value in upper.items():
        if name.startswith('layer.'):
            _, i, rest = name.split('.', 2)
            name = f'encoder.layer.{int(i) + CUT}.{rest}'
            assert name in weights, name
        else:
            name = 'head.' + name
        weights[name] = value.float().contiguous()
    os.makedirs(f'{out}/f32', exist_ok=True)
    save_file(weights, f'{out}/f32/model.safetensors')
    config = dict(json.load(open(f'{base}/config.json')), num_hidden_layers=top)
    for folder in (out, f'{out}/f32'):
        json.dump(config, open(f'{folder}/config.json', 'w'))
        shutil.copy(f'{base}/tokenizer.json', folder)
    data = rows(table)
    rng = np.random.default_rng(4)
    fixed = [i for i, r in enumerate(data) if r['split'] != 'train']
    test = [i for i in fixed if data[i]['split'] in ('test', 'source')]
    some = sorted(int(i) for i in rng.choice(test, min(1500, len(test)), replace=False))
    samples.write(base, data, f'{out}/samples.jsonl')
    for name, index in (('fixed', fixed), ('compare', some)):
        with open(f'{out}/{name}.jsonl', 'w') as f:
            for ids in tokens(base, [data[i]['text'] for i in index]):
                f.write(json.dumps(ids) + '\n')
    json.dump(fixed, open(f'{out}/fixed.index.json', 'w'))
    json.dump(some, open(f'{out}/compare.index.json', 'w'))


if __name__ == '__main__':
    main()
