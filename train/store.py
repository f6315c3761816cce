"""Reads the table, tokenises it and keeps the rows that the frozen lower layers give, so that they are computed once."""
import hashlib
import json
import os
import subprocess
import tempfile
import time

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

MAX_TOKENS = 256
CUT = 6  # layers of the trunk, which stay as they are
TRUNK = 'models/trunk'
BF16 = any('avx512_bf16' in line for line in open('/proc/cpuinfo'))


def precision():
    """bfloat16 where the processor multiplies it, else float32, which is then four times as fast."""
    return torch.autocast('cpu', torch.bfloat16, enabled=BF16)


def trunk_rows(sequences, width):
    """What the trunk gives for sequences of token ids, one float16 array each, in order, by Merlon's engine and the int8 weights that ship."""
    command = '.cache/train/bin/read'
    subprocess.run(['go', 'build', '-o', command, './train/cmd/read'], check=True, env=dict(os.environ, CGO_ENABLED='0'))
    with tempfile.TemporaryFile('w+') as ids:
        for s in sequences:
            ids.write(json.dumps(s) + '\n')
        ids.seek(0)
        with subprocess.Popen([command, TRUNK], stdin=ids, stdout=subprocess.PIPE, bufsize=1 << 20) as p:
            for s in sequences:
                given = np.frombuffer(p.stdout.read(4 * width * len(s)), '<f4')
                if len(given) < width * len(s):
                    raise RuntimeError(f'{command} ended early: what it says stands above')
                yield given.reshape(len(s), width).astype(np.float16)
        assert p.returncode == 0, p.returncode


def rows(path):
    return [json.loads(line) for line in open(path)]


def encoder(base):
    """The encoder of a folder as transformers knows it, without dropout: who trains sets their own."""
    from safetensors.torch import load_file
    config = BertConfig.from_dict(json.load(open(f'{base}/config.json')))
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    model = BertModel(config, add_pooling_layer=False)
    missing, _ = model.load_state_dict(load_file(f'{base}/model.safetensors'), strict=False)
    assert all('position_ids' in m for m in missing), missing
    return model.eval()


def tokens(base, texts, most=MAX_TOKENS):
    """Ids of each text, cut to its first and last window: long texts keep the first most-64 tokens and the last 62."""
    t = Tokenizer.from_file(f'{base}/tokenizer.json')
    out = []
    for e in t.encode_batch(texts):
        ids = e.ids
        if len(ids) > most:
            ids = ids[:most - 64] + ids[-64:]
        out.append(ids)
    return out


def batches(lengths, budget, rng=None):
    """Indices in batches of at most `budget` padded tokens, of like length."""
    order = np.array(lengths) + (rng.uniform(0, 8, len(lengths)) if rng else 0)
    out, batch, longest = [], [], 0
    for i in np.argsort(order):
        longest = max(longest, lengths[i])
        if batch and longest * (len(batch) + 1) > budget:
            out.append(batch)
            batch, longest = [], lengths[i]
        batch.append(int(i))
    out.append(batch)
    if rng:
        rng.shuffle(out)
    return out


class Store:
    """Hidden rows after `cut` layers (0: embeddings) of every text, in float16 on disk. Texts that an earlier run has seen are
    found again by their token ids; new ones are added at the end of the file. Another base or cut is another folder or file."""

    def __init__(self, base, table, cut, folder):
        self.ids = tokens(base, [r['text'] for r in table])
        self.lengths = [len(i) for i in self.ids]
        path = f'{folder}/hidden{cut}'
        self.at = json.load(open(path + '.json')) if os.path.exists(path + '.json') else {}
        names = [hashlib.sha1(np.array(i, np.int32).tobytes()).hexdigest() for i in self.ids]
        missing = list({n: i for i, n in enumerate(names) if n not in self.at}.items())
        self.width = json.load(open(f'{base}/config.json'))['hidden_size']
        if missing:
            assert cut == CUT, 'deeper rows are made by topic/deepen.py'
            self.add(missing, path)
        self.rows = np.memmap(path + '.f16', np.float16, 'r').reshape(-1, self.width)
        self.start = [self.at[n] for n in names]

    def add(self, missing, path):
        """Appends what the trunk gives for texts of (name, index)."""
        begin = time.time()
        end = os.path.getsize(path + '.f16') // (2 * self.width) if os.path.exists(path + '.f16') else 0
        with open(path + '.f16', 'ab') as f:
            f.truncate(2 * self.width * end)
            for n, ((name, i), h) in enumerate(zip(missing, trunk_rows([self.ids[i] for _, i in missing], self.width))):
                f.write(h.tobytes())
                self.at[name] = end
                end += self.lengths[i]
                if n % 10000 == 0:
                    print(f'  cache {n} {time.time() - begin:.0f}s', flush=True)
        json.dump(self.at, open(path + '.json', 'w'))

    def batch(self, indices):
        width = max(self.lengths[i] for i in indices)
        x = np.zeros((len(indices), width, self.width), np.float32)
        mask = np.zeros((len(indices), width), np.float32)
        for j, i in enumerate(indices):
            x[j, :self.lengths[i]] = self.rows[self.start[i]:self.start[i] + self.lengths[i]]
            mask[j, :self.lengths[i]] = 1
        return torch.from_numpy(x), torch.from_numpy(mask)


def pad(sequences):
    width = max(map(len, sequences))
    ids = torch.zeros(len(sequences), width, dtype=torch.long)
    mask = torch.zeros(len(sequences), width)
    for j, s in enumerate(sequences):
        ids[j, :len(s)] = torch.tensor(s)
        mask[j, :len(s)] = 1
    return ids, mask
