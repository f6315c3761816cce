"""Writes what words.py makes of some texts, for the Go code to be held against: wordfixture.py OUT. The texts are those of
../data/grounding_more.tsv and some made up here."""
import json
import os
import sys

from words import Known, sentences, words

MORE = ['Yes. For ever. Dr. Smith paid $1,200.50 on 3 May. He said "No." Then 24개월 left.', '1. First item here now\n2. Second item over there\n\nDone.',
        'U.S. sales fell 3.5 percent. the end', '1,000,000 and 1,50 and 0,5 and 007 and 3.10 and 1.2.3 and ½ and ³', 'She left. “Really?” he asked… Nobody knew!', '',
        '   ', '네, 됩니다. 금리는 연 4.4%가 됩니다! 그래요? 사흘 뒤에 열 명이 왔다', '東京は日本の首都です。大阪は？違います！', 'naïve café, Straße ΣΊΣΥΦΟΣ, e.g. this one. A. B. Clark wrote it.',
        'No stop at the end of this line\nand twenty-one more, twice.', 'v2.0.1 costs 3.', 'a.m. or p.m. It starts at 9 a.m. Tickets cost five.']


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../data/grounding_more.tsv')
    texts, source = [(MORE[0], m) for m in MORE], ''
    for line in open(path):
        kind, *rest = line.rstrip('\n').split('\t')
        if kind == 'S':
            source = rest[1]
            texts.append((source, source))
        else:
            texts.append((source, rest[0]))
    rows = []
    for known, text in texts:
        at = [len(text[:i].encode()) for i in range(len(text) + 1)]
        found = words(text)
        rows.append({'known': known, 'text': text, 'sentences': [[at[a], at[b]] for a, b in sentences(text)],
                     'words': [[at[a], at[b]] for a, b, _, _ in found], 'keys': [k for _, _, k, _ in found], 'marks': Known(known).marks(found)})
    with open(sys.argv[1], 'w') as f:
        f.write('[\n' + ',\n'.join(json.dumps(r, ensure_ascii=False) for r in rows) + '\n]\n')


if __name__ == '__main__':
    main()
