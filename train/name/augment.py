"""Variants of our own rows: other names and other numbers, streets and towns in the places of the old ones.

Only what stands inside a span changes; the sentences are those that were written. Names come from ../shared/data/gazetteer
(Unlicense, MIT), Korean given names also from syllables that are common in them."""
import gzip
import json
import random
import re

SYLLABLES = '민서지윤하은수현준도예채유진영재원호우연정아태성주희경선미동규승혜나소다빈찬율건인시온람솔해림완봉철순옥자복례점말덕길석범창'
PARTICLES = set('de da di du del della van von der den bin binti al el la le y ní nic mac ap ter ten dos st'.split())
CITY = re.compile(r'[가-힣]{1,4}(시|군|구)(?=\s)')
ROAD = re.compile(r'[가-힣]{2,6}(?=(대로|로|길)[ \d])')
STREET = re.compile(r"[A-Z][\w'’-]+(?= (Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Crescent|Blvd|Terrace|Gardens|Place|Square|Hill)\b)")
TOWN = re.compile(r"(?<=, )[A-Z][a-z]+(?=$|,| [A-Z]{1,2}\d| [A-Z]{2} )")


class Lists:
    def __init__(self, data):
        self.first, self.last, self.korean = [], [], {}
        for line in gzip.open(f'{data}/gazetteer/name_lists.jsonl.gz', 'rt'):
            r = json.loads(line)
            items = [i for i in r['items'] if isinstance(i, str)]
            if r['lang'] == 'ko_KR':
                self.korean[r['text'].split(':', 1)[1]] = items
            if not all(re.fullmatch(r"[A-Za-zÀ-ž'’ -]{2,20}", i) for i in items[:20]):
                continue
            if 'first names' in r['text'] or 'first_names' in r['text']:
                self.first.append(items)
            elif 'surnames' in r['text'] or r['text'].endswith('last_names'):
                self.last.append(items)
        self.surnames = self.korean['person:last_names']
        self.given = [g for k in ('person:first_names_female', 'person:first_names_male') for g in self.korean[k]]
        assert self.first and self.last and self.surnames

    def pick(self, rng, lists):
        word = rng.choice(rng.choice(lists))
        return word.title() if word.isupper() or word.islower() else word


def closed(text):
    """Whether the last Hangul syllable ends in a consonant: particles depend on it."""
    return (ord(text[-1]) - 0xAC00) % 28 > 0


def korean(name, lists, rng):
    for _ in range(60):
        given = rng.choice(lists.given) if rng.random() < .5 else ''.join(rng.choice(SYLLABLES) for _ in range(2))
        if len(name) == 1:
            new = rng.choice(lists.surnames)
        elif len(name) == 2:
            new = given if name[0] not in lists.surnames or rng.random() < .7 else rng.choice(lists.surnames) + rng.choice(SYLLABLES)
        elif len(name) == 3 and name[0] in lists.surnames:
            new = rng.choice(lists.surnames) + given
        else:
            return name
        if len(new) == len(name) and closed(new) == closed(name):
            return new
    return name


def latin(name, lists, rng, known):
    words = re.split(r'([ ,/]+)', name)
    full = [w for w in words if re.fullmatch(r"[A-Za-zÀ-žĀ-ſ'’-]{2,}", w) and w.lower() not in PARTICLES]
    inverted = ',' in name
    for i, w in enumerate(words):
        if w not in full:
            continue
        key = w.lower()
        if key not in known:
            last = len(full) > 1 and (w == full[0] if inverted else w == full[-1])
            known[key] = lists.pick(rng, lists.last if last else lists.first)
        new = known[key]
        words[i] = new.lower() if w.islower() else new.upper() if w.isupper() and len(w) > 2 else new
    return ''.join(words)


def digits(text, rng):
    return re.sub(r'\d', lambda m: m[0] if m[0] == '0' else str(rng.randint(1, 9)), text)


def address(text, lists, rng):
    text = digits(text, rng)
    text = CITY.sub(lambda m: rng.choice(lists.korean['address:boroughs'] if m[1] == '구' else
                                         [c for c in lists.korean['address:cities'] if c.endswith(m[1])] or [m[0]]), text)
    text = ROAD.sub(lambda m: ''.join(rng.choice(SYLLABLES) for _ in range(len(m[0]))) if rng.random() < .5 else m[0], text)
    text = STREET.sub(lambda m: lists.pick(rng, lists.last), text)
    return TOWN.sub(lambda m: lists.pick(rng, lists.last) + rng.choice(['', '', 'ton', 'ville', 'ford', ' Falls']), text)


def value(text, rng):
    """Another user name or password of the same shape: digits change, and letters of words that end in digits stay."""
    return digits(text, rng)


def variant(row, lists, rng):
    text, out, spans, known = row['text'], '', [], {}
    at = 0
    for a, b, label in sorted(row['spans']):
        old = text[a:b]
        new = old
        if label == 'NAME' and rng.random() < .85:
            key = old
            if re.fullmatch('[가-힣]+', old):
                new = known.setdefault('ko ' + key, korean(old, lists, rng))
            elif re.search('[A-Za-z]', old) and not re.search('[가-힣぀-ヿ一-鿿]', old):
                new = latin(old, lists, rng, known)
        elif label == 'ADDRESS':
            new = address(old, lists, rng)
        elif label in ('USERNAME', 'PASSWORD', 'AGE'):
            new = value(old, rng)
        out += text[at:a]
        spans.append((len(out), len(out) + len(new), label))
        out += new
        at = b
    out += text[at:]
    if row['lang'] == 'en' and rng.random() < .12:
        lower = out.lower()
        out = lower if len(lower) == len(out) else out
    return row | {'text': out, 'spans': spans}


def variants(rows, data, count, seed=7):
    """`count` variants of every row that has spans."""
    lists, rng = Lists(data), random.Random(seed)
    out = []
    for r in rows:
        if r['spans'] and not r['unclear']:
            out += [variant(r, lists, rng) for _ in range(count)]
    return out
