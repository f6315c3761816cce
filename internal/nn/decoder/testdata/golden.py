#!/usr/bin/env python3
"""Writes the golden models of this folder: small random decoders and the logits that transformers + torch compute with them.

  pip install "numpy<2" torch==1.13.1 safetensors
  pip install --no-deps --target HF transformers==4.51.3 tokenizers==0.21.1
  PYTHONPATH=HF golden.py

Each folder NAME is in Hugging Face layout; its golden.safetensors holds, for each sequence i, ids.i (as floats) and
logits.i [tokens, vocabulary]. Weights are rounded to the type that they are saved in before the logits are computed.
"""
import json
import os
import shutil
import sys
import types

import torch

# What transformers 4.51 imports from later versions of torch and calls only where training is parallel or compiled.
distributed = types.ModuleType('torch.distributed.tensor')
for name in ('DTensor', 'Placement', 'Replicate', 'Shard', 'Partial'):
    setattr(distributed, name, type(name, (), {}))
sys.modules['torch.distributed.tensor'] = distributed
compiler = types.ModuleType('torch.compiler')
compiler.disable = lambda *a, **k: a[0] if a and callable(a[0]) else (lambda f: f)
compiler.is_compiling = lambda: False
torch.compiler = sys.modules['torch.compiler'] = compiler
for name in ('uint16', 'uint32', 'uint64', 'float8_e4m3fn', 'float8_e5m2'):
    if not hasattr(torch, name):
        setattr(torch, name, None)

from safetensors.torch import save_file
from transformers import (GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM,
                          Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

LENGTHS = [1, 5, 17, 66, 130]
VOCABULARY = 64


def write(name, cls, config, dtype=torch.float32, shards=1):
    torch.manual_seed(3)
    config._attn_implementation = 'eager'
    model = cls(config).eval()
    with torch.no_grad():
        for k, p in model.named_parameters():
            centre = 1.0 if 'norm' in k or '.ln_' in k and k.endswith('weight') else 0.0
            p.copy_((torch.randn_like(p) * (0.15 if p.dim() > 1 else 0.3) + centre).to(dtype).float())
    shutil.rmtree(name, ignore_errors=True)
    os.mkdir(name)
    config.save_pretrained(name)
    weights = {k: v.to(dtype).contiguous() for k, v in model.state_dict().items()}
    if config.tie_word_embeddings:
        weights.pop('lm_head.weight')
    if shards == 1:
        save_file(weights, f'{name}/model.safetensors', metadata={'format': 'pt'})
    else:
        names, placed = sorted(weights), {}
        for s in range(shards):
            file = f'model-{s + 1:05}-of-{shards:05}.safetensors'
            part = {k: weights[k] for k in names[s::shards]}
            save_file(part, f'{name}/{file}', metadata={'format': 'pt'})
            placed.update({k: file for k in part})
        with open(f'{name}/model.safetensors.index.json', 'w') as f:
            json.dump({'metadata': {'total_size': sum(v.numel() * v.element_size() for v in weights.values())}, 'weight_map': placed}, f, indent=1)
    g = torch.Generator().manual_seed(7)
    out = {}
    for i, n in enumerate(LENGTHS):
        ids = torch.randint(0, VOCABULARY, (1, n), generator=g)
        with torch.no_grad():
            out[f'ids.{i}'], out[f'logits.{i}'] = ids[0].float(), model(ids).logits[0].contiguous()
    save_file(out, f'{name}/golden.safetensors')


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    shape = dict(vocab_size=VOCABULARY, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
                 num_key_value_heads=2, max_position_embeddings=256, bos_token_id=1, eos_token_id=2)
    write('llama', LlamaForCausalLM, LlamaConfig(**shape))
    write('llama3', LlamaForCausalLM, LlamaConfig(**dict(shape, eos_token_id=[2, 3]), tie_word_embeddings=True, rope_theta=500000.0, rope_scaling=dict(
        rope_type='llama3', factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)), torch.bfloat16)
    write('linear', LlamaForCausalLM, LlamaConfig(**shape, attention_bias=True, mlp_bias=True, rope_scaling=dict(rope_type='linear', factor=2.5)))
    write('smollm', LlamaForCausalLM, LlamaConfig(**dict(shape, hidden_size=48, num_attention_heads=3, num_key_value_heads=1), tie_word_embeddings=True))
    write('mistral', MistralForCausalLM, MistralConfig(**shape, sliding_window=20, head_dim=32), torch.float16, shards=3)
    write('qwen2', Qwen2ForCausalLM, Qwen2Config(**shape, tie_word_embeddings=True, use_sliding_window=False))
    write('qwen3', Qwen3ForCausalLM, Qwen3Config(**shape, head_dim=32))
    write('gpt2', GPT2LMHeadModel, GPT2Config(vocab_size=VOCABULARY, n_embd=64, n_layer=2, n_head=4, n_inner=96, n_positions=160, bos_token_id=1, eos_token_id=2))


main()
