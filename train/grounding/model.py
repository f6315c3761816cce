"""The tower of the grounding family: layers 6.. of the base over rows of source and response read together, a logit for each sentence."""
import torch
from torch import nn

from pairs import FEATURES, NAMES, NUMBERS, trunk
from words import NUMBER, RUN, SAME, STEM

OVERLAP = 4.0  # logits for a sentence all of whose words stand in the source
NEW_NUMBERS = -1.5  # for one with a number that the source has not
NEW_NAMES = -1.6  # for one with two names, or more, that neither source nor query has
KNOWN = SAME, STEM, NUMBER, RUN


class Tower(nn.Module):
    """Layers and a head of two layers over a sentence's rows and counts of its words. The share of known words, new numbers and new names count by fixed weights beside it.

    Written rows are made so that such counts say nothing, or the opposite; where models answer they say much (the share's AUROC is 0.70 alone on
    the development sets). So they are given, and the rest is learned."""

    def __init__(self, layers, hidden=384, middle=64):
        super().__init__()
        self.layer = nn.ModuleList(layers)
        self.middle, self.logit = nn.Linear(2 * hidden + FEATURES, middle), nn.Linear(middle, 1)

    def pooled(self, b):
        """Mean and largest value of each unit's rows, with its features."""
        x, bias = b.rows, (1 - b.mask)[:, None, None] * -1e4
        with trunk.precision():
            for layer in self.layer:
                x = layer(x, bias)[0]
        flat = x.float().reshape(-1, x.shape[-1])
        out = [torch.cat([part.mean(0), part.max(0).values]) for part in (flat[a:z] for a, z in b.spans)]
        return torch.cat([torch.stack(out), b.features], 1)

    def forward(self, b):
        v = self.pooled(b)
        return self.logit(torch.tanh(self.middle(v)))[:, 0] + given(b.features)


def given(f):
    """The fixed part of the logit."""
    return OVERLAP * f[:, KNOWN].sum(1) + NEW_NUMBERS * (f[:, NUMBERS] > 0) + NEW_NAMES * f[:, NAMES]
