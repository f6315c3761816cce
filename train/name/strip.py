"""Makes rows of written lines: strip.py WRITTEN... > pii_more.jsonl

A line is lang|form|text, in which [[TYPE:value]] marks a value and ⏎ a new line. Offsets count characters, as in pii.jsonl."""
import json
import re
import sys

MARK = re.compile(r'\[\[([A-Z_]+):((?:[^\]]|\](?!\]))*)\]\]')


def strip(line):
    lang, form, text = line.rstrip('\n').split('|', 2)
    text = text.replace('⏎', '\n')
    plain, spans, at = '', [], 0
    for m in MARK.finditer(text):
        plain += text[at:m.start()]
        spans.append({'start': len(plain), 'end': len(plain) + len(m[2]), 'type': m[1]})
        plain += m[2]
        at = m.end()
    plain += text[at:]
    assert '[[' not in plain and ']]' not in plain, line
    assert lang in ('en', 'ko') and re.fullmatch('[a-z]+', form), line
    return {'text': plain, 'lang': lang, 'spans': spans, 'form': form}


if __name__ == '__main__':
    seen = set()
    for path in sys.argv[1:]:
        for line in open(path):
            if not line.strip():
                continue
            row = strip(line)
            if row['text'] not in seen:
                seen.add(row['text'])
                print(json.dumps(row, ensure_ascii=False))
