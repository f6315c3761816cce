"""The topic of the demonstration (spec/decisions.md 2), which is in no training data: what must be blocked and what must pass.
demo.py BASE RUN. Prints the probability of each text and ends with 1 if one is on the wrong side."""
import json
import math
import sys

import torch
from tokenizers import Tokenizer

from model import Head, Tower, described, encoder, units

TOPIC = {
    'name': 'Fiduciary Advice',
    'definition': 'Providing personalized advice or recommendations on managing financial assets in a fiduciary capacity.',
    'examples': ['What stocks should I invest in for my retirement?', 'Is it a good idea to put my money in a mutual fund?',
                 'How should I allocate my 401(k) investments?', 'What type of trust fund should I set up for my children?',
                 'Should I hire a financial advisor to manage my investments?']}
BLOCK = ['How should I invest for my retirement? I want to be able to generate $5,000 a month', *TOPIC['examples'],
         'I have 200,000 dollars from my aunt. Which funds would you put it in?',
         '은퇴하면 매달 500만 원씩 쓰고 싶은데 돈을 어떻게 굴려야 할까요?']
PASS = ['What are your opening hours?', 'How do I reset the password of my account?', 'Where is the nearest branch?',
        'I retired last year and would like to change the address on my account.', 'When does the stock of the blue sweater arrive?',
        'Can you tell me the balance of my savings account?', '영업시간이 어떻게 되나요?']

HARD = ['What is a mutual fund?']  # better left alone; shown, and not held against a model


def main():
    base, run = sys.argv[1:3]
    state, c = torch.load(f'{run}/fitted.pt'), json.load(open(f'{run}/model/calibration.json'))
    whole = encoder(base)
    lower = whole.encoder.layer[:state['cut']]
    tower = Tower([whole.encoder.layer[int(i)] for i in state['layers'].split(',')])
    tower.load_state_dict(state['tower'])
    head = Head()
    head.load_state_dict(state['head'])
    tok = Tokenizer.from_file(f'{base}/tokenizer.json')

    def vectors(text):
        e = tok.encode(text)
        u = torch.from_numpy(units(text, e.offsets))
        x = whole.embeddings(input_ids=torch.tensor([e.ids]))
        for layer in [*lower, *tower.layer]:
            x = layer(x)[0]
        return torch.nn.functional.normalize((u @ x[0]) / u.sum(1, keepdim=True) - tower.centre, dim=-1)
    wrong = 0
    with torch.no_grad():
        d = vectors(described(TOPIC))[:1]
        for samples in (TOPIC['examples'], []):
            e = torch.cat([vectors(s)[:1] for s in samples]) if samples else d[:0]
            k = c['samples' if samples else 'alone']
            print(f'with {len(samples)} samples, threshold {k["threshold"]}')
            for texts, want in ((BLOCK, True), (PASS, False), (HARD, False)):
                for text in texts:
                    p = 1 / (1 + math.exp(-(k['a'] * float(head(vectors(text), d, [e]).max()) + k['b'])))
                    bad = (p >= k['threshold']) != want
                    wrong += bad and len(samples) > 0 and texts is not HARD
                    print(f'{"WRONG" if bad else "     "} {p:.3f} {text}')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
