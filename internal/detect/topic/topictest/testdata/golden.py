#!/usr/bin/env python3
"""Writes model/ and golden.json here: a tiny topic model, and what torch computes with it.

  pip install "numpy<2" torch==1.13.1 transformers==4.30.2 tokenizers==0.13.3 safetensors
  golden.py

The layer is that of the tiny guard model, on the tiny trunk; the head is drawn by chance around a cosine. It detects nothing but likeness.
golden.json holds topics, texts and the logit of each text for each topic, by the recipe's own model.py."""
import hashlib
import json
import os
import sys

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, *['..'] * 5)
sys.path.insert(0, os.path.join(ROOT, 'train', 'topic'))
from model import Head, language, units, without  # noqa: E402

TRUNK = os.path.join(ROOT, 'internal', 'detect', 'trunk', 'trunktest', 'testdata', 'trunk')
GUARD = os.path.join(ROOT, 'internal', 'detect', 'guardmodel', 'guardmodeltest', 'testdata', 'model')
TOPICS = [
    {'name': 'Crime', 'definition': 'we will launder money and burgle', 'examples': ['launder', 'burgle the cat please']},
    {'name': 'Tea', 'definition': 'tea and cake at noon', 'examples': []},
    {'name': 'Weather', 'definition': '오늘 날씨 is sunny today', 'examples': ['today is sunny']},
]
TEXTS = ['the cat sat on a mat', 'we will launder the money', 'tea and cake', 'we like tea. Please send me the report of the meeting. "we will burgle and launder."',
         'today is sunny\n\nthank you very much for the cake!', '안녕하세요, 오늘 날씨', 'a', 'yes. no. thank you. today is sunny.',
         'numbers 12345 & symbols #!? and so on', 'send the report of the meeting at noon. thank you. we like tea! and cake']


def main():
    torch.manual_seed(9)
    weights = load_file(f'{TRUNK}/model.safetensors')
    tower = {k: v for k, v in load_file(f'{GUARD}/model.safetensors').items() if k.startswith('encoder.')}
    config = BertConfig.from_dict(json.load(open(f'{TRUNK}/config.json')))
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    net = BertModel(config, add_pooling_layer=False)
    missing, _ = net.load_state_dict({**weights, **tower}, strict=False)
    assert all('position_ids' in m for m in missing), missing
    net.eval()
    t = Tokenizer.from_file(f'{TRUNK}/tokenizer.json')
    head = Head(32)
    with torch.no_grad():
        for name, p in head.named_parameters():
            p += torch.randn(p.shape) * (.3 if name != 'bias' else .1)

    def means(text):
        e = t.encode(text)
        u = torch.from_numpy(units(text, e.offsets))
        with torch.no_grad():
            h = net(torch.tensor([e.ids])).last_hidden_state[0]
        return (u @ h) / u.sum(1, keepdim=True)
    centre = torch.stack([means(text)[0] for text in TEXTS]).mean(0)

    def vectors(text):
        return torch.nn.functional.normalize(means(text) - centre, dim=-1)
    d = torch.cat([vectors(f"{x['name']}: {x['definition']}")[:1] for x in TOPICS])
    e = [torch.cat([vectors(s)[:1] for s in x['examples']]) if x['examples'] else torch.zeros(0, 32) for x in TOPICS]
    # the topic of the weather alone is in a language that the head is not fitted to
    languages = torch.nn.functional.normalize(torch.stack([*(x + y.sum(0) for x, y in zip(d, e)), torch.randn(32)]), dim=-1)
    known = [language(languages, *t) for t in zip(d, e)]
    assert [k is not None for k in known] == [False, False, True]
    rows = []
    for text in TEXTS:
        v = vectors(text)
        with torch.no_grad():
            logits = [head(without(k, v), without(k, d[i:i + 1]), [without(k, e[i])]).max() for i, k in enumerate(known)]
        rows.append({'text': text, 'units': len(v), 'logits': [round(float(x), 5) for x in logits]})
    os.makedirs(f'{HERE}/model', exist_ok=True)
    names = {'with_definition': 'definition', 'of_definition': 'own', 'with_nearest': 'nearest', 'with_mean': 'mean', 'bias': 'bias'}
    out = {**tower, 'head.centre': centre, 'head.languages': languages, **{'head.' + names[k]: v.detach().contiguous() for k, v in head.named_parameters()}}
    save_file(out, f'{HERE}/model/model.safetensors')
    json.dump({'alone': {'a': 1.0, 'b': 0.0, 'threshold': 0.9}, 'samples': {'a': 0.5, 'b': 0.25, 'threshold': 0.75}}, open(f'{HERE}/model/calibration.json', 'w'))
    with open(f'{HERE}/model/SHA256SUMS', 'w') as f:
        for name in ('calibration.json', 'model.safetensors'):
            f.write(f'{hashlib.sha256(open(f"{HERE}/model/{name}", "rb").read()).hexdigest()}  {name}\n')
    json.dump({'topics': TOPICS, 'texts': rows}, open(f'{HERE}/golden.json', 'w'), indent=1, ensure_ascii=False)
    for r in rows:
        print(r)


if __name__ == '__main__':
    main()
