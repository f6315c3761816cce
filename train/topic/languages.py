"""Tells languages apart in the vectors of a model folder: languages.py BASE SET MODEL. Adds `head.languages` to MODEL/model.safetensors:
for Korean, English and each other language with LEAST rows in train/data/languages_*.tsv the direction, of length 1, in which its texts
lie from the centre. The layers are those of the folder, in float32."""
import csv
import glob
import json
import os
import re
import sys

import torch
from safetensors.torch import load_file, save_file

from model import FITTED, Rows, Tower, encoder

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import resume  # noqa: E402

LEAST = 15
MOST = 1000  # texts of each language that the head is fitted to


def texts(path):
    """{language: texts}: of topics that are trained on, and of the rows in other languages."""
    s, out = json.load(open(path)), {lang: [] for lang in FITTED}
    for t in s['texts']:
        if t['form'] == 'positives' and all(s['topics'][i]['split'] == 'train' for i in t['yes'] + t['no']) and len(out[t['lang']]) < MOST:
            out[t['lang']].append(t['text'])
    for name in sorted(glob.glob('train/data/languages_?.tsv')):
        for _, lang, _, text in csv.reader(open(name), delimiter='\t', quoting=csv.QUOTE_NONE):
            out.setdefault(lang, []).append(text.replace('\\n', '\n'))
    return {lang: rows for lang, rows in out.items() if len(rows) >= LEAST}


def main():
    base, path, model = sys.argv[1:4]
    stored = load_file(f'{model}/model.safetensors')
    weights = resume.floats(stored)
    layers = list(encoder(base).encoder.layer[resume.CUT:])
    for i, layer in enumerate(layers):
        prefix = f'encoder.layer.{resume.CUT + i}.'
        layer.load_state_dict({k[len(prefix):]: v for k, v in weights.items() if re.match(re.escape(prefix), k)})
    tower = Tower(layers)
    tower.centre.data = weights['head.centre']
    by = texts(path)
    rows = Rows(base, [t for part in by.values() for t in part], os.path.dirname(path), resume.CUT)
    with torch.no_grad():
        vectors, _ = tower.vectors(rows, range(len(rows.ids)), 4096, whole=True)
        means = [part.mean(0) for part in vectors.split([len(part) for part in by.values()])]
    for lang, mean in zip(by, means):
        print(f'{lang} {len(by[lang])} texts, {float(mean.norm()):.2f} from the centre')
    stored['head.languages'] = torch.nn.functional.normalize(torch.stack(means), dim=-1)
    save_file(stored, f'{model}/model.safetensors', {'format': 'pt'})


if __name__ == '__main__':
    main()
