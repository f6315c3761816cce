"""Token ids of 200 training rows, one JSON array a line, whose activations set the ranges of int8: samples.py BASE TABLE OUT"""
import json
import sys

import numpy as np

from store import rows, tokens

COUNT = 200


def write(base, data, path):
    train = [i for i, r in enumerate(data) if r['split'] == 'train']
    some = np.random.default_rng(4).choice(train, COUNT, replace=False)
    with open(path, 'w') as f:
        for ids in tokens(base, [data[i]['text'] for i in some]):
            f.write(json.dumps(ids) + '\n')


if __name__ == '__main__':
    base, table, out = sys.argv[1:4]
    write(base, rows(table), out)
