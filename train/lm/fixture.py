#!/usr/bin/env python3
"""Writes what torch and transformers compute with the shipped weights, for the test in models: fixture.py MODEL OUT.

The int8 matrices are multiplied out to f32 first, and heads of keys and values are repeated for the queries that share them, so that versions
of transformers without grouped queries compute the same. OUT holds ids [200], logits [200, 128] of every 64th token, top [200], the most likely
token of each row, and spread [200], the logarithm of the sum of its exponentials. Needs torch, transformers and tokenizers from PyPI.
"""
import json
import sys

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

TEXT = """<|system|>You are a helpful assistant.<|end|><|user|>How do I reach the help desk?<|end|><|assistant|>You can write to help@example.com or call
+1 206-555-0100.<|end|><|user|>안녕하세요, 오늘 날씨가 어때요? 창밖을 봐 주세요.<|end|><|assistant|>저는 날씨를 볼 수 없어요.<|end|><|user|>The harbour board voted six to three on
Monday evening to close the inner dock to pleasure craft from 1 November until 15 March while the lock gates are replaced.\n\nWhen does it open again?<|end|><|assistant|>
On 15 March.<|end|><|endoftext|>"""


def main(folder, out):
    settings = json.load(open(f"{folder}/config.json"))
    settings.pop("quantization_config")
    group = settings["num_attention_heads"] // settings["num_key_value_heads"]
    settings["num_key_value_heads"] = settings["num_attention_heads"]
    model = LlamaForCausalLM(LlamaConfig(**settings)).eval()
    weights = load_file(f"{folder}/model.safetensors")
    whole = {k: v.float() * weights[k + "_scale"] if v.dtype == torch.int8 else v for k, v in weights.items() if not k.endswith("_scale")}
    for k, v in whole.items():
        if "k_proj" in k or "v_proj" in k:
            whole[k] = v.view(-1, settings["head_dim"], v.shape[1]).repeat_interleave(group, 0).reshape(-1, v.shape[1])
    missing, unexpected = model.load_state_dict(whole, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"} | {k for k in missing if "rotary" in k}, (missing, unexpected)
    model.tie_weights()
    ids = Tokenizer.from_file(f"{folder}/tokenizer.json").encode(TEXT).ids
    ids = (ids * 2)[:200]
    assert len(ids) == 200
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    save_file({"ids": torch.tensor(ids).float(), "logits": logits[:, ::64].contiguous(), "top": logits.argmax(-1).float(), "spread": logits.logsumexp(-1)}, out)


main(*sys.argv[1:])
