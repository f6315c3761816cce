"""Measures what disguises cost: evasion.py TABLE TOOLS MERLON OUT [--model DIR]. Prints a markdown table.

Test rows of authored harm and attacks, and benign ones, go through every transform of TOOLS/evasion.py and then through `merlon eval`,
normaliser and all. Rows that a transform leaves as they are do not count for it."""
import json
import os
import random
import subprocess
import sys

from sources import CONTENT, HEAD
from store import rows

MOST = 60  # rows of each kind and side


def chosen(table):
    rng = random.Random(4)
    test = [r for r in table if r['split'] == 'test' and len(r['text']) <= 400 and r['lang'] in ('en', 'ko')]
    harm = [r for r in test if r['source'] in HEAD and 1 in r['content']]
    attack = [r for r in test if r['source'] == 'prompt_attack_direct' and r['attack'][0] == 1]
    benign = [r for r in test if r['source'] in HEAD and 1 not in r['content'] or r['source'] == 'prompt_attack_direct' and r['attack'][0] == 0]
    for kind, part in (('content', harm), ('attack', attack), ('benign', benign)):
        for r in rng.sample(part, min(MOST, len(part))):
            yield kind, r


def measured(merlon, picked, path, extra):
    """Recall of content and of attacks at strength MEDIUM, and the false positives of each among benign rows, in points."""
    with open(path, 'w') as f:
        for kind, r, text in picked:
            labels = {'content': [c for c, v in zip(CONTENT, r['content']) if v == 1], 'attack': ['PROMPT_ATTACK'], 'benign': []}[kind]
            judged = {'content': labels, 'attack': ['PROMPT_ATTACK'], 'benign': [*CONTENT, 'PROMPT_ATTACK']}[kind]
            f.write(json.dumps({'text': text, 'labels': labels, 'judged': judged}) + '\n')
    subprocess.run([merlon, 'eval', path, '--out', path + '.out', *extra], check=True, stdout=subprocess.DEVNULL)
    out = []
    for table in json.load(open(path + '.out'))['tables']:
        if table['label'] in ('CONTENT', 'PROMPT_ATTACK'):
            point = next(p for p in table['points'] if p['at'] == 'strength MEDIUM')
            out.append([100 * (point[k] or {'value': 0})['value'] for k in ('recall', 'falsePositiveRate')])
    return out


def main():
    table, tools, merlon, out = sys.argv[1:5]
    sys.path.insert(0, tools)
    from evasion import TRANSFORMS
    os.makedirs(out, exist_ok=True)
    picked = list(chosen(rows(table)))
    print('| disguise | kind | rows | content recall, plain → disguised | attack recall | content false positives | attack false positives |\n|---|---|---|---|---|---|---|')
    for name, t in TRANSFORMS.items():
        changed = [(kind, r, t.apply(r['text'])) for kind, r in picked]
        changed = [c for c in changed if c[2] != c[1]['text']]
        plain = measured(merlon, [(kind, r, r['text']) for kind, r, _ in changed], f'{out}/{name}.plain.jsonl', sys.argv[5:])
        dark = measured(merlon, changed, f'{out}/{name}.jsonl', sys.argv[5:])
        cells = [f'{plain[i][k]:.0f} → {dark[i][k]:.0f}' for k in (0, 1) for i in (0, 1)]
        print(f'| {name} | {t.kind} | {len(changed)} | ' + ' | '.join(cells) + ' |', flush=True)


if __name__ == '__main__':
    main()
