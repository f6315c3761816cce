"""Makes responses from a source by rule: its own sentences, which it supports, and the same with one thing changed, which it does not.

They teach where to look in a long source and to mind numbers, names, negation and roles; written and public rows teach the rest."""
import re

from words import sentences, words

NEGATE = [(r' is ', ' is not '), (r' was ', ' was not '), (r' are ', ' are not '), (r' were ', ' were not '), (r' can ', ' cannot '), (r' will ', ' will not '),
          (r' has ', ' has never '), (r' must ', ' need not '), (r' may ', ' may not '), (r' not ', ' '), (r' never ', ' always '), (r' before ', ' after '),
          (r' after ', ' before '), (r' more ', ' less '), (r' all ', ' few '), (r' only ', ' not only '), (r' increased ', ' decreased '), (r' first ', ' last ')]
NEGATE_KO = [('않습니다', '습니다'), ('수 있습니다', '수 없습니다'), ('수 없습니다', '수 있습니다'), ('없다', '있다'), ('있다', '없다'), ('없습니다', '있습니다'), ('있습니다', '없습니다'),
             ('이전', '이후'), ('이후', '이전'), ('이상', '이하'), ('이하', '이상'), ('전에', '뒤에'), ('늘었', '줄었'), ('줄었', '늘었'), ('높', '낮'), ('많', '적')]


def change_number(s, source, rng):
    found = [w for w in words(s) if w[3]]
    if not found:
        return None
    a, b, key, _ = rng.choice(found)
    others = sorted({source[x:y] for x, y, k, n in words(source) if n and k != key and len(k) == len(key)})
    if others and rng.random() < .5:
        new = rng.choice(others)
    else:
        digits = list(s[a:b])
        at = rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
        digits[at] = rng.choice([c for c in '123456789' if c != digits[at]])
        new = ''.join(digits)
    return s[:a] + new + s[b:]


def names(s):
    return [m for m in re.finditer(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*", s)]


def change_name(s, source, rng):
    found = names(s)
    if not found:
        return None
    m = rng.choice(found)
    others = sorted({o.group() for o in names(source)} - {m.group()})
    others = [o for o in others if o not in m.group() and m.group() not in o]
    if not others:
        return None
    return s[:m.start()] + rng.choice(others) + s[m.end():]


def swap(s, _, rng):
    """Two names, or two numbers, change places: true words in wrong roles."""
    for found in ([(m.start(), m.end()) for m in names(s)], [(a, b) for a, b, _, n in words(s) if n]):
        found = [f for i, f in enumerate(found) if s[f[0]:f[1]] not in [s[a:b] for a, b in found[:i]]]
        if len(found) >= 2:
            (a, b), (c, d) = sorted(rng.sample(found, 2))
            return s[:a] + s[c:d] + s[b:c] + s[a:b] + s[d:]
    return None


def negate(s, source, rng):
    pairs = NEGATE_KO if re.search('[가-힣]', s) else NEGATE
    usable = [p for p in pairs if re.search(p[0], s)]
    if not usable:
        return None
    old, new = rng.choice(usable)
    return re.sub(old, new, s, count=1)


def add(s, source, rng):
    """Something is added that the source does not say."""
    if re.search('[가-힣]', s):
        extra = rng.choice(['이는 작년의 두 배다.', '전문가들도 같은 의견이다.', '다음 달에 바뀔 예정이다.', '비용은 시에서 부담한다.', '이유는 안전 때문이다.', '온라인으로도 신청할 수 있다.'])
    else:
        extra = rng.choice(['This is twice as much as the year before.', 'Experts agree with this.', 'It will change next month.', 'The city pays for it.', 'This was done for safety reasons.',
                            'It can also be arranged online.', 'Most people were pleased with it.', 'It was the first of its kind.'])
    return s + ' ' + extra


CHANGES = [change_number, change_number, change_name, change_name, swap, negate, add]


def blocks(source, lang, rng, most):
    """At most `most` blocks of a source: about half of them true."""
    out = []
    parts = [source[a:b] for a, b in sentences(source)]
    parts = [p for p in parts if 5 <= len(words(p)) <= 60 and len(p) < 400]
    rng.shuffle(parts)
    for p in parts[:most // 2]:
        out.append({'q': None, 'r': p, 't': 'g', 'y': 1, 's': None, 'w': .5})
        for change in rng.sample(CHANGES, len(CHANGES)):
            new = change(p, source, rng)
            if new and new != p and new not in source:
                last = len(sentences(new)) - 1
                known = [1] * last + [0] if change is add and last >= 1 else None
                out.append({'q': None, 'r': new, 't': 'g', 'y': 0, 's': known, 'w': .5, 'error': 'invented-' + change.__name__})
                break
    return out
