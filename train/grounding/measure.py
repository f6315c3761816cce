"""Calibrates a run and measures what ships: measure.py TABLE GROUND TRUNK GROUNDING TOPIC RELEVANCE OUT [TASK].

GROUND is the command train/cmd/ground; the others are folders of models in int8. What was not trained on is scored by Merlon's engine, of the sets `look` at most
MOST rows each. Writes calibration.json and SHA256SUMS into both folders, or that of TASK (g: grounding, r: relevance), OUT/figures.md and OUT/scores.jsonl."""
import collections
import hashlib
import json
import os
import random
import subprocess
import sys
from concurrent import futures

import numpy as np

from evaluate import caught

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import metrics  # noqa: E402

# What calibration is fitted to: written groups kept aside for it, and held-out cases of the sets that training reads. A set counts as one,
# however many rows it has
WRITTEN = ['authored_grounding', 'authored_grounding_long', 'authored_grounding_4', 'authored_grounding_5_en', 'authored_grounding_5_ko', 'authored_grounding_6_en', 'authored_grounding_6_ko',
           'authored_grounding_7_talk', 'authored_grounding_7_claims', 'authored_grounding_7_ko']
FITTED = {'g': WRITTEN[:3] + ['halueval_qa', 'ares_faithfulness', 'fever_symmetric', 'fool_me_twice', 'kornli_xnli_ko'],
          'r': WRITTEN + ['ares_context']}
DEMO = [
    ('There are no fees associated with opening a checking account. The monthly fee for maintaining a checking account is $10. There is a 1% transaction charge for international transfers. '
     'There are no charges associated with domestic transfers. The charges associated with late payments of a credit card bill is 23.99%.', [
         ('What are the fees associated with a checking account?', 'There are no fees associated with opening a checking account. The monthly fee for maintaining a checking account is $10.', 1, 1),
         ('What is the transaction charge associated with a credit card?', 'The transaction charge associated with a credit card is 23.99%.', 0, 1),
         ('What are the transaction charges for using a checking bank account?', 'The monthly fee for maintaining a checking account is $10.', 1, 0)]),
    ('당좌 예금 계좌를 개설하는 데에는 수수료가 없습니다. 당좌 예금 계좌의 월 유지 수수료는 10달러입니다. 해외 송금에는 1%의 거래 수수료가 있습니다. 국내 송금에는 수수료가 없습니다. '
     '신용카드 대금 연체에 따른 수수료는 23.99%입니다.', [
         ('당좌 예금 계좌와 관련된 수수료는 무엇인가요?', '당좌 예금 계좌를 개설하는 데에는 수수료가 없습니다. 당좌 예금 계좌의 월 유지 수수료는 10달러입니다.', 1, 1),
         ('신용카드의 거래 수수료는 얼마인가요?', '신용카드의 거래 수수료는 23.99%입니다.', 0, 1),
         ('당좌 예금 계좌를 사용할 때의 거래 수수료는 얼마인가요?', '당좌 예금 계좌의 월 유지 수수료는 10달러입니다.', 1, 0)]),
    ('London is the capital of UK. Tokyo is the capital of Japan.', [
        ('What is the capital of Japan?', 'The capital of Japan is Tokyo.', 1, 1), ('What is the capital of Japan?', 'The capital of Japan is London.', 0, 1),
        ('What is the capital of Japan?', 'The capital of UK is London.', 1, 0), ('What is the capital of Japan?', 'It is raining outside.', 0, 0)])]


# which share of the true rows fall below the scores 0.5 and 0.85: what a threshold costs, rather than a probability, which would hang on how
# many answers are true where it is used
BELOW = {'g': {.5: .1, .85: .15}, 'r': {.5: .15, .85: .3}}
MOST = 400


def quantile(z, w, share):
    order = np.argsort(z)
    return z[order][np.searchsorted(np.cumsum(w[order]), share * w.sum())]


def anchored(z, w, below):
    """a, b of sigmoid(a*z + b) by which `below` holds for true rows z with weights w."""
    (p, share), (q, other) = below.items()
    low, high = quantile(z, w, share), quantile(z, w, other)
    a = (logit(np.array(q)) - logit(np.array(p))) / max(high - low, .1)
    return float(a), float(logit(np.array(p)) - a * low)


def seal(folder, a, b, rows, positives):
    with open(f'{folder}/calibration.json', 'w') as f:
        json.dump({'a': a, 'b': b, 'rows': rows, 'positives': positives}, f)
    with open(f'{folder}/SHA256SUMS', 'w') as f:
        for name in ('calibration.json', 'model.safetensors'):
            with open(f'{folder}/{name}', 'rb') as g:
                f.write(f'{hashlib.sha256(g.read()).hexdigest()}  {name}\n')


def scores(command, folders, rows):
    def some(part):
        lines = ''.join(json.dumps({'source': s, 'query': q, 'response': r}, ensure_ascii=False) + '\n' for s, q, r in part)
        out = subprocess.run([command, *folders], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]
    parts = os.cpu_count()
    with futures.ThreadPoolExecutor(parts) as pool:
        found = list(pool.map(some, [rows[k::parts] for k in range(parts)]))
    return [found[i % parts][i // parts] for i in range(len(rows))]


def logit(p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def few(found):
    """At most MOST rows of each set of the split `look`, drawn once."""
    sets = collections.defaultdict(list)
    for f in found:
        sets[f['set'], f['split'], f['task']].append(f)
    return [f for (name, part, _), rs in sets.items() for f in (random.Random(name).sample(rs, min(MOST, len(rs))) if part == 'look' else rs)]


def table(found, task, names):
    out = ['| rows | n / true | AUROC | F1 of the untrue at 0.5 | at 0.85 | best F1 | filtered at 5 % false blocks |', '|---|---|---|---|---|---|---|']
    for name, chosen in names:
        rs = [r for r in found if r['task'] == task and chosen(r)]
        y, p = np.array([r['y'] for r in rs]), np.array([r['p'] for r in rs])
        if len(set(y)) < 2:
            continue
        a, low, high = metrics.interval(metrics.auroc, y, p)
        f, f_low, f_high = metrics.interval(lambda y, p: metrics.f1(1 - y, 1 - p, .5), y, p)
        g, g_low, g_high = metrics.interval(lambda y, p: metrics.f1(1 - y, 1 - p, .15), y, p)
        c, c_low, c_high = metrics.interval(caught, y, p)
        out.append(f'| {name} | {len(y)} / {y.sum()} | {a:.3f} ({low:.2f}–{high:.2f}) | {f:.3f} ({f_low:.2f}–{f_high:.2f}) | {g:.3f} ({g_low:.2f}–{g_high:.2f}) | {metrics.best_f1(1 - y, -p):.3f} | {c:.2f} ({c_low:.2f}–{c_high:.2f}) |')
    return out


def main():
    path, command, trunk, g, topic, r, out = sys.argv[1:8]
    tasks = sys.argv[8:] or ['g', 'r']
    os.makedirs(out, exist_ok=True)
    folders = {'g': g, 'r': r}
    for task in tasks:
        seal(folders[task], 1, 0, 0, 0)
    cases = [c for c in map(json.loads, open(path)) if c['split'] != 'train']
    found = [{'set': c['set'], 'split': c['split'], 'lang': c['lang'], 'task': b['t'], 'y': b['y'], 'error': b.get('error'), 'form': b.get('form'),
              'source': c['source'], 'query': b['q'], 'response': b['r']} for c in cases for b in c['blocks'] if b['t'] in tasks]
    found = few(found)
    asked = [(f['source'], f['query'], f['response']) for f in found]
    demo = [(s, q, a) for s, triples in DEMO for q, a, _, _ in triples]
    given = scores(command, [trunk, g, topic, r], asked + demo + [(None, q, a) for _, q, a in demo])
    for f, s in zip(found, given):
        f['z'] = float(logit(s['grounding'] if f['task'] == 'g' else s['relevance']))
    maps = {}
    for task in tasks:
        rs = [f for f in found if f['task'] == task and f['set'] in FITTED[task] and f['split'] in ('calibrate', 'look')]
        size = collections.Counter((f['set'], f['y']) for f in rs)
        true = [f for f in rs if f['y']]
        maps[task] = anchored(np.array([f['z'] for f in true]), np.array([1 / size[f['set'], 1] for f in true]), BELOW[task])
        seal(folders[task], *maps[task], len(rs), len(true))
    for f in found:
        a, b = maps[f['task']]
        f['p'] = float(metrics.sigmoid(a * f['z'] + b))
    with open(f'{out}/scores.jsonl', 'w') as file:
        for f in found:
            file.write(json.dumps({k: v for k, v in f.items() if k not in ('source', 'query', 'response')}, ensure_ascii=False) + '\n')
    say = ['calibration: ' + ', '.join(f'{task}: a {a:.3f} b {b:.3f}' for task, (a, b) in maps.items()), '']
    for task, title in (('g', 'Grounding'), ('r', 'Relevance')):
        if task not in tasks:
            continue
        sets = list(dict.fromkeys((f['set'], f['split']) for f in found if f['task'] == task))
        order = {'dev': 0, 'test': 1, 'look': 2, 'calibrate': 3}
        names = [(f'{s}, {p}', lambda f, s=s, p=p: f['set'] == s and f['split'] == p) for s, p in sorted(sets, key=lambda x: order[x[1]])]
        names += [(f'authored test, {lang}', lambda f, lang=lang: f['set'].startswith('authored') and f['split'] == 'test' and f['lang'] == lang) for lang in ('en', 'ko')]
        say += [f'### {title}', '', *table(found, task, names), '']
        means = [metrics.auroc(np.array([f['y'] for f in found if f['set'] == s and f['task'] == task]), np.array([f['z'] for f in found if f['set'] == s and f['task'] == task])) for s, p in sets if p == 'dev']
        say += [f'Mean AUROC of the development sets: {np.mean(means):.3f}', '']
    say += ['### Grounding by kind of error, authored test: share of the unsupported that score below 0.5 and 0.85', '', '| kind | n | below 0.5 | below 0.85 |', '|---|---|---|---|']
    kinds = collections.defaultdict(list)
    for f in found:
        if f['task'] == 'g' and f['set'].startswith('authored') and f['split'] == 'test':
            kinds[f['error'] or 'none (supported)'].append(f['p'])
            if f['form'] == 'no-answer':
                kinds[f'no-answer, {"supported" if f["y"] else "false refusal"}'].append(f['p'])
    say += [f'| {k} | {len(v)} | {np.mean(np.array(v) < .5):.2f} | {np.mean(np.array(v) < .85):.2f} |' for k, v in sorted(kinds.items())]
    say += ['', '### Demos', '', '| query | response | grounding | wanted | relevance | wanted |', '|---|---|---|---|---|---|']
    n, at = len(demo), len(asked)
    truth = [(x, y) for _, triples in DEMO for _, _, x, y in triples]
    for i, ((_, q, a), (x, y)) in enumerate(zip(demo, truth)):
        pg, pr = (metrics.sigmoid(maps[task][0] * logit(z) + maps[task][1]) if task in tasks else z
                  for task, z in (('g', given[at + i]['grounding']), ('r', given[at + n + i]['relevance'])))
        say.append(f'| {q} | {a} | {pg:.3f} | {"≥" if x else "<"} 0.85 | {pr:.3f} | {"≥" if y else "<"} 0.5 |')
    text = '\n'.join(say) + '\n'
    print(text)
    with open(f'{out}/figures.md', 'w') as file:
        file.write(text)


if __name__ == '__main__':
    main()
