"""Measures the tower, the patterns and both together: combine.py PREDICTIONS PROGRAM CALIBRATION [LEAN...]

F2 of exact spans with a 95 % interval (rows drawn again 500 times), precision, recall, and the share of values that some finding
touches. PROGRAM is train/cmd/patterns, which settles what the tower sees with what patterns find as the server does."""
import json
import math
import subprocess
import sys
import tempfile

import numpy as np

from calibrate import odds


def settled(program, rows, lean):
    """What the detector finds when the tower sees what it sees at a lean."""
    with tempfile.NamedTemporaryFile('w', suffix='.jsonl') as f:
        for r in rows:
            f.write(json.dumps({'text': r['text'], 'seen': r['seen'][lean]}) + '\n')
        f.flush()
        text = subprocess.run([program, f.name], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def counts(rows, found, label):
    """want, got, right and touched of each row."""
    out = []
    for r, spans in zip(rows, found):
        want = {(a, b) for a, b, k in r['spans'] if k == label}
        got = {(s[0], s[1]) for s in spans if s[2] == label and not any(x < s[1] and s[0] < z for x, z in r['unclear'])}
        out.append((len(want), len(got), len(want & got), sum(any(a < y and x < b for x, y in got) for a, b in want)))
    return np.array(out)


def f2(c):
    want, got, right = c.sum(0)[:3]
    p, r = right / max(got, 1), right / max(want, 1)
    return 5 * p * r / max(4 * p + r, 1e-9), p, r


def line(c):
    rng = np.random.default_rng(3)
    value, p, r = f2(c)
    drawn = [f2(c[rng.integers(0, len(c), len(c))])[0] for _ in range(500)]
    return f'{value:.3f} ({np.quantile(drawn, .025):.2f}-{np.quantile(drawn, .975):.2f}) P {p:.2f} R {r:.2f} touched {c.sum(0)[3] / max(1, c.sum(0)[0]):.2f} of {c.sum(0)[0]}'


def reported(spans, calibration):
    """The spans that are not below their label's least probability."""
    def p(s):
        c = calibration[s[2]]
        return 1 / (1 + math.exp(-(c['a'] * float(odds(s[3])) + c['b'])))
    return [s for s in spans if p(s) >= calibration[s[2]]['least']]


def main():
    rows, calibration = [json.loads(x) for x in open(sys.argv[1])], json.load(open(sys.argv[3]))
    leans = sys.argv[4:] or ['0.0']
    for r in rows:
        r['seen'] = {lean: reported(r['seen'][lean], calibration) for lean in leans}
    ways = {'patterns': [r['patterns'] for r in rows]}
    for lean in leans:
        ways[f'tower {lean}'] = [r['seen'][lean] for r in rows]
        ways[f'both {lean}'] = settled(sys.argv[2], rows, lean)
    for key in dict.fromkeys((r['source'], r['split'], r['lang']) for r in rows):
        index = [i for i, r in enumerate(rows) if (r['source'], r['split'], r['lang']) == key]
        part = [rows[i] for i in index]
        for label in part[0]['judged']:
            for way, found in ways.items():
                c = counts(part, [found[i] for i in index], label)
                if c[:, 0].sum():
                    print(f'{" ".join(key):30s} {label:8s} {way:10s} {line(c)}')
                elif key[1] == 'benign':
                    print(f'{" ".join(key):44s} {label:8s} {way:10s} {c[:, 1].sum()} found, in {(c[:, 1] > 0).sum()} of {len(part)} texts')


if __name__ == '__main__':
    main()
