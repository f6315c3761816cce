"""Writes the weighted mean of runs: mean.py FILE OUT SHARE RUN [SHARE RUN ...]. FILE is what a trainer writes, upper.pt or tower.pt; each RUN has one.

The mean of runs that began at the same weights errs less than each of them; the mean of a run and what it began with forgets less."""
import os
import sys

import torch


def mean(states, shares):
    """The mean of tensors, or of what dictionaries hold under the same names; what is neither has to be equal."""
    first = states[0]
    if isinstance(first, dict):
        assert all(s.keys() == first.keys() for s in states), 'runs of different shapes'
        return {k: mean([s[k] for s in states], shares) for k in first}
    if isinstance(first, torch.Tensor):
        return sum(share * s for share, s in zip(shares, states)).to(first.dtype)
    assert all(s == first for s in states), f'runs differ in {first!r}'
    return first


def main():
    file, out, *rest = sys.argv[1:]
    shares, runs = [float(s) for s in rest[::2]], rest[1::2]
    assert len(shares) == len(runs) > 1 and abs(sum(shares) - 1) < 1e-6, 'give a share for each run; together they are 1'
    os.makedirs(out, exist_ok=True)
    torch.save(mean([torch.load(f'{run}/{file}') for run in runs], shares), f'{out}/{file}')


if __name__ == '__main__':
    main()
