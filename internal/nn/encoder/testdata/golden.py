#!/usr/bin/env python3
"""Writes the golden models of this folder: small random encoders and what transformers + torch compute with them.

  pip install "numpy<2" torch==1.13.1 transformers==4.30.2 safetensors
  golden.py                       rewrites bert.* and xlmr.* here
  golden.py MODEL_DIR OUT.safetensors   runs a real model (config.json, model.safetensors) on fixed ids, for the opt-in test

A *.golden.safetensors file holds, for each sequence i, ids.i and types.i (as floats) and out.i [tokens, hidden].
"""
import os
import sys
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

LENGTHS = [1, 2, 7, 16, 31, 32, 33, 50]


def outputs(model, vocabulary, lengths, types, low):
    g = torch.Generator().manual_seed(7)
    out = {}
    for i, n in enumerate(lengths):
        ids = torch.randint(low, vocabulary, (1, n), generator=g)
        kinds = torch.randint(0, types, (1, n), generator=g)
        with torch.no_grad():
            y = model(input_ids=ids, token_type_ids=kinds).last_hidden_state[0]
        out[f'ids.{i}'], out[f'types.{i}'], out[f'out.{i}'] = ids[0].float(), kinds[0].float(), y.contiguous()
    return out


def small(name, config, cls):
    torch.manual_seed(3)
    model = cls(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for k, p in model.named_parameters():
            p.copy_(torch.randn_like(p) * (0.15 if p.dim() > 1 else 0.3) + (1.0 if 'LayerNorm.weight' in k else 0.0))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f'{name}.safetensors')
    config.save_pretrained('.')
    os.replace('config.json', f'{name}.json')
    save_file(outputs(model, config.vocab_size, LENGTHS, config.type_vocab_size, config.pad_token_id + 1), f'{name}.golden.safetensors')


def main():
    if len(sys.argv) == 3:
        config = AutoConfig.from_pretrained(sys.argv[1])
        weights = load_file(f'{sys.argv[1]}/model.safetensors')
        config.vocab_size = weights['embeddings.word_embeddings.weight'].shape[0]
        model = BertModel(config, add_pooling_layer=False).eval()
        missing, _ = model.load_state_dict(weights, strict=False)
        assert set(missing) <= {'embeddings.position_ids'}, missing
        save_file(outputs(model, config.vocab_size, [1, 5, 16, 33, 128, 200], 1, 4), sys.argv[2])
        return
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    shape = dict(hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, max_position_embeddings=64,
                 layer_norm_eps=1e-12, hidden_dropout_prob=0, attention_probs_dropout_prob=0)
    small('bert', BertConfig(vocab_size=80, type_vocab_size=2, hidden_act='gelu', **shape), BertModel)
    shape.update(hidden_size=32, num_attention_heads=1, layer_norm_eps=1e-5)
    small('xlmr', XLMRobertaConfig(vocab_size=60, type_vocab_size=1, pad_token_id=1, hidden_act='gelu_new', **shape), XLMRobertaModel)


main()
