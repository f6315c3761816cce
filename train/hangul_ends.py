"""Writes internal/detect/text/hangul_ends.txt: hangul_ends.py TABLE OUT. TABLE is data.py's; its Korean training rows are counted."""
import collections
import json
import math
import re
import sys

WORD = re.compile('[가-힣]{2,}')
SEEN, MOST, ADDED = 20, 6, 5  # least sightings of a syllable, most of the logarithm, and what is added to counts


def main():
    table, out = sys.argv[1:3]
    begins, ends = collections.Counter(), collections.Counter()
    for r in map(json.loads, open(table)):
        if r['lang'] == 'ko' and r['split'] == 'train':
            for w in WORD.findall(r['text']):
                begins[w[0]] += 1
                ends[w[-1]] += 1
    total, by = sum(begins.values()), collections.defaultdict(list)
    for c in set(begins) | set(ends):
        count = begins[c] + ends[c]
        n = math.log2((ends[c] + ADDED) / (begins[c] + ADDED))
        if count >= SEEN and abs(n) >= 1:
            by[max(-MOST, min(MOST, round(n)))].append((-count, c))
    with open(out, 'w') as f:
        f.write('# Korean syllables by how much more often they end a word than begin one, as the binary logarithm (6: 64 times or more; 0 is left out).\n'
                f'# Counted over {total:,} words of two syllables and more in the Korean rows that the guard model is trained on; a table of facts.\n')
        for n in sorted(by, reverse=True):
            f.write(f'{n} ' + ''.join(c for _, c in sorted(by[n])) + '\n')


if __name__ == '__main__':
    main()
