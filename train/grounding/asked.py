"""Pairs of a query and a response, with whether the one answers the other: the sets that relevance is fitted to and measured on, beside what
written sources with questions give. What each is and why it is in is in ../data/grounding.md."""
import collections
import math
import os
import random

from files import load, split
from words import sentences, words

HERE = os.path.dirname(os.path.abspath(__file__))
SENTENCE = 30, 400  # characters of a sentence that may answer
RARE = .02  # share of all sentences that a word may be in, to say what a sentence is about


def lone(name, lang, part, row, label, weight=1):
    return {'set': name, 'lang': lang, 'split': part, 'source': None, 'blocks': [{'q': row['query'], 'r': row['response'], 't': 'r', 'y': int(label), 's': None, 'w': weight}]}


def public(data, rng):
    out = []
    rows = load(f'{data}/relevance/ares_context.jsonl.gz')
    for r in rng.sample(rows, 2400):
        out.append(lone('ares_context', 'en', 'look' if split(r['query']) == 'test' else 'train', r, r['label'], .7))
    rows = load(f'{data}/relevance/ares_answer.jsonl.gz')
    for r in rng.sample(rows, 4000):
        out.append(lone('ares_answer', 'en', 'look' if split(r['query']) == 'test' else 'train', r, r['label'], .5))
    answers = [r for r in rows if r['label'] and split(r['query']) == 'train']
    for r in rng.sample(answers, 1200):
        other = rng.choice(answers)
        if other['query'] != r['query']:
            out.append(lone('ares_answer', 'en', 'train', {'query': r['query'], 'response': other['response']}, 0, .5))
    rows = [r for r in load(f'{data}/grounding/kornli_xnli_ko.jsonl.gz') if r['label'] == 1 and split(r['source']) == 'train']
    for r in rng.sample(rows, 1200):
        out.append(lone('kornli_pairs', 'ko', 'train', {'query': r['source'], 'response': r['response']}, 1, .5))
        out.append(lone('kornli_pairs', 'ko', 'train', {'query': r['source'], 'response': rng.choice(rows)['response']}, 0, .5))
    for name, n, lang in (('clapnq_dev', 600, 'en'), ('korsts', 700, 'ko'), ('trecqa', 1200, 'en')):
        rows = load(f'{data}/relevance/{name}.jsonl.gz')
        for r in rng.sample(rows, min(n, len(rows))):
            out.append(lone(name, lang, 'dev', r, r['label']))
    return out


def written():
    """Questions with two answers each and two sentences that answer something else, held out by question."""
    out = []
    for lang in ('en', 'ko'):
        for line in open(f'{HERE}/../data/relevance_{lang}.tsv'):
            kind, text = line.rstrip('\n').split('\t')
            if kind == 'Q':
                query = text
            else:
                part = 'test' if split(query) == 'test' else 'train'
                out.append(lone(f'relevance_{lang}', lang, part, {'query': query, 'response': text.replace('\\n', '\n')}, kind))
    return out


def statements(data, rng):
    """Korean sentences with what follows from them, what does not and what contradicts them."""
    rows = collections.defaultdict(list)
    for r in load(f'{data}/grounding/kornli_xnli_ko.jsonl.gz'):
        if split(r['source']) == 'train':
            rows[r['source']].append(r)
    return [lone('kornli_triples', 'ko', 'train', {'query': s, 'response': r['response']}, r['label'], .5 if r['label'] else .25)
            for s in rng.sample(sorted(rows), 1000) for r in rows[s]]


def passages(data, rng):
    """Questions with a sentence of their passage that holds the answer, two of other passages that share words with the question, and one of any."""
    asked = [r for r in load(f'{data}/relevance/ares_context.jsonl.gz') if split(r['query']) == 'train']
    answer = {r['query']: r['response'] for r in load(f'{data}/relevance/ares_answer.jsonl.gz') if r['label'] and 1 < len(r['response'].strip('. ')) < 60}
    pool = list(dict.fromkeys((r['query'], s) for r in asked[:6000] for s in parts(r['response'])))
    count = collections.Counter(w for _, s in pool for w in {key for *_, key, _ in words(s)})

    def about(text):
        return {key for *_, key, _ in words(text) if count[key] < RARE * len(pool)}
    holds = collections.defaultdict(list)
    for i, (_, s) in enumerate(pool):
        for w in sorted(about(s)):
            holds[w].append(i)
    out, n = [], 0
    for r in asked:
        query, wanted = r['query'], answer.get(r['query'], '').lower().strip('. ')
        topic = about(query)
        good = [s for s in parts(r['response']) if wanted and wanted in s.lower() and topic & about(s)]
        if not r['label'] or not good:
            continue
        shared = collections.Counter()
        for w in sorted(topic):
            for i in holds[w]:
                shared[i] += math.log(len(pool) / count[w])
        other = [pool[i][1] for i, _ in shared.most_common(12) if pool[i][0] != query and wanted not in pool[i][1].lower()]
        out.append(lone('ares_sentence', 'en', 'train', {'query': query, 'response': rng.choice(good)}, 1, .5))
        out += [lone('ares_sentence', 'en', 'train', {'query': query, 'response': s}, 0, .25) for s in rng.sample(other, min(2, len(other)))]
        out.append(lone('ares_sentence', 'en', 'train', {'query': query, 'response': rng.choice(pool)[1]}, 0, .15))
        n += 1
        if n == 1300:
            break
    return out


def parts(text):
    return [text[a:z] for a, z in sentences(text) if SENTENCE[0] < z - a < SENTENCE[1]]


def cases(data, rng):
    return public(data, rng) + written() + statements(data, random.Random(5)) + passages(data, random.Random(11))
