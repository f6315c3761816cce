"""The tower: layers above the trunk and one linear layer a token; how spans are read from it."""
import numpy as np
import torch
from torch import nn

from sources import LABELS
from windows import CLASSES, precision

# A class may follow another: inside follows begin or inside of its own label.
ALLOWED = np.array([[not b.startswith('I') or a[1:] == b[1:] for b in CLASSES] for a in CLASSES])


class Tower(nn.Module):
    def __init__(self, layers, hidden):
        super().__init__()
        self.layer = nn.ModuleList(layers)
        self.head = nn.Linear(hidden, len(CLASSES))
        nn.init.normal_(self.head.weight, std=.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, x, mask):
        bias = (1 - mask)[:, None, None, :] * -1e4
        with precision():
            for layer in self.layer:
                x = layer(x, bias)[0]
        return self.head(x.float())


def viterbi(logits, lean):
    """The likeliest sequence of classes in which every inside follows its own kind. `lean` is what is added to the logits of each
    label: recall counts more than precision where data must not leak."""
    score = logits + np.concatenate([[0], np.repeat(lean, 2)])
    best, back = score[0] + np.where([c[0] == 'I' for c in CLASSES], -1e9, 0), []
    for row in score[1:]:
        paths = best[:, None] + np.where(ALLOWED, 0, -1e9)
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    path = [int(best.argmax())]
    for b in reversed(back):
        path.append(int(b[path[-1]]))
    return path[::-1]


def spans(text, offsets, logits, lean):
    """(start, end, label, certainty) of a text, whose tokens come without those of the frame. Certainty is the mean over the span's
    tokens of the logarithm of the label's probability."""
    if not len(logits):
        return []
    logits = logits.astype(np.float64)
    path = viterbi(logits, lean)
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    out, t = [], 0
    while t < len(path):
        if path[t] == 0:
            t += 1
            continue
        label = (path[t] - 1) // 2
        end = t + 1
        while end < len(path) and path[end] == 2 + 2 * label:
            end += 1
        a, b = offsets[t][0], offsets[end - 1][1]
        certainty = float(np.log(p[t:end, 1 + 2 * label] + p[t:end, 2 + 2 * label] + 1e-9).mean())
        a, b = trim(text, a, b, LABELS[label])
        if a < b:
            out.append((a, b, LABELS[label], certainty))
        t = end
    return out


LEAD, TAIL = ' \t\n([{<"\'“‘=:,;*`@', ' \t\n,.;:"\'”’*`<>'
CLOSE = {')': '(', ']': '[', '}': '{'}


def abbreviated(name):
    return name.endswith((' Jr', ' Sr')) or name[-1:].isupper() and not name[-2:-1].islower()


def trim(text, a, b, label):
    """A piece may hold a mark that is no part of the value: 27, or (44). An unpaired bracket and marks at the ends go."""
    if label == 'PASSWORD':
        return a, b
    while a < b and text[a] in LEAD:
        a += 1
    while a < b:
        c = text[b - 1]
        if c in TAIL and not (c == '.' and label == 'NAME' and abbreviated(text[a:b - 1])):
            b -= 1
        elif c in CLOSE and text.count(c, a, b) > text.count(CLOSE[c], a, b):
            b -= 1
        else:
            break
    return a, b
