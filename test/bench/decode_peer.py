#!/usr/bin/env python3
"""Measures the decoder against llama.cpp on the same cores, in turns, on a Llama shape of 124 million weights with random values.

  python3 -m venv .cache/llama && .cache/llama/bin/pip install -q numpy gguf==0.19.0 xllamacpp==2026.10.11549
  .cache/llama/bin/python test/bench/decode_peer.py        prints one table; arguments: rounds (7), threads (2)

llama.cpp (built into xllamacpp) reads a GGUF file of the shape in Q8_0 and makes 128 tokens from one, greedily; its own timing counts.
The engine runs BenchmarkDecode of internal/nn/decoder, int8, of the same shape, which tells the memory's bandwidth too. Each of several
rounds runs both, so that a slow moment of the machine hits both.
"""
import json, os, statistics, subprocess, sys
import numpy as np
import gguf

ROUNDS, THREADS = int((sys.argv[1:2] or [7])[0]), int((sys.argv[2:3] or [2])[0])
TOKENS, PATH = 128, '.cache/llama/class125.gguf'
BENCH = {1: 'int8/1core', 2: 'int8/2cores'}[THREADS]
HIDDEN, INNER, LAYERS, HEADS, VOCABULARY = 768, 2048, 12, 12, 50257


def write():
    w = gguf.GGUFWriter(PATH, 'llama')
    w.add_context_length(2048)
    w.add_embedding_length(HIDDEN)
    w.add_block_count(LAYERS)
    w.add_feed_forward_length(INNER)
    w.add_head_count(HEADS)
    w.add_head_count_kv(HEADS)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_rope_dimension_count(HIDDEN // HEADS)
    w.add_vocab_size(VOCABULARY)
    w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_tokenizer_model('gpt2')
    w.add_tokenizer_pre('gpt-2')
    w.add_token_list([f't{i}' for i in range(VOCABULARY)])
    w.add_token_types([1] * VOCABULARY)
    w.add_token_merges(['t 0'])
    w.add_bos_token_id(0)
    w.add_eos_token_id(0)
    rng = np.random.default_rng(1)

    def matrix(name, rows, cols):
        m = ((rng.random((rows, cols), dtype=np.float32) - 0.5) * 0.1)
        w.add_tensor(name, gguf.quants.quantize(m, gguf.GGMLQuantizationType.Q8_0), raw_dtype=gguf.GGMLQuantizationType.Q8_0)

    def ones(name):
        w.add_tensor(name, np.ones(HIDDEN, dtype=np.float32))

    matrix('token_embd.weight', VOCABULARY, HIDDEN)  # the head reads it too, as in the engine's model
    ones('output_norm.weight')
    for i in range(LAYERS):
        ones(f'blk.{i}.attn_norm.weight')
        ones(f'blk.{i}.ffn_norm.weight')
        for part in ('attn_q', 'attn_k', 'attn_v', 'attn_output'):
            matrix(f'blk.{i}.{part}.weight', HIDDEN, HIDDEN)
        matrix(f'blk.{i}.ffn_gate.weight', INNER, HIDDEN)
        matrix(f'blk.{i}.ffn_up.weight', INNER, HIDDEN)
        matrix(f'blk.{i}.ffn_down.weight', HIDDEN, INNER)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def server():
    import xllamacpp
    p = xllamacpp.CommonParams()
    p.model.path = PATH
    p.n_ctx, p.n_parallel, p.n_gpu_layers = 512, 1, 0
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = THREADS
    print(xllamacpp.get_system_info())
    return xllamacpp.Server(p)


def theirs(s):
    answer = s.handle_completions({'prompt': [1], 'n_predict': TOKENS, 'temperature': 0, 'top_k': 1, 'ignore_eos': True, 'cache_prompt': False})
    answer = json.loads(answer) if isinstance(answer, (str, bytes)) else answer
    t = answer['timings']
    assert t['predicted_n'] == TOKENS, answer
    return t['predicted_per_second']


def ours():
    out = subprocess.run([os.path.abspath('.cache/decoder.test'), '-test.run', '^$', '-test.bench', f'Decode/{BENCH}$', '-test.benchtime', f'{2 * TOKENS}x'],
                         cwd='internal/nn/decoder', check=True, capture_output=True, text=True).stdout
    words = next(line for line in out.splitlines() if line.startswith(f'BenchmarkDecode/{BENCH}-')).split()
    return tuple(float(words[words.index(unit) - 1]) for unit in ('tokens/s', 'memory-GB/s', 'of-memory'))


def main():
    if not os.path.exists(PATH):
        write()
    subprocess.run(['go', 'test', '-c', '-o', '.cache/decoder.test', './internal/nn/decoder'], check=True)
    s = server()
    theirs(s)
    rounds = [(ours(), theirs(s)) for _ in range(ROUNDS)]
    for (rate, memory, share), peer in rounds:
        print(f'merlon {rate:6.1f} tokens/s, {share:.2f} of {memory:.1f} GB/s   llama.cpp {peer:6.1f} tokens/s   ratio {rate / peer:.2f}')
    print(f'median of {ROUNDS} rounds: merlon {statistics.median(r[0][0] for r in rounds):.1f} tokens/s, {statistics.median(r[0][2] for r in rounds):.2f} of the memory; '
          f'llama.cpp {statistics.median(r[1] for r in rounds):.1f} tokens/s; ratio {statistics.median(r[0][0] / r[1] for r in rounds):.2f}')


main()
