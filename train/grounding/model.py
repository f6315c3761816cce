"""The tower of the grounding family: layers 6.. of the base over trunk rows, marks of words beside them, a logit for each sentence."""
import torch
from torch import nn

from layout import FEATURES, trunk
from words import MARKS, NUMBER, RUN, SAME, STEM

OVERLAP = 3.0  # logits for a sentence all of whose words stand in the source
KNOWN = SAME, STEM, NUMBER, RUN


class Tower(nn.Module):
    """Layers, tables of marks, what compares tokens, and a head of two layers. The share of known words counts by a fixed weight beside it.

    Written rows are made so that word overlap says nothing, or the opposite; where models answer it says much (AUROC 0.70 alone on the
    development sets). So it is given, and the rest is learned."""

    def __init__(self, layers, hidden=384, middle=64, narrow=64):
        super().__init__()
        self.layer = nn.ModuleList(layers)
        self.segment = nn.Embedding(3, hidden)
        self.source_mark, self.query_mark = nn.Embedding(MARKS, hidden), nn.Embedding(MARKS, hidden)
        for e in (self.segment, self.source_mark, self.query_mark):
            nn.init.normal_(e.weight, std=.02)
        self.narrow, self.widen = nn.Linear(2 * hidden + 1, narrow), nn.Linear(narrow, hidden, bias=False)
        nn.init.zeros_(self.widen.weight)
        self.middle, self.logit = nn.Linear(2 * hidden + FEATURES, middle), nn.Linear(middle, 1)

    def pooled(self, b):
        """Mean and largest value of each unit's rows, with its features."""
        x = b.rows + self.segment(b.segment) + self.source_mark(b.m1) + self.query_mark(b.m2)
        compared = torch.cat([b.aligned, b.aligned.abs(), b.likeness[..., None]], -1)
        x = x + self.widen(torch.tanh(self.narrow(compared))) * (b.likeness[..., None] != 0)
        bias = (~b.sees)[:, None].float() * -1e4
        with trunk.precision():
            for layer in self.layer:
                x = layer(x, bias)[0]
        flat = x.float().reshape(-1, x.shape[-1])
        out = [torch.cat([part.mean(0), part.max(0).values]) for part in (flat[a:z] for a, z in b.spans)]
        return torch.cat([torch.stack(out), b.features], 1)

    def forward(self, b):
        v = self.pooled(b)
        return self.logit(torch.tanh(self.middle(v)))[:, 0] + OVERLAP * b.features[:, KNOWN].sum(1)
