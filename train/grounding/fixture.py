"""Picks 50 rows for the Go test of the shipped weights and gives what torch computes in f32: fixture.py TABLE BASE RUN MODEL OUT.

RUN has the tower, as it was trained or as it ships, MODEL the comparison beside it.

Rows are those of authored groups kept aside for tests, ours to ship, in both languages."""
import json
import random
import sys

import comparison
from evaluate import load
from pairs import Texts


def main():
    table, base, run, folder, out = sys.argv[1:6]
    cases = [c for c in map(json.loads, open(table)) if c['source'] and c['split'] == 'test' and c['set'].startswith('authored')]
    random.Random(4).shuffle(cases)
    chosen = []
    for c in cases[:13]:
        chosen.append({**c, 'blocks': c['blocks'][:4]})
    z = comparison.together(load(base, run), *comparison.shipped(folder), Texts(base), chosen, 1)
    with open(out, 'w') as f:
        f.write('[\n' + ',\n'.join(json.dumps({'source': c['source'], 'answers': [{'query': b['q'], 'response': b['r'], 'logit': round(min(z[i, k].values()), 3)} for k, b in enumerate(c['blocks'])]},
                                              ensure_ascii=False) for i, c in enumerate(chosen)) + '\n]\n')


if __name__ == '__main__':
    main()
