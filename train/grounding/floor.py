"""Figures of word overlap alone, the floor: floor.py TABLE. The score is the share of the response's words that the source (or query) has."""
import json
import sys

from words import Known, words


def main():
    from evaluate import report
    out = []
    for c in map(json.loads, open(sys.argv[1])):
        if c['split'] == 'train':
            continue
        for b in c['blocks']:
            against = c['source'] if b['t'] == 'g' else b['q']
            marks = Known(against or '').marks(words(b['r']))
            good = sum(m in (1, 2, 4, 6) for m in marks) / max(1, len(marks))
            out.append({'set': c['set'], 'split': c['split'], 'lang': c['lang'], 'task': b['t'], 'y': b['y'], 'z': good})
    report(out)


if __name__ == '__main__':
    main()
