#!/usr/bin/env python3
"""Write the tokenizer.json of a model with XLM-R's pieces, such as tools/base_encoder.py unpacks, trimmed or not.

  xlmr.py PIECES.json OUT.json [CHARSMAP]

PIECES.json  {"pieces": [[piece, score], ...], "bos":, "eos":, "pad":, "unk":}
CHARSMAP     SentencePiece's precompiled map as base64; by default the one in xlmr.json.gz beside this file
"""
import gzip, json, os, sys


def tokenizer(model, charsmap):
    pieces = model['pieces']
    name = {k: pieces[model[k]][0] for k in ('bos', 'eos', 'pad', 'unk')}
    ids = {p: i for i, (p, _) in enumerate(pieces)}
    special = [ids[name[k]] for k in ('bos', 'pad', 'eos', 'unk')] + [ids[m] for m in ('<mask>',) if m in ids]
    token = lambda k: {'SpecialToken': {'id': name[k], 'type_id': 0}}
    text = lambda k: {'Sequence': {'id': k, 'type_id': 0}}
    one = [token('bos'), text('A'), token('eos')]
    return {
        'version': '1.0', 'truncation': None, 'padding': None,
        'added_tokens': [{'id': i, 'special': True, 'content': pieces[i][0], 'single_word': False,
                          'lstrip': pieces[i][0] == '<mask>', 'rstrip': False, 'normalized': False}
                         for i in sorted(special)],
        'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': charsmap},
        'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [
            {'type': 'WhitespaceSplit'}, {'type': 'Metaspace', 'replacement': '▁', 'add_prefix_space': True}]},
        'post_processor': {'type': 'TemplateProcessing', 'single': one,
                           'pair': one + [token('eos'), text('B'), token('eos')],
                           'special_tokens': {name[k]: {'id': name[k], 'ids': [model[k]], 'tokens': [name[k]]}
                                              for k in ('bos', 'eos')}},
        'decoder': {'type': 'Metaspace', 'replacement': '▁', 'add_prefix_space': True},
        'model': {'type': 'Unigram', 'unk_id': model['unk'], 'vocab': pieces},
    }


if __name__ == '__main__':
    if len(sys.argv) > 3:
        charsmap = open(sys.argv[3]).read().strip()
    else:
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'xlmr.json.gz')
        charsmap = json.load(gzip.open(here))['normalizer']['precompiled_charsmap']
    with open(sys.argv[2], 'w', encoding='utf-8') as f:
        json.dump(tokenizer(json.load(open(sys.argv[1], encoding='utf-8')), charsmap), f, ensure_ascii=False)
