"""Words, numbers and sentences as Merlon's Go code sees them (internal/detect/pair), and how a response's words stand to a source.

Both sides must agree to the character: torch learns on these marks and the server computes them again."""
import unicodedata

NUMBERS = {w: str(n) for n, w in enumerate(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split())}
NUMBERS |= {w: str(10 * n) for n, w in enumerate('twenty thirty forty fifty sixty seventy eighty ninety'.split(), 2)}
NUMBERS |= {'hundred': '100', 'thousand': '1000', 'first': '1', 'second': '2', 'third': '3', 'fourth': '4', 'fifth': '5', 'sixth': '6',
            'seventh': '7', 'eighth': '8', 'ninth': '9', 'tenth': '10', 'once': '1', 'twice': '2', 'half': '0.5',
            '하나': '1', '둘': '2', '셋': '3', '넷': '4', '다섯': '5', '여섯': '6', '일곱': '7', '여덟': '8', '아홉': '9', '열': '10',
            '사흘': '3', '나흘': '4', '이틀': '2', '하루': '1', '절반': '0.5'}
ABBREVIATIONS = {'mr', 'mrs', 'ms', 'dr', 'prof', 'st', 'no', 'vs', 'etc', 'e.g', 'i.e', 'inc', 'ltd', 'co', 'corp', 'jr', 'sr', 'fig', 'approx', 'dept',
                 'gen', 'col', 'capt', 'sgt', 'rev', 'sen', 'rep', 'gov', 'mt', 'jan', 'feb', 'mar', 'apr', 'jun', 'jul', 'aug', 'sep', 'sept', 'oct', 'nov', 'dec',
                 'u.s', 'u.k', 'a.m', 'p.m', 'p', 'pp', 'vol', 'ch', 'art', 'min', 'max', 'hr', 'hrs'}

NONE, SAME, STEM, NEW, NUMBER, NEW_NUMBER, RUN = range(7)  # marks of a token against a text
MARKS = 7


def kind(c):
    """'d' for a decimal digit, 'a' for another letter or number, '' for the rest."""
    if '0' <= c <= '9':
        return 'd'
    return 'a' if unicodedata.category(c)[0] in 'LNM' else ''


def words(text):
    """(start, end, key, number) of each word: a run of letters, or a run of digits with points and commas between digits."""
    out, i, n = [], 0, len(text)
    while i < n:
        k = kind(text[i])
        if not k:
            i += 1
            continue
        j = i + 1
        while j < n and (kind(text[j]) == k or k == 'd' and text[j] in '.,' and j + 1 < n and kind(text[j + 1]) == 'd'):
            j += 1
        if k == 'd':
            out.append((i, j, canonical(text[i:j]), True))
        else:
            out.append((i, j, ''.join(c.lower() for c in text[i:j]), False))  # letter by letter: no final sigma
        i = j
    return out


def capital(text, word):
    """Whether a word is more than a letter, the first of them a capital: most likely a name where no sentence begins."""
    return unicodedata.category(text[word[0]]) == 'Lu' and word[1] > word[0] + 1


def canonical(digits):
    """One spelling a number: no commas (but a comma before one or two last digits is a point), no needless zeros."""
    head, comma, tail = digits.rpartition(',')
    if comma and '.' not in tail and len(tail) != 3:
        digits = head.replace(',', '') + '.' + tail
    digits = digits.replace(',', '')
    whole, point, part = digits.partition('.')
    if '.' in part:
        return digits
    part = part.rstrip('0')
    whole = whole.lstrip('0') or '0'
    return whole + '.' + part if part else whole


def stem(key):
    """What inflected forms share: five letters of Latin words, two of others; '' where the word is too short."""
    if key[0] < '\u0250':
        return key[:5] if len(key) >= 5 else ''
    return key[:2] if len(key) >= 2 else ''


class Known:
    """What a text (or several) holds, to mark another's words against."""

    def __init__(self, *texts):
        self.keys, self.stems, self.numbers, self.pairs = set(), set(), set(), set()
        for text in texts:
            last = ''
            for _, _, key, number in words(text):
                self.keys.add(key)
                if number:
                    self.numbers.add(key)
                else:
                    self.stems.add(stem(key))
                    if key in NUMBERS:
                        self.numbers.add(NUMBERS[key])
                if last:
                    self.pairs.add((last, key))
                last = key
        self.stems.discard('')

    def marks(self, found):
        """The mark of each word of words(text)."""
        out, last = [], ''
        for _, _, key, number in found:
            if number:
                m = NUMBER if key in self.numbers else NEW_NUMBER
            elif key in self.keys:
                m = RUN if (last, key) in self.pairs else SAME
            elif NUMBERS.get(key) in self.numbers:
                m = NUMBER
            elif stem(key) in self.stems:
                m = STEM
            else:
                m = NEW
            out.append(m)
            last = key
        return out


def of_tokens(offsets, found, marks):
    """Each token's mark: that of the first word that it touches, NONE without one."""
    out, w = [], 0
    for start, end in offsets:
        while w < len(found) and found[w][1] <= start:
            w += 1
        out.append(marks[w] if w < len(found) and found[w][0] < end else NONE)
    return out


CLOSING = '"\'”’»)]）」』'


def sentences(text):
    """(start, end) of the sentences, spaces around them left out. One of fewer than three words is joined to the next."""
    cuts, i, n = [], 0, len(text)
    while i < n:
        c = text[i]
        if c == '\n':
            cuts.append(i + 1)
        elif c in '.!?。！？…':
            j = i + 1
            while j < n and text[j] in '.!?。！？…':
                j += 1
            while j < n and text[j] in CLOSING:
                j += 1
            wide = text[i] in '。！？'
            if j < n and (wide or text[j].isspace()) and not (c == '.' and j == i + 1 and abbreviation(text, i)):
                k = j
                while k < n and text[k].isspace():
                    k += 1
                if k < n and (wide or not text[k].islower()):
                    cuts.append(j)
            i = j
            continue
        i += 1
    out, start = [], 0
    for end in cuts + [n]:
        a, b = start, end
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        start = end
        if a == b:
            continue
        if out and len(words(text[out[-1][0]:out[-1][1]])) < 3:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    if len(out) > 1 and len(words(text[out[-1][0]:out[-1][1]])) < 3:
        out[-2:] = [(out[-2][0], out[-1][1])]
    return out


def abbreviation(text, i):
    """Whether the point at i ends an abbreviation: a known one, or a single capital letter."""
    j = i
    while j > 0 and (kind(text[j - 1]) or text[j - 1] == '.'):
        j -= 1
    word = text[j:i]
    return word.lower() in ABBREVIATIONS or len(word) == 1 and word.isupper() or len(word) >= 1 and word.isdigit() and (j == 0 or text[j - 1] == '\n')
