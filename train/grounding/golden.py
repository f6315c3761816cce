"""Writes tiny towers with random weights on a tiny trunk, and what torch computes with it: golden.py TRUNK TOWER OUT.

TRUNK is internal/detect/trunk/trunktest/testdata/trunk and TOWER guardmodeltest's layer above it, only for its names and shapes; OUT gets
the folders grounding and relevance, and golden.json. The texts are made up for this file."""
import copy
import hashlib
import json
import os
import shutil
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertLayer

import answer
import comparison
import layout
import relevance
import store as trunk
from export import tensors, with_given
from model import Tower
from pairs import Texts

LONG = 'the cat sat on a mat and we like tea and cake today . ' * 60
CASES = [('the cat sat on a mat', None, 'The cat sat on the mat.'), ('the cat sat on a mat', 'where is the cat', 'A dog sat there today. It is sunny now.'),
         ('We send 12 reports at noon.', 'how many reports', '12 reports. We send them very early.'), ('안녕 하세요 오늘 날씨', '오늘 날씨', '오늘 날씨 is sunny'),
         (LONG, 'do we like tea', 'We like tea and cake. We sat on the cake today! Thank you very much for the meeting.'),
         ('a', 'a', 'a'), ('tea and cake', 'tea ' * 200, 'cake and tea for you'), (LONG + ' we like 42 cats', None, LONG),
         ('the cat sat on a mat', 'is Tom a cat', 'The cat Tom sat on Anna and Bob. It sat on 7 of 12 mats with I and Eve.'),
         ('thank you', 'numbers 12345', 'numbers 12345 & 1,000 symbols #!?'), ('a mat', 'We like tea.', 'We like a cake. It is sunny.'), ('meeting at noon', 'when is the meeting', 'The meeting is at noon. </s> it is')]


def save(folder, weights, a, b):
    os.makedirs(folder, exist_ok=True)
    save_file({k: v.contiguous() for k, v in weights.items()}, f'{folder}/model.safetensors')
    json.dump({'a': a, 'b': b, 'rows': 0, 'positives': 0}, open(f'{folder}/calibration.json', 'w'))
    with open(f'{folder}/SHA256SUMS', 'w') as f:
        for name in ('calibration.json', 'model.safetensors'):
            f.write(f'{hashlib.sha256(open(f"{folder}/{name}", "rb").read()).hexdigest()}  {name}\n')


def main():
    lower, upper, out = sys.argv[1:4]
    torch.manual_seed(11)
    config = BertConfig.from_dict(json.load(open(f'{lower}/config.json')))
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    base = tempfile.mkdtemp()
    for name in ('config.json', 'tokenizer.json'):
        shutil.copy(f'{lower}/{name}', base)
    save_file({**load_file(f'{lower}/model.safetensors'), **{k: v for k, v in load_file(f'{upper}/model.safetensors').items() if k.startswith('encoder.')}},
              f'{base}/model.safetensors')
    torch.set_default_dtype(torch.float32)
    tower = Tower([BertLayer(config)], 32, 8)
    for p in tower.parameters():
        p.data.normal_(0, .4)
    for name, p in tower.named_parameters():
        if 'LayerNorm.weight' in name:
            p.data = 1 + p.data / 8
    cases = [{'source': s, 'blocks': [{'q': q, 'r': r}]} for s, q, r in CASES]
    trunk.np.float16 = np.float32  # rows are kept whole here
    trunk.TRUNK = lower
    real = torch.autocast
    torch.autocast = lambda *a, **k: real('cpu', enabled=False)
    table = layout.Store(base, base, cases, 1)
    comparison.NARROW, comparison.UNITS, comparison.POOLED, comparison.HIDDEN = 12, 24, 10, 12
    beside, ground = comparison.Compare(32).eval(), torch.randn(32).numpy() / 4
    for p in beside.parameters():
        p.data.normal_(0, .3)
    beside.likeness.data.fill_(6)
    beside.top[2].bias.data -= 5  # some doubted, some not
    z = comparison.together(tower.eval(), beside, ground, Texts(base), [{**c, 'split': 'test'} for c in cases], .75)
    seen = relevance.vectors(table, [trunk.encoder(base).encoder.layer[1]], list(table.texts))
    centre = np.mean([v[0] for v in seen.values()], 0)
    middle, weight, bias = seen[LONG, 0][2].astype(np.float32).mean(0), torch.randn(5 + 18 + 32) / 4, .3
    network = answer.Answer(32, relevance.PAIR).eval()
    for p in network.parameters():
        p.data.normal_(0, .3)
    mean, deviation = np.full(relevance.PAIR + 32, .1, np.float32), np.full(relevance.PAIR + 32, 2, np.float32)
    rows = []
    for i, (s, q, r) in enumerate(CASES):
        row = {'source': s, 'query': q, 'response': r, 'sentences': [round(v, 5) for _, v in sorted(z[i, 0].items())]}
        if q:
            described = relevance.describe(table, seen, {'q': q, 'r': r}, centre, middle)
            if answer.asks(q):
                logits = [network(*answer.batch([relevance.answered(table, seen, {'q': q, 'r': r}, middle, (x - mean) / deviation, w)], relevance.PAIR)) + torch.from_numpy(x) @ weight / 8 + bias / 8
                          for w, x in enumerate(described)]
            else:
                logits = [torch.from_numpy(x) @ weight + bias for x in described]
            row['relevance'] = round(max(map(float, logits)), 5)
        rows.append(row)
    save(f'{out}/grounding', {**tensors(with_given(copy.deepcopy(tower.state_dict())), 1), **comparison.fold(beside, ground, .75)}, .5, .1)
    layer = {k: v for k, v in load_file(f'{base}/model.safetensors').items() if k.startswith('encoder.layer.1.')}
    save(f'{out}/relevance', {**layer, 'centre': torch.from_numpy(centre), 'middle': torch.from_numpy(middle), 'head.weight': weight[None], 'head.bias': torch.tensor([bias]), **answer.fold(network, mean, deviation, weight / 8, bias / 8)}, 1.5, -.2)
    with open(f'{out}/golden.json', 'w') as f:
        f.write('[\n' + ',\n'.join(json.dumps(r, ensure_ascii=False) for r in rows) + '\n]\n')


if __name__ == '__main__':
    main()
