"""Fits the heads of the guard model to the vectors of its int8 tower: heads.py TABLE BASE MODEL. Changes MODEL/model.safetensors
and, so that the two can be compared, MODEL/f32/model.safetensors.

The tower's rounding moves each vector a little; heads that were fitted to float vectors lose up to two points of F1 by it."""
import os
import subprocess
import sys
import threading

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from store import CUT, Store, rows

# how many times more a source counts when the heads are fitted: what few other rows are like (benign programming requests; the plainest attacks and harm)
FITTED = {'tasks_a': 3, 'tasks_b': 3, 'attack_9': 3, 'content_9': 2}
PENALTY = 1e-3  # on the squares of the weights, for vectors of variance 1
POSITIVE = 2  # weight of a positive target against a negative
LONG = .35  # share of the rows above 128 tokens


def known(target, weight, positive):
    """What each target counts in the loss: nothing if not judged, else its row's weight, positives more."""
    return (target >= 0).float() * weight[:, None] * (1 + (positive - 1) * (target > 0).float())


def wanted(table):
    """Targets of the rows, and what each counts."""
    target = torch.tensor([r['content'] + r['attack'] for r in table], dtype=torch.float32)
    return target, known(target, torch.tensor([r['weight'] * FITTED.get(r['source'], 1) for r in table]), POSITIVE)


def fit(vectors, target, count, penalty=PENALTY):
    """Weights, biases and loss of ten logistic heads, by L-BFGS on vectors brought to mean 0 and variance 1. This base's sentence vectors
    lie in a narrow cone: AdamW leaves the heads far from what they could say."""
    mean, deviation = vectors.mean(0), vectors.std(0)
    x = (vectors - mean) / deviation
    weight, bias = torch.zeros(10, x.shape[1], requires_grad=True), torch.zeros(10, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=150, line_search_fn='strong_wolfe')

    def closure():
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(x @ weight.T + bias, target.clamp(min=0), reduction='none')
        loss = (loss * count).sum() / count.sum() + penalty * (weight ** 2).sum() / 10
        loss.backward()
        return loss
    optimiser.step(closure)
    loss = float(closure())
    plain = (weight / deviation).detach()
    return plain, (bias - plain @ mean).detach(), loss


def means(store, index, model):
    """Vectors of rows as Merlon's engine gives them."""
    command = '.cache/train/bin/mean'
    subprocess.run(['go', 'build', '-o', command, './train/cmd/mean'], check=True, env=dict(os.environ, CGO_ENABLED='0'))

    def write(to):
        for i in index:
            at, n = store.start[i], store.lengths[i]
            to.write(np.uint32(n).tobytes() + store.rows[at:at + n].astype('<f4').tobytes())
        to.close()
    with subprocess.Popen([command, '-from', str(CUT), model], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20) as p:
        writer = threading.Thread(target=write, args=(p.stdin,))
        writer.start()
        out = np.frombuffer(p.stdout.read(), '<f4').reshape(len(index), store.width)
        writer.join()
    assert p.returncode == 0, p.returncode
    return torch.from_numpy(out.copy())


def main():
    path, base, model = sys.argv[1:4]
    table = [r for r in rows(path) if r['split'] == 'train' and r['use'] == 'ship']
    store = Store(base, table, CUT, os.path.dirname(path))
    rng = np.random.default_rng(4)
    index = np.flatnonzero((np.array(store.lengths) <= 128) | (rng.random(len(table)) < LONG))
    target, count = wanted(table)
    weight, bias, loss = fit(means(store, index, model), target[index], count[index])
    print(f'heads fitted to {len(index)} int8 vectors, loss {loss:.4f}')
    for file in (f'{model}/model.safetensors', f'{model}/f32/model.safetensors'):
        stored = load_file(file)
        for name, part in (('content', slice(0, 5)), ('attack', slice(5, 10))):
            stored[f'head.{name}.weight'], stored[f'head.{name}.bias'] = weight[part].contiguous(), bias[part].contiguous()
        save_file(stored, file, {'format': 'pt'})


if __name__ == '__main__':
    main()
