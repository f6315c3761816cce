"""Measures scores of rows that were not trained on: eval.py TABLE SCORES CALIBRATION [--errors N]. Prints markdown."""
import json
import sys

import numpy as np

import metrics as m
from calibrate import load
from sources import ATTACK, CONTENT, HEAD as HEADS
from store import rows

# Public labels answer other questions than ours; these say which rows of a look set count as harmful content here.
CONTENT_SETS = ['toxicchat_train', 'guardreasoner_mix_5k', 'kaggle_insults', 'beavertails_test', 'safety_tuned_eval', 'ethos', 'jigsaw_sample']
HARMFUL_ONLY = ['advbench_harmbench_strongreject', 'dktc_threats']
BENIGN_ONLY = ['cyber_frr_benign', 'harmless_instructions', 'square_question_valid']
ATTACK_SETS = ['deepset_prompt_injections', 'parapet_mixed_chat', 'parapet_authored', 'injecguard_valid']
LATER = ['content_more', 'content_en_2', 'content_ko_2', 'content_long_2', 'content_misc_2', 'content_3', 'content_4', 'content_5', 'content_6', 'content_7']
ERRED = ['content_3', 'content_4', 'content_5']  # written where earlier weights erred
PLANTED = ['planted_2', 'planted_3', 'planted_4', 'planted_5', 'planted_6_en']
ATTACK_ONLY = ['gandalf_ignore_instructions', 'mosscap_prompt_injection', 'purplellama_injection_en', 'purplellama_injection_multilingual']


class Scored:
    def __init__(self, table, scores, calibration):
        self.rows, logits = load(table, scores)
        c = calibration['categories']
        self.bands = calibration['bands']
        names = CONTENT + ATTACK
        self.p = np.stack([m.sigmoid(c[n]['a'] * logits[:, k] + c[n]['b']) for k, n in enumerate(names)], 1)
        self.any = self.p[:, :5].max(1)
        self.attack = self.p[:, 5:7].max(1)

    def where(self, test):
        return np.array([i for i, r in enumerate(self.rows) if test(r)], int)


def show(name, y, s, bands):
    """A line of figures with intervals; none for no rows."""
    if not len(y):
        return
    def text(f):
        v, lo, hi = m.interval(f, y, s)
        return '–' if np.isnan(v) else f'{v:.3f} ({lo:.2f}–{hi:.2f})'
    strengths = {b: m.f1(y, s, at) for b, at in bands.items()}
    best = max(strengths, key=strengths.get)
    at = bands[best]
    print(f'| {name} | {len(y)} / {int(y.sum())} | {text(m.auroc)} | {text(lambda y, s: m.f1(y, s, at))} {best} | {m.best_f1(y, s):.3f} '
          f'| {text(lambda y, s: m.recall_at(y, s, .01))} | {text(lambda y, s: m.recall_at(y, s, .02))} '
          f'| {100 * m.rate(y, s, bands["LOW"], 0):.1f} / {100 * m.rate(y, s, bands["MEDIUM"], 0):.1f} / {100 * m.rate(y, s, bands["HIGH"], 0):.1f} '
          f'| {100 * m.rate(y, s, bands["LOW"], 1):.0f} / {100 * m.rate(y, s, bands["MEDIUM"], 1):.0f} / {100 * m.rate(y, s, bands["HIGH"], 1):.0f} |')


HEAD = ('| rows | n / pos | AUROC | F1 at best strength | best F1 | recall @ 1 % | recall @ 2 % | FPR % at LOW / MEDIUM / HIGH | recall % at same |\n'
        '|---|---|---|---|---|---|---|---|---|')


def main():
    table = rows(sys.argv[1])
    d = Scored(table, sys.argv[2], json.load(open(sys.argv[3])))
    any_y = np.array([int(max(r['content']) == 1) for r in d.rows])
    judged = np.array([max(r['content']) >= 0 for r in d.rows])
    print('### Content, any category\n' + HEAD)
    authored = [('authored test, en', lambda r: r['split'] == 'test' and r['source'] in HEADS and r['lang'] == 'en'),
                ('authored test, en, prompts and chat', lambda r: r['split'] == 'test' and r['source'] == 'content_en_chat'),
                ('authored test, ko', lambda r: r['split'] == 'test' and r['source'] in HEADS and r['lang'] == 'ko'),
                ('written where it erred, test, en', lambda r: r['split'] == 'test' and r['source'] in ERRED and r['lang'] == 'en'),
                ('written where it erred, test, ko', lambda r: r['split'] == 'test' and r['source'] in ERRED and r['lang'] == 'ko'),
                ('plain chat and comments (content_6), test, en', lambda r: r['split'] == 'test' and r['source'] == 'content_6' and r['lang'] == 'en'),
                ('plain chat and comments (content_6), test, ko', lambda r: r['split'] == 'test' and r['source'] == 'content_6' and r['lang'] == 'ko'),
                ('written later, test, en', lambda r: r['split'] == 'test' and r['source'] in LATER and r['lang'] == 'en'),
                ('written later, test, ko', lambda r: r['split'] == 'test' and r['source'] in LATER and r['lang'] == 'ko'),
                ('written later, test, other languages', lambda r: r['split'] == 'test' and r['source'] in LATER and r['lang'] not in ('en', 'ko')),
                ('relabelled test, en', lambda r: r['split'] == 'test' and r['source'].startswith('relabelled/') and r['lang'] == 'en'),
                ('relabelled test, ko', lambda r: r['split'] == 'test' and r['source'].startswith('relabelled/') and r['lang'] == 'ko'),
                ('read later, test, en', lambda r: r['split'] == 'test' and r['source'].startswith('relabelled_') and r['lang'] == 'en'),
                ('read later, test, ko', lambda r: r['split'] == 'test' and r['source'].startswith('relabelled_') and r['lang'] == 'ko'),
                ('all judged test, ko', lambda r: r['split'] == 'test' and r['source'][:3] in ('con', 'rel') and r['lang'] == 'ko'),
                ('source surge_toxicity, en', lambda r: r['source'] == 'relabelled/surge_toxicity'),
                ('source hatescore, ko', lambda r: r['source'] == 'relabelled/hatescore')]
    for name, test in authored:
        i = d.where(test)
        i = i[judged[i]]
        show(name, any_y[i], d.any[i], d.bands)
    for name in CONTENT_SETS:
        i = d.where(lambda r: r['source'] == 'look/' + name)
        show(name + ' (public labels)', np.array([d.rows[k]['label'] for k in i]), d.any[i], d.bands)
    print('\n### Content, one-sided sets, share flagged % at LOW / MEDIUM / HIGH\n| set | n | content | attack |\n|---|---|---|---|')
    for name in HARMFUL_ONLY + BENIGN_ONLY + ['safety_tuned_eval I-PhysicalSafetySafe', 'ko_chat_benign', 'clinc150', 'hwu64', 'pii'] + ATTACK_ONLY:
        base, _, cat = name.partition(' ')
        i = d.where(lambda r: r['source'] in (base, 'look/' + base) and r['split'] in ('test', 'look', 'calibrate') and (not cat or cat in r['category']))
        part = lambda s: ' / '.join(f'{100 * (s[i] >= at).mean():.1f}' for at in d.bands.values())
        print(f'| {name} | {len(i)} | {part(d.any)} | {part(d.attack)} |')
    print('\n### By category (judged test and source rows)\n' + HEAD)
    for k, name in enumerate(CONTENT):
        for lang in ('en', 'ko'):
            i = d.where(lambda r: r['split'] in ('test', 'source') and r['content'][k] >= 0 and r['lang'] == lang)
            show(f'{name} {lang}', np.array([d.rows[j]['content'][k] for j in i]), d.p[i, k], d.bands)
    print('\n### Prompt attack\n' + HEAD)
    for name, test, k in [
            ('direct, authored test', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_direct', 5),
            ('direct, authored test en', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_direct' and r['lang'] == 'en', 5),
            ('direct, authored test ko', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_direct' and r['lang'] == 'ko', 5),
            ('direct, written where it erred, test', lambda r: r['split'] == 'test' and r['source'] in ('attack_3', 'attack_4', 'attack_5'), 5),
            ('direct, written later, test en', lambda r: r['split'] == 'test' and r['source'].startswith('attack_') and r['lang'] == 'en', 5),
            ('direct, written later, test ko', lambda r: r['split'] == 'test' and r['source'].startswith('attack_') and r['lang'] == 'ko', 5),
            ('direct, written later, test other languages', lambda r: r['split'] == 'test' and r['source'].startswith('attack_') and r['lang'] not in ('en', 'ko'), 5),
            ('direct, plain, written beside attack_5, test', lambda r: r['split'] == 'test' and r['source'] == 'attack_6', 5),
            ('direct, without its words (attack_7), test', lambda r: r['split'] == 'test' and r['source'].startswith('attack_7'), 5),
            ('direct, short and plain (attack_8), test', lambda r: r['split'] == 'test' and r['source'] == 'attack_8', 5),
            ('direct, all test (with content and benign rows)', lambda r: r['split'] in ('test', 'source'), 5),
            ('planted, authored test', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_indirect', 6),
            ('planted, authored test en', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_indirect' and r['lang'] == 'en', 6),
            ('planted, authored test ko', lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_indirect' and r['lang'] == 'ko', 6),
            ('planted, written later, test', lambda r: r['split'] == 'test' and r['source'] in PLANTED, 6),
            ('planted, composed test', lambda r: r['split'] == 'test' and r['source'] == 'composed', 6)]:
        i = d.where(test)
        y = np.array([d.rows[j]['attack'][k - 5] for j in i])
        i, y = i[y >= 0], y[y >= 0]
        show(name, y, d.p[i, k], d.bands)
    for k in (7, 8, 9):
        i = d.where(lambda r: r['split'] == 'test' and r['source'] == 'prompt_attack_direct')
        show(f'direct, {ATTACK[k - 5]}', np.array([d.rows[j]['attack'][k - 5] for j in i]), d.p[i, k], d.bands)
    for name in ATTACK_SETS:
        i = d.where(lambda r: r['source'] == 'look/' + name)
        show(name, np.array([d.rows[j]['label'] for j in i]), d.attack[i], d.bands)
    print('\n### Precision of findings at or above each confidence, test rows (number of findings)\n| category | ' + ' | '.join(d.bands) + ' |\n|---|---|---|---|')
    for k, name in enumerate(CONTENT + ATTACK[:2]):
        i = d.where(lambda r: r['split'] == 'test' and (r['content'] + r['attack'])[k] >= 0)
        y = np.array([(d.rows[j]['content'] + d.rows[j]['attack'])[k] for j in i])
        cells = []
        for at in d.bands.values():
            hit = d.p[i, k] >= at
            cells.append(f'{y[hit].mean():.2f} ({hit.sum()})' if hit.any() else '–')
        print(f'| {name} | ' + ' | '.join(cells) + ' |')
    print('\n### Reliability on test rows (forecast against share)\n| category | calibration error | bins: forecast → share (n) |\n|---|---|---|')
    for k, name in enumerate(CONTENT + ATTACK[:2]):
        y = np.array([(r['content'] + r['attack'])[k] for r in d.rows])
        i = d.where(lambda r: r['split'] == 'test')
        i = i[y[i] >= 0]
        bins, error = m.reliability(y[i], d.p[i, k])
        print(f'| {name} | {error:.3f} | ' + ', '.join(f'{f:.2f} → {s:.2f} ({n})' for _, _, n, f, s in bins) + ' |')
    if '--errors' in sys.argv:
        errors(d, any_y, judged, int(sys.argv[sys.argv.index('--errors') + 1]))


def errors(d, any_y, judged, most):
    """The worst misses and false alarms of the judged rows, for reading."""
    for title, score, y, test in [
            ('content', d.any, any_y, lambda i, r: judged[i] and r['split'] in ('test', 'source', 'calibrate')),
            ('direct', d.p[:, 5], np.array([r['attack'][0] for r in d.rows]), lambda i, r: r['source'] == 'prompt_attack_direct'),
            ('planted', d.p[:, 6], np.array([r['attack'][1] for r in d.rows]), lambda i, r: r['source'] in ('prompt_attack_indirect',))]:
        i = np.array([i for i, r in enumerate(d.rows) if test(i, r) and y[i] >= 0])
        for kind, order in (('missed', i[y[i] == 1][np.argsort(score[i[y[i] == 1]])]), ('false alarm', i[y[i] == 0][np.argsort(-score[i[y[i] == 0]])])):
            print(f'\n## {title}: {kind}')
            for j in order[:most]:
                print(f'{score[j]:.2f} {d.rows[j]["source"]} {[c for c, v in zip(CONTENT + ATTACK, d.rows[j]["content"] + d.rows[j]["attack"]) if v == 1]} '
                      f'{[c for c, v in zip(CONTENT + ATTACK, d.p[j]) if v > .5]} {d.rows[j]["text"][:200]!r}')


if __name__ == '__main__':
    main()
