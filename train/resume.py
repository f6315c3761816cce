"""Gives a shipped tower back as a run to go on from: resume.py MODEL RUN. Reads MODEL/model.safetensors (int8), writes RUN/upper.pt and
RUN/tower.pt, the same weights in float32 by the names that the tower's trainer uses."""
import os
import re
import sys

import torch
from safetensors.torch import load_file

INPUT = {'query': 'self', 'key': 'self', 'value': 'self'}
CUT = 6
TOPIC_CUT = 9  # layers of the topic tower below it stay as the base has them
TOPIC_HEAD = {'definition': 'with_definition', 'own': 'of_definition', 'nearest': 'with_nearest', 'mean': 'with_mean', 'bias': 'bias'}


def floats(stored):
    """The tensors in float32: a weight is its int8 times the scale of its row times the factor of its column (internal/nn/quantise.go)."""
    out = {}
    for name, value in stored.items():
        if name.endswith('.factor') or name.endswith('.weight_scale'):
            continue
        if value.dtype == torch.int8:
            block = name.rsplit('.', 2)[0] if name.split('.')[-2] in INPUT else name.rsplit('.', 1)[0]
            value = value.float() * stored[name + '_scale'][:, None] * stored[block + '.factor'][None, :]
        out[name] = value.float()
    return out


def topic(stored):
    """The state of topic/train.py: the layers above TOPIC_CUT, the centre, the head."""
    tower, head = {}, {}
    for name, value in stored.items():
        layer = re.match(r'encoder\.layer\.(\d+)\.(.*)', name)
        if layer and int(layer[1]) >= TOPIC_CUT:
            tower[f'layer.{int(layer[1]) - TOPIC_CUT}.{layer[2]}'] = value
        elif name == 'head.centre':
            tower['centre'] = value
        elif not layer and name != 'head.languages':  # which are made again from the tower
            head[TOPIC_HEAD[name[len('head.'):]]] = value
    return {'tower': tower, 'head': head, 'layers': '9,10,11', 'cut': TOPIC_CUT}


def main():
    model, run = sys.argv[1:3]
    stored, state = floats(load_file(f'{model}/model.safetensors')), {}
    os.makedirs(run, exist_ok=True)
    if 'head.definition' in stored:
        torch.save(topic(stored), f'{run}/tower.pt')
        return
    for name, value in stored.items():
        name = re.sub(r'^encoder\.layer\.(\d+)\.', lambda m: f'layer.{int(m[1]) - CUT}.', name)
        name = re.sub(r'^head\.label\.', 'head.', name)  # the name tower calls its one head so
        state[re.sub(r'^head\.(?=content|attack|middle|logit)', '', name)] = value
    for file in ('upper.pt', 'tower.pt'):
        torch.save(state, f'{run}/{file}')


if __name__ == '__main__':
    main()
