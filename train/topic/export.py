"""Writes a fitted run as a model: export.py BASE SET RUN OUT. OUT/f32 has the whole encoder as the command quantise reads it, the layers
of the tower put behind those that stay as they are, and the head; OUT/samples.jsonl 200 training texts as token ids, for int8's ranges."""
import json
import os
import shutil
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from model import tokens

NAMES = {'with_definition': 'definition', 'of_definition': 'own', 'with_nearest': 'nearest', 'with_mean': 'mean', 'bias': 'bias'}


def main():
    base, path, run, out = sys.argv[1:5]
    state = torch.load(f'{run}/fitted.pt')
    weights = {k: v for k, v in load_file(f'{base}/model.safetensors').items()
               if not k.startswith('encoder.layer.') or int(k.split('.')[2]) < state['cut']}
    layers = 0
    for name, value in state['tower'].items():
        if name == 'centre':
            weights['head.centre'] = value.contiguous()
        else:
            _, i, rest = name.split('.', 2)
            weights[f'encoder.layer.{state["cut"] + int(i)}.{rest}'] = value.float().contiguous()
            layers = max(layers, int(i) + 1)
    for name, value in state['head'].items():
        weights['head.' + NAMES[name]] = value.float().contiguous()
    os.makedirs(f'{out}/f32', exist_ok=True)
    save_file(weights, f'{out}/f32/model.safetensors')
    config = json.load(open(f'{base}/config.json'))
    config['num_hidden_layers'] = state['cut'] + layers
    json.dump(config, open(f'{out}/f32/config.json', 'w'), indent=1)
    shutil.copy(f'{base}/tokenizer.json', f'{out}/f32/tokenizer.json')
    s = json.load(open(path))
    texts = [t['text'] for t in s['texts'] if t['yes'] and all(s['topics'][i]['split'] == 'train' for i in t['yes'] + t['no'])]
    with open(f'{out}/samples.jsonl', 'w') as f:
        for ids in tokens(base, [texts[i] for i in np.random.default_rng(4).choice(len(texts), 200, replace=False)]):
            f.write(json.dumps(ids) + '\n')


if __name__ == '__main__':
    main()
