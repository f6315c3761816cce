"""Writes what the Go test compares with: fixture.py MODEL FIXED OUT. 200 of the rows not trained on, as token ids, with
the logits that transformers and torch give in f32."""
import json
import sys

import numpy as np
import torch
from safetensors.torch import load_file

from store import encoder

model, fixed, out = sys.argv[1:4]
weights = load_file(f'{model}/model.safetensors')
net = encoder(model)
lines = open(fixed).read().splitlines()
result = []
for i in np.random.default_rng(4).choice(len(lines), 200, replace=False):
    ids = json.loads(lines[i])[:96]
    with torch.no_grad():
        v = net(torch.tensor([ids])).last_hidden_state[0].mean(0)
        logits = torch.cat([weights[f'head.{h}.weight'] @ v + weights[f'head.{h}.bias'] for h in ('content', 'attack')])
    result.append({'IDs': ids, 'Logits': [round(float(x), 4) for x in logits]})
with open(out, 'w') as f:
    f.write('[\n' + ',\n'.join(json.dumps(r, separators=(',', ':')) for r in result) + '\n]\n')
