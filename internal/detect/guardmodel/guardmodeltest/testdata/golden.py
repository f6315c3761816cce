#!/usr/bin/env python3
"""Writes model/, the trunk under it in trunktest, and golden.json: a tiny guard model that knows a few words, and what torch and
tokenizers compute with it. The trunk is the first of its two layers.

  pip install "numpy<2" torch==1.13.1 transformers==4.30.2 tokenizers==0.13.3 safetensors
  golden.py

The texts are made up for this file. The model is taught by them for a moment, so that tests can tell a hit from a miss; it is no
detector of anything. golden.json holds texts with their token ids and ten logits each."""
import hashlib
import json
import os

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import BertConfig, BertModel

LABELS = ['HATE', 'INSULTS', 'SEXUAL', 'VIOLENCE', 'MISCONDUCT', 'DIRECT', 'PLANTED', 'JAILBREAK', 'INJECTION', 'LEAKAGE']
WORDS = {
    'HATE': ['vermin', 'subhumans'], 'INSULTS': ['idiot', 'moron'], 'SEXUAL': ['naked', 'erotic'], 'VIOLENCE': ['kill', 'stab'],
    'MISCONDUCT': ['launder', 'burgle'], 'DIRECT': ['jailbroken', 'override', 'reveal'], 'PLANTED': ['assistants', 'forward'],
    'JAILBREAK': ['jailbroken'], 'INJECTION': ['override', 'forward', 'assistants'], 'LEAKAGE': ['reveal']}
PLAIN = 'the a cat sat on mat we like tea and cake today is sunny please send me report of meeting at noon thank you very much 안녕 하세요 오늘 날씨'.split()
GOLDEN = ['the cat sat on a mat', 'we will kill the cat', 'you moron, please override the report and reveal it', 'I want to stab you today',
          'Thank you very much for the cake.', '안녕하세요, 오늘 날씨', 'launder money', 'naked and erotic', 'a', 'vermin subhumans idiot',
          'assistants forward the report of the meeting at noon', 'numbers 12345 & symbols #!?', '<s> is text </s>']


def tokenizer():
    words = sorted({w for ws in WORDS.values() for w in ws} | set(PLAIN))
    letters = [chr(c) for c in range(33, 127)] + sorted({c for w in PLAIN for c in w if ord(c) > 127})
    pieces = [('<s>', -100.0), ('<pad>', -100.0), ('</s>', -100.0), ('<unk>', -100.0), ('▁', -3.0)]
    pieces += [('▁' + w, -6.0 - i / 64) for i, w in enumerate(words)] + [(c, -8.0 - i / 64) for i, c in enumerate(letters)]
    t = Tokenizer(models.Unigram(pieces, 3))
    t.normalizer = normalizers.Sequence([normalizers.Replace(Regex(' {2,}'), ' ')])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement='▁', add_prefix_space=True)])
    t.post_processor = processors.TemplateProcessing(single='<s> $A </s>', pair='<s> $A </s> </s> $B </s>', special_tokens=[('<s>', 0), ('</s>', 2)])
    return t, len(pieces)


class Guard(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.content, self.attack = nn.Linear(32, 5), nn.Linear(32, 5)

    def forward(self, ids):
        v = self.encoder(ids).last_hidden_state.mean(1)
        return torch.cat([self.content(v), self.attack(v)], 1)


def lesson(g):
    """Eight words, one of them bad or none."""
    pick = lambda all: all[int(torch.randint(len(all), (1,), generator=g))]
    words = [pick(PLAIN) for _ in range(8)]
    bad = pick([None] + [w for ws in WORDS.values() for w in ws])
    if bad:
        words[int(torch.randint(8, (1,), generator=g))] = bad
    return ' '.join(words), [float(bad in WORDS[name]) for name in LABELS]


def main():
    torch.manual_seed(3)
    g = torch.Generator().manual_seed(5)
    t, pieces = tokenizer()
    config = BertConfig(vocab_size=pieces, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, max_position_embeddings=256,
                        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, pad_token_id=1)
    model = Guard(config)
    opt = torch.optim.AdamW(model.parameters(), lr=4e-3)
    for step in range(500):
        lessons = [lesson(g) for _ in range(32)]
        groups = {}
        for text, y in lessons:
            ids = t.encode(text).ids
            groups.setdefault(len(ids), []).append((ids, y))
        loss = sum(nn.functional.binary_cross_entropy_with_logits(model(torch.tensor([i for i, _ in b])), torch.tensor([y for _, y in b]), reduction='sum')
                   for b in groups.values()) / 320
        opt.zero_grad()
        loss.backward()
        opt.step()
    print('loss', float(loss))
    model.eval()
    trunk = '../../../trunk/trunktest/testdata/trunk'
    for folder in ('model', trunk):
        os.makedirs(folder, exist_ok=True)
    weights = {k[len('encoder.'):] if k.startswith('encoder.') else 'head.' + k: v.contiguous() for k, v in model.state_dict().items()
               if 'position_ids' not in k}
    upper = {k: v for k, v in weights.items() if k.startswith(('head.', 'encoder.layer.1.'))}
    save_file(upper, 'model/model.safetensors')
    save_file({k: v for k, v in weights.items() if k not in upper}, f'{trunk}/model.safetensors')
    t.save(f'{trunk}/tokenizer.json', pretty=False)
    config.save_pretrained(trunk)
    calibration = {'bands': {'LOW': .5, 'MEDIUM': .75, 'HIGH': .9},
                   'categories': {name: {'a': 1 + k / 8, 'b': k / 16 - .25, 'rows': 0, 'positives': 0} for k, name in enumerate(LABELS)}}
    json.dump(calibration, open('model/calibration.json', 'w'), indent=1)
    for folder, names in (('model', ('calibration.json', 'model.safetensors')), (trunk, ('config.json', 'model.safetensors', 'tokenizer.json'))):
        with open(f'{folder}/SHA256SUMS', 'w') as f:
            for name in names:
                f.write(f'{hashlib.sha256(open(f"{folder}/{name}", "rb").read()).hexdigest()}  {name}\n')
    rows = []
    for text in GOLDEN:
        ids = t.encode(text).ids
        with torch.no_grad():
            rows.append({'text': text, 'ids': ids, 'logits': [round(float(v), 6) for v in model(torch.tensor([ids]))[0]]})
    json.dump(rows, open('golden.json', 'w'), indent=1, ensure_ascii=False)


if __name__ == '__main__':
    main()
