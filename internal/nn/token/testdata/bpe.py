#!/usr/bin/env python3
"""Train BPE tokenizers of the published forms on the spot and write what the reference makes of mixed lines.

  pip install tokenizers==0.21.1
  bpe.py ROOT      ROOT is the repository, whose sources give the lines of code; writes bpe-*.gz here

bpe-lines.gz holds one JSON string a line: English, Korean, code, emoji, white space and anything. bpe-NAME.json.gz is a
tokenizer.json, bpe-NAME.golden.gz holds {"i": ids in the frame, "d": the text that they decode to, without special
tokens, where that is not the line} for each line.
"""
import glob, gzip, json, os, random, sys
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

rng = random.Random(20261122)
os.chdir(os.path.dirname(os.path.abspath(__file__)))
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r'\p{N}{1,3}', r'\p{N}')
EMOJI = ['🙂', '👍🏽', '👩‍👩‍👧', '🇰🇷', '❤️', '🏳️‍🌈', '1️⃣', '🤖🤖']
ODD = ["don't", "IT'S", "we'Ll", "o'ſ", "'", "''re", '\u00a0', '\u3000', '\u2028', '\t', '\r\n', '\n\n ', '   ', ' ', '123', '1234567', '½', '²³', '٣٤', 'Ⅷ', 'e\u0301',
       'ﬁ', 'é', '각', '\u1100\u1161', 'नमस्ते', 'สวัสดี', '<s>', '</s>', '<unk>', '<|endoftext|>', '<0x41>', '▁', '_', '##', '\u200b', '\ufeff', '\U000e0041', '...', '!?', '({[', '=>', '//']


def lines(root):
    plain = [json.loads(l) for l in gzip.open('lines.gz', 'rt', encoding='utf-8')]
    code = []
    for path in sorted(glob.glob(root + '/internal/nn/*/*.go') + glob.glob(root + '/train/*.py') + glob.glob(root + '/docs/*.md')):
        text = open(path, encoding='utf-8').read()
        at = 0
        while at < len(text) and len(code) < 100000:
            n = rng.randint(1, 160)
            code.append(text[at:at + n])
            at += n
    out = plain + rng.sample(code, 900)
    for _ in range(900):
        parts = []
        for _ in range(rng.randint(1, 9)):
            kind = rng.randrange(6)
            if kind == 0: parts.append(rng.choice(EMOJI))
            elif kind == 1: parts.append(rng.choice(ODD))
            elif kind == 2: parts.append(rng.choice([' ', '  ', '\n', '\t', '\n\n', ' \n ', '\r\n']) * rng.randint(1, 3))
            elif kind == 3: parts.append(''.join(chr(rng.choice([rng.randint(32, 126), rng.randint(160, 0x2ff), rng.randint(0xac00, 0xd7a3), rng.randint(0x4e00, 0x9fff)])) for _ in range(rng.randint(1, 8))))
            else:
                line = rng.choice(plain)
                a = rng.randrange(len(line) + 1)
                parts.append(line[a:a + rng.randint(0, 30)])
        out.append(''.join(parts))
    return [''] + [s.replace('\0', ' ') for s in out]


def train(name, model, normalizer, pre, post, decoder, specials, corpus, added=(), alphabet=()):
    t = Tokenizer(model)
    if normalizer is not None: t.normalizer = normalizer
    if pre is not None: t.pre_tokenizer = pre
    t.decoder = decoder
    t.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=1500, limit_alphabet=400, special_tokens=specials, initial_alphabet=list(alphabet), show_progress=False))
    if post is not None: t.post_processor = post(t)
    t.add_special_tokens(list(added))
    return t


def write(name, t, texts):
    with gzip.GzipFile(f'bpe-{name}.json.gz', 'wb', mtime=0) as f:
        f.write(t.to_str().encode())
    with gzip.GzipFile(f'bpe-{name}.golden.gz', 'wb', mtime=0) as f:
        for s in texts:
            ids = t.encode(s).ids
            row, d = {'i': ids}, t.decode(ids)
            if d != s: row['d'] = d
            f.write((json.dumps(row, separators=(',', ':'), ensure_ascii=False) + '\n').encode())


def main():
    texts = lines(sys.argv[1])
    with gzip.GzipFile('bpe-lines.gz', 'wb', mtime=0) as f:
        for s in texts: f.write((json.dumps(s, ensure_ascii=False) + '\n').encode())
    corpus = texts[:1500]
    byte = pre_tokenizers.ByteLevel.alphabet()
    bos = lambda t: processors.TemplateProcessing(single='<s> $A', pair='<s> $A <s> $B', special_tokens=[('<s>', t.token_to_id('<s>'))])
    end = AddedToken('<|endoftext|>', special=True, normalized=True)
    plain = models.BPE()
    write('gpt2', train('gpt2', plain, None, pre_tokenizers.ByteLevel(add_prefix_space=False), lambda t: processors.ByteLevel(trim_offsets=False), decoders.ByteLevel(), [end], corpus, alphabet=byte), texts)
    split = lambda r: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r), 'isolated'), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    marks = [AddedToken(c, special=True, normalized=False) for c in ('<|im_start|>', '<|im_end|>')]
    write('llama3', train('llama3', models.BPE(ignore_merges=True), None, split(LLAMA3), lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=True), bos(t)]), decoders.ByteLevel(), ['<s>', '</s>'], corpus, marks, byte), texts)
    write('qwen2', train('qwen2', models.BPE(), normalizers.NFC(), split(QWEN2), lambda t: processors.ByteLevel(trim_offsets=False), decoders.ByteLevel(), [], corpus, marks, byte), texts)
    digits = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    write('smollm', train('smollm', models.BPE(), None, digits, None, decoders.ByteLevel(), ['<|endoftext|>'], corpus, marks, byte), texts)
    fallback = ['<unk>', '<s>', '</s>'] + [f'<0x{i:02X}>' for i in range(256)]
    pieces = decoders.Sequence([decoders.Replace('▁', ' '), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(' ', 1, 0)])
    llama2 = train('llama2', models.BPE(unk_token='<unk>', byte_fallback=True, fuse_unk=True), normalizers.Sequence([normalizers.Prepend('▁'), normalizers.Replace(' ', '▁')]),
                   pre_tokenizers.Metaspace(prepend_scheme='never'), bos, pieces, fallback, corpus)
    def as_added(t, kind):
        config = json.loads(t.to_str())
        config['added_tokens'] = [a for a in config['added_tokens'] if a['id'] < 3]
        if kind == 'llama2':
            config['pre_tokenizer'] = None
        else:
            config['normalizer'], config['pre_tokenizer'] = None, {'type': 'Metaspace', 'replacement': '▁', 'prepend_scheme': 'first', 'split': False}
        config['model']['merges'] = [' '.join(m) for m in config['model']['merges']] if kind == 'llama2' else config['model']['merges']
        return Tokenizer.from_str(json.dumps(config)), config
    for kind in ('llama2', 'mistral'):
        t, config = as_added(llama2, kind)
        write(kind, t, texts)
        with gzip.GzipFile(f'bpe-{kind}.json.gz', 'wb', mtime=0) as f:  # with the merges spelled as in files of the time
            f.write(json.dumps(config, ensure_ascii=False).encode())


main()
