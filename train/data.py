"""Builds the training table: data.py DATA OUT [SHARE], where DATA is ../shared/data and OUT a JSON lines file; SHARE of the rows are kept, by chance.

Splits are by pair or group, one in ten groups for `test`, one in ten for `calibrate`, the rest `train`; two relabelled data
sets are `source` whole, a test on sources not trained on. Rows for measuring alone are `look`. Rows of train that are in any
other split, letter for letter, are dropped."""
import hashlib
import json
import random
import re
import sys

import compose
import sources
import written

HELD_SOURCES = {'relabelled/surge_toxicity', 'relabelled/hatescore'}
TRAIN_ONLY = {'content_8', 'content_9', 'attack_9'}  # subjects recur across its pairs; data/plain_test.jsonl measures what it is for
COMPOSED = 1600


def side(group):
    n = hashlib.sha256(group.encode()).digest()[0] % 10
    return {0: 'test', 1: 'calibrate'}.get(n, 'train')


def disguise(text, rng):
    """Case and spacing as people type them, and text without either case or marks, as some codes keep it. Invisible and look-alike
    characters are not trained on: Merlon's normaliser takes them out before the model reads (internal/detect/text), and shows it decoded
    views besides."""
    pick = rng.random()
    if pick < .06:
        return text.lower()
    if pick < .08:
        return text.upper()
    if pick < .10:
        return text.translate(str.maketrans('aeiostAEIOST', '431057431057')) if text.isascii() else text
    if pick < .13:
        return text.rstrip('.!?。')
    if pick < .17:
        return re.sub(r'[^\w\s]', '', text.lower())
    return text


def main():
    data, out = sys.argv[1:3]
    share = float(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng = random.Random(4)
    manifest = {m['dataset']: m for m in json.load(open(f'{data}/manifest.json'))}
    rows = list(sources.content(data)) + list(sources.relabelled(data, manifest)) + list(sources.direct(data))
    documents = list(sources.planted(data))
    rows += documents + list(sources.public_attacks(data)) + list(sources.benign(data, rng))
    for r in rows:
        r['split'] = 'look' if r['use'] == 'look' else 'source' if r['source'] in HELD_SOURCES else side(r['group'])
    for r in sources.look(data, manifest, rng):
        rows.append(dict(r, split='look'))
    more = [r for name in ('planted_2', 'planted_3', 'planted_4', 'planted_5', 'planted_6_en') for r in written.planted(name)]
    for r in more:
        r['split'] = side(r['group'])
    for split, count in (('train', COMPOSED), ('test', 300), ('calibrate', 200)):
        plants = [(r['lang'], r['span'], r['group']) for r in documents if r.get('span') and r['split'] == split]
        clean = [(r['lang'], r['text'], r['group']) for r in documents if not r.get('span') and r['split'] == split]
        clean += [d for d in sources.documents(data) if side(d[2]) == split]
        for i, (lang, text, planted) in enumerate(compose.compose(clean, plants, count, rng)):
            r = sources.row(f'composed-{split}-{i}', 'composed', lang, text, sources.BLANK if planted else sources.CLEAN,
                            [-1, 1, 0, 1, -1] if planted else sources.CLEAN, .5)
            rows.append(dict(r, split=split))
    for r in [*written.public(data, manifest), *written.authored(), *more]:  # last, so that the rows before stay what they were
        rows.append(dict(r, split=r.get('split') or ('train' if r['source'] in TRAIN_ONLY else side(r['group']))))
    held = {sources.key(r['text']) for r in rows if r['split'] != 'train'}
    kept, seen = [], set()
    for r in rows:
        k = sources.key(r['text'])
        if r['split'] == 'train' and (k in held or k in seen):
            continue
        seen.add(k)
        if share < 1 and random.Random(k).random() >= share:
            continue
        if r['split'] == 'train':
            r['text'] = disguise(r['text'], random.Random(r['text']))  # the same row, the same disguise, whatever stands beside it
        r.pop('span', None)
        kept.append(r)
    with open(out, 'w') as f:
        for r in kept:
            f.write(json.dumps(r, ensure_ascii=False) + '\n')
    table(kept)


def table(rows):
    """Prints rows by source and split, with positives by class."""
    names = sources.CONTENT + sources.ATTACK
    count = {}
    for r in rows:
        c = count.setdefault((r['source'], r['split']), [0] * (1 + len(names)))
        c[0] += 1
        for i, v in enumerate(r['content'] + r['attack']):
            c[1 + i] += v == 1
    print('source split rows ' + ' '.join(n[:4] for n in names))
    for k, c in sorted(count.items()):
        print(*k, *c)


if __name__ == '__main__':
    main()
