"""The part of relevance that says whether a response answers what is asked: a small network over the tokens of both, as the topic tower reads them.

Likeness alone takes a sentence in the question's own words for its answer, and a terse answer for none. Here each token of the response is held
against what is asked: the query's tokens, weighed by how much they say of that, make one short vector, and the products with a token's own show
what it can answer; late interaction as in ColBERT (Khattab and Zaharia 2020), learned from few rows and so narrow."""
import re

import numpy as np
import torch
from torch import nn

from words import MARKS, of_tokens

NARROW, UNITS, POOLED, HIDDEN = 16, 32, 16, 32
TOKEN = 2 + MARKS  # the greatest likeness to a token of the other text, the mean of the two greatest, and the mark of the token's word
LONGEST = 40, 160  # tokens of a query, its last, and of a window of a response, its first, that training reads
QUESTION = re.compile(r'[?？؟]|\b(?:who|whom|whose|what|when|where|which|why|how)\b|'
                      r'^\W*(?:please|tell|give|show|list|name|state|explain|describe|define|summari[sz]e|translate|write|find|compare|recommend|suggest)\b', re.I)

ASKING = tuple('까요죠니냐줘か')


def asks(query):
    """Whether a query is more than a statement, of which it could only be said what is like it: it has a question mark or a question word of
    English or begins with an order, or does not end as statements do: with a full stop that no asking end of Korean or Japanese stands before, or with Korean's 다."""
    query = query.rstrip()
    said = query.rstrip('.。')
    return bool(QUESTION.search(query)) or not said.endswith('다') and (said == query or said.endswith(ASKING))


def described(rows, others, marks):
    """Features of each token, given unit rows of both texts and the marks of the tokens."""
    out = np.zeros((len(rows), TOKEN), np.float32)
    if len(rows) and len(others):
        best = np.sort(rows @ others.T, 1)[:, -2:]
        out[:, 0], out[:, 1] = best[:, -1], best.mean(1)
    out[np.arange(len(rows)), 2 + np.array(marks, int)] = 1
    return out


def marks(text, window, known):
    """The mark of each token of a window without its frame: that of its word against the other text."""
    return of_tokens(window[1][1:-1], text.found, known.marks(text.found))


class Texts(nn.Module):
    """Narrow rows of one of the two texts, and what is pooled of them."""

    def __init__(self, width, more):
        super().__init__()
        self.narrow = nn.Linear(width, NARROW)
        self.token = nn.Sequential(nn.Linear(TOKEN + NARROW + more, UNITS), nn.GELU(), nn.Linear(UNITS, POOLED))

    def pool(self, x, mask):
        h, mask = self.token(x), mask[..., None]
        return torch.cat([(h * mask).sum(1) / mask.sum(1).clamp(min=1), (h - 1e4 * (1 - mask)).max(1)[0]], 1)


class Answer(nn.Module):
    """Logit of whether a window of a response answers a query. Rows are of length sqrt(width); pair has the likenesses and marks of both texts,
    directions the products of their means."""

    def __init__(self, width, pair, drop=.2):
        super().__init__()
        self.attention = nn.Linear(width, 1, bias=False)
        self.query, self.response = Texts(width, 0), Texts(width, NARROW)
        self.top = nn.Sequential(nn.Linear(4 * POOLED + pair + NARROW, HIDDEN), nn.Sequential(nn.GELU(), nn.Dropout(drop / 2)), nn.Linear(HIDDEN, 1))
        self.linear, self.directions = nn.Linear(pair, 1), nn.Linear(width, 1, bias=False)
        self.drop = nn.Dropout(drop)
        nn.init.zeros_(self.directions.weight)

    def forward(self, query, asked, response, said, pair, directions):
        """query and response: (rows, mask); asked and said: features of their tokens."""
        (q, q_mask), (r, r_mask) = query, response
        weight = torch.softmax(self.attention(q)[..., 0] - 1e4 * (1 - q_mask), 1)
        q, r = self.drop(self.query.narrow(q)), self.drop(self.response.narrow(r))
        wanted = torch.tanh((q * weight[..., None]).sum(1))
        pooled = [self.query.pool(torch.cat([asked, q], -1), q_mask), self.response.pool(torch.cat([said, r * wanted[:, None], r], -1), r_mask)]
        return (self.top(torch.cat([*pooled, pair, wanted], 1)) + self.linear(pair) + self.directions(directions))[:, 0]


def padded(parts):
    width = max(map(len, parts))
    out, mask = np.zeros((len(parts), max(1, width), parts[0].shape[1]), np.float32), np.zeros((len(parts), max(1, width)), np.float32)
    for i, p in enumerate(parts):
        out[i, :len(p)], mask[i, :len(p)] = p, 1
    return torch.from_numpy(out), torch.from_numpy(mask)


class Case:
    """What the network sees of a query and a window of a response: unit rows of the tokens of both, their marks, and the features of the pair."""

    __slots__ = ('query', 'response', 'asked', 'said', 'features')

    def __init__(self, query, response, query_marks, response_marks, features):
        self.query, self.response, self.features = query, response, features
        self.asked, self.said = described(query, response, query_marks), described(response, query, response_marks)


def batch(cases, pair):
    """The arguments of forward; pair is how many features of a case are no directions."""
    scale = np.float32(cases[0].query.shape[1] ** .5)
    features = torch.from_numpy(np.stack([c.features for c in cases]))
    query, response = (padded([getattr(c, part) * scale for c in cases]) for part in ('query', 'response'))
    return query, padded([c.asked for c in cases])[0], response, padded([c.said for c in cases])[0], features[:, :pair], features[:, pair:]


def fit(cases, y, weight, pair, epochs=3, rate=2e-3, size=128, seed=1):
    """cases: a function that gives the Cases of indices. Their features are standardised; see fold."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    first = cases([0])[0]
    model = Answer(first.query.shape[1], pair)
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=.2)
    steps = len(y) // size
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * steps + 1, pct_start=.1)
    for epoch in range(epochs):
        order, total = rng.permutation(len(y)), 0
        for k in range(steps):
            chosen = order[k * size:(k + 1) * size]
            loss = nn.functional.binary_cross_entropy_with_logits(model(*batch(cases(chosen), pair)), y[chosen], weight=weight[chosen])
            optimiser.zero_grad()
            (loss + .02 * (model.directions.weight ** 2).sum()).backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        print(f'answer: epoch {epoch + 1} loss {total / steps:.3f}', flush=True)
    return model.eval()


def fold(model, mean, deviation, weight, bias):
    """The weights as they ship, over features as they are and rows of length one: in one head `answer.linear` what was apart, and another head's
    weight and bias with it."""
    state = {k: v.clone().double() for k, v in model.state_dict().items()}
    width = state['attention.weight'].shape[1]
    for name in ('attention', 'query.narrow', 'response.narrow'):
        state[f'{name}.weight'] *= width ** .5
    pair = state['linear.weight'].shape[1]
    mean, deviation = torch.from_numpy(mean).double(), torch.from_numpy(deviation).double()
    linear = torch.cat([state.pop('linear.weight'), state.pop('directions.weight')], 1) / deviation
    state['linear.weight'], state['linear.bias'] = linear + weight, state['linear.bias'] - linear @ mean + bias
    at = slice(4 * POOLED, 4 * POOLED + pair)
    seen = state['top.0.weight'][:, at] / deviation[:pair]
    state['top.0.weight'][:, at], state['top.0.bias'] = seen, state['top.0.bias'] - seen @ mean[:pair]
    return {f'answer.{k}': v.float().contiguous() for k, v in state.items()}
