"""Rows that were written or read for this project: train/data/*.tsv, each with a data sheet beside it or in DATA.md."""
import os

from sources import ATTACK, BLANK, CLEAN, CODES, flags, lines, row

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')
OPEN, CLOSE = '⟦', '⟧'


def tsv(name):
    for line in open(f'{HERE}/{name}.tsv'):
        yield line.rstrip('\n').replace('\\n', '\n').split('\t')


def public(data, manifest):
    """Public rows judged by reading, as in relabelled.tsv: relabelled_more.tsv and relabelled_2.tsv."""
    for file in ('relabelled_more', 'relabelled_2'):
        codes = {r[0]: r[1] for r in tsv(file) if r[0] != 'id'}
        for name in sorted({i.rsplit('-', 1)[0] for i in codes}):
            assert manifest[name]['ship'] in ('yes', 'share-alike') and manifest[name]['use'] == 'train', name
            for r in lines(f'{data}/content/{name}.jsonl.gz'):
                if r['id'] in codes:
                    labels = [CODES[c] for c in codes[r['id']] if c in CODES]
                    yield row(r['id'], f'{file}/{name}', r['lang'], r['text'], flags(labels), CLEAN)


def attacked(source, number, lang, labels, text, pair=None):
    """A row of direct attacks: labels of ATTACK, or '-' for a benign row, which is benign content too."""
    bad = labels != '-'
    return row(f'{source}-{number}', source, lang, text, BLANK if bad else CLEAN,
               [int(bad), -1 if bad else 0] + [int(c in labels.split(',')) for c in ATTACK[2:]], group=pair)


def authored():
    """Rows written for this project: content, direct attacks, and documents whose plants stand between brackets."""
    for i, (lang, labels, text) in enumerate(tsv('attack_more')):
        yield attacked('attack_more', i, lang, labels, text)
    for i, (lang, labels, text) in enumerate(tsv('content_more')):
        yield row(f'content_more-{i}', 'content_more', lang, text, flags(labels.split(',')), CLEAN)
    for name, weight in (('attack_2', 1.0), ('tasks_a', 2.0), ('tasks_b', 2.0), ('attack_3', 1.0), ('attack_4', 1.0), ('attack_5', 1.0), ('attack_6', 1.0),
                         ('attack_7_en', 1.0), ('attack_7_ko', 1.0), ('attack_8', 1.0), ('attack_9', 1.0)):  # tasks are few and fill a gap
        for i, (pair, lang, labels, text) in enumerate(tsv(name)):
            yield dict(attacked(name, i, lang, labels, text, pair), weight=weight)
    for name in ('languages_a', 'languages_b', 'languages_c', 'languages_d', 'languages_e', 'languages_f'):  # few rows of each language, and nothing else has most of them
        for i, (pair, lang, labels, text) in enumerate(tsv(name)):
            if labels in ATTACK:
                made = attacked(name, i, lang, labels, text, pair)
            else:
                made = row(f'{name}-{i}', name, lang, text, flags(labels.split(',')), CLEAN, group=pair)
            yield dict(made, weight=2.0)
    for name in ('content_en_2', 'content_ko_2', 'content_long_2', 'content_misc_2', 'content_3', 'content_4', 'content_5', 'content_6', 'content_7', 'content_8', 'content_9'):
        for i, (pair, lang, labels, text) in enumerate(tsv(name)):
            yield row(f'{name}-{i}', name, lang, text, flags(labels.split(',')), CLEAN, group=pair)


def planted(name):
    """Documents written for this project, like sources.planted. A plant is not read as a direct attack: DIRECT is masked."""
    for i, (pair, lang, labels, text) in enumerate(tsv(name)):
        bad = labels != '-'
        before, opened, rest = text.partition(OPEN)
        span = rest.partition(CLOSE)[0]
        assert bad == bool(opened), (i, pair)
        out = row(f'{name}-{i}', name, lang, text.replace(OPEN, '').replace(CLOSE, ''), BLANK if bad else CLEAN,
                  [-1, 1, 0, 1, -1] if bad else CLEAN, group=pair)
        out['span'] = span
        yield out
