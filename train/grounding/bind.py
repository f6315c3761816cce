"""Makes cases by rule in which the same words are true or not by what belongs to what.

A source tells facts of one relation about several things, often beside facts of another; a response tells one or two of them in other words,
either as they are, or with the things of two facts changed, turned round, or one from elsewhere. Relations and what they are told about are
written by hand: ../data/relations.tsv and entities.tsv (data sheet: ../data/relations.md). Relations that are held out are those of split()."""
import collections
import os
import re

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data')
PARTICLES = {'은': ('은', '는'), '이': ('이', '가'), '을': ('을', '를'), '과': ('과', '와'), '으로': ('으로', '로'), '이다': ('이다', '다'), '이에요': ('이에요', '예요')}
# what is heard at the end of a digit, a unit or a letter when Korean is read aloud: nothing, ㄹ, or another consonant
ENDS = {**dict.fromkeys('0136LMNlmn', 1), **dict.fromkeys('178Rr', 2), 'kg': 1, 'm': 0, 'km': 0}
Relation = collections.namedtuple('Relation', 'lang a b phrasings questions')


def load():
    """Relations, and the values of each (language, kind)."""
    relations, values = [], collections.defaultdict(list)
    for line in open(f'{DATA}/relations.tsv'):
        lang, a, b, phrasings, questions = line.rstrip('\n').split('\t')
        relations.append(Relation(lang, a, b, tuple(phrasings.split(' | ')), tuple(questions.split(' | '))))
    for line in open(f'{DATA}/entities.tsv'):
        lang, kind, value = line.rstrip('\n').split('\t')
        values[lang, kind].append(value)
    return relations, values


def heard(word):
    """How a Korean word ends: 0 in a vowel, 2 in ㄹ, 1 in another consonant."""
    last = word.rstrip(')"\'”’')[-1:]
    if '가' <= last <= '힣':
        return {0: 0, 8: 2}.get((ord(last) - ord('가')) % 28, 1)
    unit = re.search('[a-z]+$', word)
    return ENDS.get(unit.group() if unit else last, 0)


def tell(pattern, a, b, inside=False):
    """A sentence of a phrasing or a question, or one for the inside of another: the values in their places, with the particles that fit them."""
    def put(found):
        value = a if found[1] == 'a' else b
        if not found[2]:
            return value
        with_end, without = PARTICLES[found[2][1:]]
        end = heard(value)
        return value + (with_end if end == 1 or end == 2 and with_end != '으로' else without)
    out = re.sub(r'\{([ab])(:\w+)?\}', put, pattern)
    if inside:
        return out if pattern[0] == '{' else out[0].lower() + out[1:]
    return out[0].upper() + out[1:]


def numeric(kind, lang, rng):
    """A value of a kind that is not named; None if the kind is."""
    ko, n = lang == 'ko', rng.randint
    month = rng.choice('January February March April May June July August September October November December'.split())
    day = rng.choice('Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split())
    cold = n(-25, 38)
    price = rng.choice([n(2, 99) * 100, n(1, 99) * 1000, n(100, 990) * 100])
    made = {
        'price': lambda: f'{price:,}원' if ko else rng.choice([f'${n(2, 400)}', f'${n(1, 90)}.{n(10, 99)}', f'${n(1, 90)},{n(100, 999)}']),
        'percent': lambda: f'{n(1, 95)}%' if ko else f'{n(1, 95)} %',
        'count': lambda: rng.choice([f'{n(3, 99)}', f'{n(100, 990)}', f'{n(1, 80)},{n(100, 999)}']),
        'length': lambda: f'{n(1, 40)}.{n(1, 9)}m' if ko else f'{n(1, 40)}.{n(1, 9)} m',
        'weight': lambda: f'{n(2, 900)}kg' if ko else f'{n(2, 900)} kg',
        'duration': lambda: f'{n(1, 11) * 5}분' if ko else rng.choice([f'{n(1, 11) * 5} minutes', f'{n(2, 30)} days', f'{n(2, 12)} hours']),
        'clock': lambda: f'{n(6, 12)}시 {n(1, 11) * 5}분' if ko else f'{n(6, 22)}:{n(0, 11) * 5:02}',
        'date': lambda: f'{n(1, 12)}월 {n(1, 28)}일' if ko else f'{n(1, 28)} {month}',
        'year': lambda: f'{n(1820, 2025)}년' if ko else f'{n(1820, 2025)}',
        'month': lambda: f'{n(1, 12)}월' if ko else month,
        'weekday': lambda: rng.choice('월화수목금토일') + '요일' if ko else day,
        'temperature': lambda: ('영하 ' if cold < 0 else '') + f'{abs(cold)}도' if ko else f'{cold} °C',
        'distance': lambda: f'{n(2, 980)}km' if ko else f'{n(2, 980)} km',
        'area': lambda: f'{n(2, 900)}헥타르' if ko else f'{n(2, 900)} hectares',
        'age': lambda: f'{n(5, 95)}세' if ko else f'{n(5, 95)}',
        'floor': lambda: f'{n(1, 30)}층' if ko else f'{n(1, 30)}',
        'page': lambda: f'{n(2, 480)}쪽' if ko else f'{n(2, 480)}',
        'score': lambda: f'{n(1, 9)}대 {n(0, 9)}' if ko else f'{n(1, 9)}:{n(0, 9)}'}
    return made[kind]() if kind in made else None


def pick(kind, lang, values, rng, taken):
    """A value of the kind that is not taken yet."""
    while True:
        value = numeric(kind, lang, rng) or rng.choice(values[lang, kind])
        if value not in taken:
            taken.add(value)
            return value


def source(facts, lang, rng):
    """A text that tells (relation, a, b), and the phrasing that each was told in."""
    told = [rng.choice(r.phrasings) for r, _, _ in facts]
    parts = [tell(p, a, b) for p, (_, a, b) in zip(told, facts)]
    if rng.random() < .2:
        return '\n'.join('- ' + p for p in parts), told
    if lang == 'en' and len(parts) > 2 and rng.random() < .3:
        parts[:2] = [parts[0].rstrip('.') + rng.choice(['; ', ', while ', ', and ']) + tell(told[1], *facts[1][1:], inside=True)]
    return ' '.join(parts), told


def wrong(i, facts, lang, values, rng, taken):
    """(a, b, error) that facts, all of one relation, do not say, with what they do say as far as can be."""
    r, a, b = facts[i]
    ways = ['swap'] * 4 + ['elsewhere'] + (['turned'] * 4 if r.a == r.b else [])
    way = rng.choice(ways)
    if way == 'turned':
        return b, a, 'turned'
    if way == 'elsewhere':
        return a, pick(r.b, lang, values, rng, taken), 'elsewhere'
    j = rng.choice([k for k in range(len(facts)) if k != i])
    return a, facts[j][2], 'swap'


def scattered(r, relations, values, lang, rng, taken):
    """(text, {fact: its phrasing}) of facts of one relation in any order, at times with some of another about the same things."""
    facts = [(r, pick(r.a, lang, values, rng, taken), pick(r.b, lang, values, rng, taken)) for _ in range(rng.randint(2, 4))]
    beside = [o for o in relations if o is not r and o.a == r.a]
    if beside and rng.random() < .5:
        o = rng.choice(beside)
        facts += [(o, a, pick(o.b, lang, values, rng, taken)) for _, a, _ in rng.sample(facts, rng.randint(1, 2))]
    rng.shuffle(facts)
    text, told = source(facts, lang, rng)
    return text, dict(zip(facts, told))


def begun(pattern):
    """What follows the thing that a phrasing begins with, or nothing where it begins otherwise."""
    found = re.match(r'\{a(?::은|:이)?\} ', pattern)
    return pattern[found.end():] if found else ''


def carried(pattern, a_kind, b, she, lang):
    """A sentence that leaves the thing it tells of to the sentence before: by a pronoun, in Korean by nothing."""
    rest = tell(begun(pattern), '', b, inside=True)
    return rest if lang == 'ko' else ('She ' if she else 'He ') + rest if a_kind == 'person' else 'It ' + rest


def portraits(r, relations, values, lang, rng, taken):
    """The same of two or three things, each told of in two or three sentences that go on from one another; None where too few relations are about such things."""
    beside = [o for o in relations if o is not r and o.a == r.a]
    if not beside:
        return None
    told, text = {}, []
    others = rng.sample(beside, min(len(beside), rng.randint(1, 2)))
    for _ in range(rng.randint(2, 3)):
        a, she, clear = pick(r.a, lang, values, rng, taken), rng.random() < .5, False
        for o in rng.sample([r, *others], 1 + len(others)):
            b, pattern = pick(o.b, lang, values, rng, taken), rng.choice(o.phrasings)
            if clear and rng.random() < .8:
                pattern = rng.choice([p for p in o.phrasings if begun(p)] or [pattern])
            text.append(carried(pattern, r.a, b, she, lang) if clear and begun(pattern) else tell(pattern, a, b))
            # a pronoun is understood where the sentence before is about the thing, or names nothing else that it could mean
            clear = bool(begun(pattern)) or (o.b == 'person') != (r.a == 'person') or (o.b not in {kind for _, kind in values} and r.a != 'person')
            told[o, a, b] = pattern
    return ' '.join(text), told


def answer(pattern, r, a, b, query, lang, rng):
    """A response to a query, which may be None: a whole sentence, or as one answers who was asked about the thing."""
    if query and a in query and b not in query:
        way = rng.random()
        if way < .3:
            return tell(rng.choice(['{b}.', '{b}입니다.', '{b:이에요}.']) if lang == 'ko' else '{b}.', a, b)
        if way < .5 and begun(pattern) and (lang == 'ko' or r.a != 'person'):
            return carried(pattern, r.a, b, False, lang)
    return tell(pattern, a, b)


def case(relations, values, lang, rng):
    """A source with six responses, half of them true; relations are those of one language and side."""
    text = None
    while not text:
        r, taken = rng.choice(relations), set()
        text, said = (portraits if rng.random() < .5 else scattered)(r, relations, values, lang, rng, taken) or (None, None)
    blocks = []
    for n in range(6):
        fact = rng.choice([f for f in said if sum(o[0] is f[0] for o in said) > 1])
        facts = [f for f in said if f[0] is fact[0]]
        true, (o, a, b) = n % 2 == 0, fact
        error = None
        if not true:
            a, b, error = wrong(facts.index(fact), facts, lang, values, rng, taken)
        others = [p for p in o.phrasings if p != said[fact]]
        query = tell(rng.choice(o.questions), a, b) if rng.random() < .6 else None
        response, known = answer(rng.choice(others if rng.random() < .9 else o.phrasings), o, a, b, query, lang, rng), [int(true)]
        if rng.random() < .2:
            p, *rest = rng.choice([f for f in said if f != fact])
            second = tell(rng.choice(p.phrasings), *rest)
            response, known = (f'{response} {second}', known + [1]) if rng.random() < .5 else (f'{second} {response}', [1] + known)
        blocks.append({'q': query, 'r': response, 't': 'g', 'y': int(true), 's': known, 'w': .7, **({'error': 'bound-' + error} if error else {})})
    return {'set': 'binding_' + lang, 'lang': lang, 'source': text, 'blocks': blocks}


def cases(rng, split, count):
    """`count` cases of each language from the relations of train, and some from those of calibrate and test; split tells the side of a relation by its first phrasing."""
    relations, values = load()
    out = []
    for lang in ('en', 'ko'):
        sides = collections.defaultdict(list)
        for r in relations:
            if r.lang == lang:
                sides[split(r.phrasings[0])].append(r)
        for side, n in (('train', count), ('calibrate', 30), ('test', 60)):
            out += [{**case(sides[side], values, lang, rng), 'split': side} for _ in range(n)]
    return out
