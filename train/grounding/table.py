"""Builds the table of grounding and relevance: table.py DATA OUT. One line a case: a source (or none) with the blocks that are held against it.

A block is a query (or none), a response, the task ('g' grounding or 'r' relevance), the label of the whole and, where it is known, of each
sentence. What each set is and why it is in is in ../data/grounding.md."""
import collections
import json
import os
import random
import re
import sys

import asked
import bind
import invent
from files import load, split
from words import sentences

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = ['conj_nli', 'counterfactual_nli', 'breaking_nli', 'kornli_xnli_ko', 'fever_symmetric', 'fool_me_twice', 'halueval_qa', 'ares_faithfulness']
ANSWERS = ['summedits', 'begin_dev', 'faithdial_audit']  # what models answered, judged by people: learned from since words alone do not show what goes wrong
DEV = ['wice', 'q2_cross_annotation', 'dialfact_small']
DEV_ROWS = 700  # of each development set, drawn once
WRITTEN = ['grounding_more', 'grounding_4', 'grounding_5_en', 'grounding_5_ko', 'grounding_6_en', 'grounding_6_ko',
           'grounding_7_talk', 'grounding_7_claims', 'grounding_7_ko', 'grounding_8_en', 'grounding_8_ko', 'grounding_9_en', 'grounding_9_ko']
BOUND = 2500  # cases of each language made from relations


def block(row, task, label, known=None, **more):
    return {'q': row.get('query') or None, 'r': row['response'], 't': task, 'y': int(label), 's': known, **more}


def by_source(rows, key='source'):
    cases = collections.OrderedDict()
    for r in rows:
        cases.setdefault(r[key], []).append(r)
    return cases


def known(row):
    """Labels of an authored response's sentences by its unsupported words; None where those cannot be found in it."""
    parts = sentences(row['response'])
    if row['grounded']:
        return [1] * len(parts)
    labels = [1] * len(parts)
    for span in (row['unsupported'] or '').split('|'):
        span = span.strip()
        at = row['response'].find(span)
        if not span or at < 0:
            return None
        for i, (a, b) in enumerate(parts):
            if a < at + len(span) and at < b:
                labels[i] = 0
    return labels


def authored(rows, rng):
    """Cases of written rows, given as (name of the file, row)."""
    out = []
    foreign = collections.defaultdict(list)
    for _, r in rows:
        foreign[r['lang'], split(r['group'])].append(r)
    for name in dict.fromkeys(n for n, _ in rows):
        for source, mine in by_source([r for n, r in rows if n == name]).items():
            lang, part = mine[0]['lang'], split(mine[0]['group']) if name != 'grounding_more' else 'train'
            blocks = [block(r, 'g', r['grounded'], known(r), error=r['error'], form=r['form']) for r in mine]
            judged = [block(r, 'r', r['relevant']) for r in mine if r['query']]
            if part == 'train':
                queries = list(dict.fromkeys(r['query'] for r in mine))
                for r in mine:  # a true answer to another question of the same source is written as irrelevant by hand; one of another source is too
                    if r['query'] and r['relevant'] and rng.random() < .4:
                        other = rng.choice(foreign[lang, part])
                        if other['group'] != r['group']:
                            judged.append({'q': r['query'], 'r': other['response'], 't': 'r', 'y': 0, 's': None})
                other = rng.choice(foreign[lang, part])
                if other['group'] != mine[0]['group']:
                    blocks.append({'q': rng.choice(queries), 'r': other['response'], 't': 'g', 'y': 0, 's': None, 'w': .5})
                blocks += invent.blocks(source, lang, rng, 6)
            out.append({'set': 'authored_' + name, 'lang': lang, 'split': part, 'group': mine[0]['group'], 'source': source, 'blocks': blocks})
            for b in judged:
                out.append({'set': 'authored_' + name, 'lang': lang, 'split': part, 'group': mine[0]['group'], 'source': None, 'blocks': [b]})
    return out


def written(path):
    """The rows of a file of WRITTEN as load gives authored ones. What is not supported may stand between brackets; a query of - is none."""
    out, source, query = [], None, None
    for line in open(path):
        kind, *rest = line.rstrip('\n').split('\t')
        if kind == 'S':
            lang, source = rest
        elif kind == 'Q':
            query = rest[0] if rest[0] != '-' else None
        else:
            response = rest[0].replace('\\n', '\n')
            spans = re.findall('⟦(.*?)⟧', response, re.S)
            out.append({'source': source.replace('\\n', '\n'), 'query': query, 'response': re.sub('[⟦⟧]', '', response), 'lang': lang, 'grounded': int(kind[0]), 'relevant': int(kind[1]),
                        'error': None if kind[2:] == '-' else kind[2:], 'form': 'sentence', 'group': 'gm-' + source[:40], 'unsupported': '|'.join(spans) or None})
    return out


def ares(data, rng):
    """Passages with right and wrong answers; a share of the rows, since many say the same. One passage in ten is held out."""
    out = []
    for source, rows in by_source(load(f'{data}/grounding/ares_faithfulness.jsonl.gz')).items():
        part = 'train' if split(source) != 'test' else 'look'
        if part == 'train' and rng.random() > .45 or part == 'look' and rng.random() > .3:
            continue
        # the wrong answers of this set are other rows' answers: few from one passage, else the set teaches itself
        rows = rng.sample(rows, min(6, len(rows)))
        blocks = [block(r, 'g', r['label'], w=.7) for r in rows]
        if part == 'train':
            blocks += invent.blocks(source, 'en', rng, 5)
        out.append({'set': 'ares_faithfulness', 'lang': 'en', 'split': part, 'source': source, 'blocks': blocks})
    return out


def pairs(data, name, rng):
    out = []
    for source, rows in by_source(load(f'{data}/grounding/{name}.jsonl.gz')).items():
        if name == 'breaking_nli':
            kept = [r for r in rows if r['label'] or rng.random() < .35]  # 7 of 8 rows are contradictions by one word
            rows = kept
        if not rows:
            continue
        held = any(r['split'] in ('conj_dev', 'dev') for r in rows) if name in ('conj_nli', 'counterfactual_nli') else split(source) == 'test'
        out.append({'set': name, 'lang': rows[0]['lang'], 'split': 'look' if held else 'train', 'source': source,
                    'blocks': [block(r, 'g', r['label']) for r in rows]})
    return out


def plain(text):
    return re.sub(r'\W+', '', text.lower())


def answers(data):
    """Answers and edited summaries that people judged. A passage of a development set, or of a part that is held out, is left out;
    so are replies that say nothing, or whose judges held them for supported and unhelpful."""
    taken = {plain(r['source']) for name in DEV for r in load(f'{data}/grounding/{name}.jsonl.gz')}
    kept = []
    for name in ANSWERS:
        rows = [r for r in load(f'{data}/grounding/{name}.jsonl.gz') if plain(r['source']) not in taken]
        rows = [r for r in rows if r['label'] or not re.search('eneric|ncooperative', str(r['label_raw']))]
        weight = min(1, sum(r['label'] == 1 for r in rows) / sum(r['label'] == 0 for r in rows))
        kept += [(name, r, 1 if r['label'] else max(.5, weight)) for r in rows]
    out = []
    for (name, source), mine in by_source([{**r, 'key': (name, r['source']), 'w': w} for name, r, w in kept], 'key').items():
        out.append({'set': name, 'lang': 'en', 'split': 'look' if split(plain(source)) == 'test' else 'train', 'source': source,
                    'blocks': [block(r, 'g', r['label'], w=r['w']) for r in mine]})
    return out


def development(data):
    out = []
    for name in DEV:
        rng = random.Random(name)
        rows = load(f'{data}/grounding/{name}.jsonl.gz')
        for source, mine in by_source(rng.sample(rows, min(DEV_ROWS, len(rows)))).items():
            out.append({'set': name, 'lang': 'en', 'split': 'dev', 'source': source,
                        'blocks': [block(r, 'g', r['label'], error=str(r['label_raw']), form=r['split']) for r in mine]})
    return out


def main():
    data, path = sys.argv[1:3]
    rng = random.Random(7)
    cases = authored([(name, r) for name in ('grounding', 'grounding_long') for r in load(f'{data}/authored/{name}.jsonl')], rng) + ares(data, rng)
    for name in TRAIN[:-1]:
        cases += pairs(data, name, rng)
    cases += answers(data) + development(data) + asked.cases(data, rng)
    for seed, name in enumerate(WRITTEN, 8):
        cases += authored([(name, r) for r in written(f'{HERE}/../data/{name}.tsv')], random.Random(seed))
    cases += bind.cases(random.Random(20), split, BOUND)
    with open(path, 'w') as f:
        for c in cases:
            f.write(json.dumps(c, ensure_ascii=False) + '\n')
    count = collections.Counter()
    for c in cases:
        for b in c['blocks']:
            count[c['set'], c['split'], b['t'], b['y']] += 1
    for k, n in sorted(count.items()):
        print(*k, n)


if __name__ == '__main__':
    main()
