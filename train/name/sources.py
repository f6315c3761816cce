"""Rows of every source as one shape: text, lang, spans (start, end, label), judged (the labels the source speaks of), source, split.

Splits: train; calibrate (every sixth of our own new rows); test (the odd rows of the authored set, by which quality_test.go holds its floors too); source (wikigold, whole);
dev (sets that only measure). A text longer than a window is cut at white space."""
import gzip
import json
import re

import carriers

LABELS = ['NAME', 'ADDRESS', 'USERNAME', 'PASSWORD', 'AGE']
# Roles of a contract that sec_filings calls persons.
ROLES = set('borrower borrowers lender lenders bank lessee lessor tenant landlord guarantor guarantors executive employee company parent '
            'purchaser seller buyer agent trustee holder holders administrative obligor obligors owner participant grantor assignor '
            'assignee debtor party parties licensee licensor client consultant director officer stockholder shareholder'.split())


def lines(path):
    opened = gzip.open(path, 'rt') if path.endswith('.gz') else open(path)
    return [json.loads(line) for line in opened]


def authored(path):
    for i, r in enumerate(lines(path)):
        spans = [(s['start'], s['end'], s['type']) for s in r['spans'] if s['type'] in LABELS]
        yield dict(text=r['text'], lang=r['lang'], spans=spans, judged=LABELS, index=i, form=r['form'])


def public(data, name, most=None):
    for i, r in enumerate(lines(f'{data}/pii/{name}.jsonl.gz')[:most]):
        spans, unclear = [], []
        for s in r['labels']:
            if s['type'] not in ('PERSON', 'AGE', 'ADDRESS', 'USERNAME', 'PASSWORD'):
                continue
            text, a, b = s['text'], s['start'], s['end']
            label = 'NAME' if s['type'] == 'PERSON' else s['type']
            if label == 'NAME' and ('@' in r['text'][max(0, a - 2):b]):
                unclear.append((a, b))
                continue
            if name == 'sec_filings' and all(w.lower() in ROLES for w in re.findall(r'\w+', text)):
                continue
            lead = len(text) - len(text.lstrip('- .,"\'#'))
            spans.append((a + lead, b, label))
        yield dict(text=r['text'], lang=r['lang'], spans=spans, unclear=unclear, judged=['NAME'], index=i)


def read(data, path):
    """Texts of other sets that were read for names, addresses, user names and passwords: most hold none. A line is an id, or a file of
    ../shared/data/authored and a row of it, and spans."""
    files = {n: lines(f'{data}/{n}.jsonl{z}') for n, z in (('content/ko_chat_benign', '.gz'), ('topics/clinc150', '.gz'), ('authored/content_ko', ''),
                                                          ('authored/content_ko_chat', ''), ('authored/content_en_chat', ''),
                                                          ('authored/prompt_attack_direct', ''), ('authored/prompt_attack_indirect', ''))}
    by = {r['id']: r for rows in files.values() for r in rows if 'id' in r}
    for line in open(path):
        name, spans = line.rstrip('\n').split('\t')
        r = by[name] if name in by else files['authored/' + name.split(':')[0]][int(name.split(':')[1])]
        found = [re.fullmatch(r'(\d+)-(\d+) (\w+)', s).groups() for s in spans.split(';') if s]
        yield dict(text=r['text'], lang=r['lang'], spans=[(int(a), int(b), k) for a, b, k in found], judged=LABELS[:4])


def table(data, more):
    """All rows. `more` is the first file of rows written for this family, pii_more.jsonl; the others stand beside it."""
    out = []

    def add(rows, source, split, weight=1.0):
        for r in rows:
            out.append(r | {'source': source, 'split': split(r) if callable(split) else split, 'weight': weight,
                            'unclear': r.get('unclear', [])})
    add(authored(f'{data}/authored/pii.jsonl'), 'authored', lambda r: ['train', 'test'][r['index'] % 2])
    for path in (more, *(more.replace('pii_more', name) for name in ('pii_4', 'pii_5', 'pii_6', 'pii_7', 'pii_8_en', 'pii_8_ko'))):  # each counts its own rows, so an added file moves no row of another
        add(authored(path), 'more', lambda r: 'calibrate' if r['index'] % 6 == 5 else 'train')
    add(read(data, more.replace('pii_more.jsonl', 'pii_read.tsv')), 'read', 'train', .7)
    add((dict(text=t, spans=s, lang=k, judged=LABELS) for t, s, k in carriers.rows(data, 8)), 'carriers', 'train', .5)
    add(public(data, 'broad_twitter_corpus'), 'broad_twitter_corpus', 'train', .3)
    add(public(data, 'wnut17_train'), 'wnut17_train', 'train', .3)
    add(public(data, 'sec_filings'), 'sec_filings', 'train', .3)
    add(public(data, 'wikigold'), 'wikigold', 'source')
    for name, most in (('wikineural_en_val', 1500), ('conll2003_en', 1500), ('klp2016_ner', 1500), ('kr_deid_ner_silver', 1000),
                       ('pii_syn_nano', None)):
        add(public(data, name, most), name, 'dev')
    return out


def benign(data):
    """Texts in which next to nothing is personal, to count what is found in them all the same."""
    for name, most in (('topics/clinc150', 1500), ('content/harmless_instructions', 300), ('content/ko_chat_benign', 800)):
        for r in lines(f'{data}/{name}.jsonl.gz')[:most]:
            yield dict(text=r['text'], lang=r['lang'], spans=[], unclear=[], judged=LABELS, source=name.split('/')[1], split='benign')
    for name in ('content_en_chat', 'content_en_violence_misconduct', 'content_ko', 'content_ko_chat'):
        rows = [r for r in lines(f'{data}/authored/{name}.jsonl') if not r['labels']]
        for r in rows[:300]:
            yield dict(text=r['text'], lang=r['lang'], spans=[], unclear=[], judged=LABELS, source=name, split='benign')
