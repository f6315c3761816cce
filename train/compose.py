"""Longer documents by generator: written plants set into written clean documents, and the same documents without a plant."""
import re

SENTENCE = re.compile(r'(?<=[.!?。])\s+|\n+')


def frames(lang, rng, parts):
    """Puts documents one after the other as a mail thread, tool result, web page or plain text would."""
    kind = rng.choice(['plain', 'plain', 'tool', 'results', 'thread', 'markdown'])
    if kind == 'tool':
        import json
        return json.dumps({'status': 'ok', 'results': parts}, ensure_ascii=False)
    if kind == 'results':
        return '\n'.join(f'[{i + 1}] {p}' for i, p in enumerate(parts))
    if kind == 'thread':
        return '\n\n-----\n'.join(parts)
    if kind == 'markdown':
        return '\n\n'.join(f'## {i + 1}\n{p}' for i, p in enumerate(parts))
    return '\n\n'.join(parts)


def plant(doc, span, rng):
    """Sets span between two sentences of doc, or at an end."""
    cuts = [0] + [m.end() for m in SENTENCE.finditer(doc)] + [len(doc)]
    at = rng.choice(cuts)
    before, after = doc[:at].rstrip(' '), doc[at:]
    gap = rng.choice([' ', ' ', '\n'])
    return (before + gap + span + gap + after).strip()


def compose(clean, plants, count, rng, most=700):
    """Yields (lang, text, group, planted) count times, half of them planted. clean: [(lang, text, group)] of the training
    side; plants: [(lang, span, group)] of the same side. Texts are at most about `most` characters (Korean half of it)."""
    for i in range(count):
        lang = 'ko' if rng.random() < .4 else 'en'
        room = most if lang == 'en' else most // 2
        docs = [d for d in clean if d[0] == lang]
        parts = [rng.choice(docs)[1]]
        if rng.random() < .3:
            parts.append(rng.choice(docs)[1])
        parts = [cut(p, room // len(parts), rng) for p in parts]
        planted = i % 2 == 0
        if planted:
            # one in six plants is in the other language
            tongue = lang if rng.random() > .16 else {'en': 'ko', 'ko': 'en'}[lang]
            span = rng.choice([p for p in plants if p[0] == tongue])[1]
            at = rng.randrange(len(parts))
            parts[at] = plant(parts[at], span, rng)
        yield lang, frames(lang, rng, parts), planted


def cut(text, room, rng):
    """A run of whole sentences of text, of at most room characters."""
    if len(text) <= room:
        return text
    cuts = [0] + [m.end() for m in SENTENCE.finditer(text)] + [len(text)]
    first = rng.choice([c for c in cuts if c <= len(text) - room // 2])
    ends = [c for c in cuts if first < c <= first + room]
    return text[first:ends[-1] if ends else first + room].strip()
