"""One documented mapping per source: from the files of ../shared/data to rows of the training table.

A row is {id, source, group, lang, text, content, attack, weight, use}:
  content  five of 0, 1 or -1 (not judged: the loss skips it), in the order of CONTENT
  attack   five of 0, 1 or -1, in the order of ATTACK
  group    rows of one group stay on one side of every split
  use      ship (may train), look (only measured)
"""
import gzip
import json
import os
import re

CONTENT = ['HATE', 'INSULTS', 'SEXUAL', 'VIOLENCE', 'MISCONDUCT']
ATTACK = ['DIRECT', 'PLANTED', 'JAILBREAK', 'INJECTION', 'LEAKAGE']
CODES = dict(zip('HISVM', CONTENT))
BLANK, CLEAN = [-1] * 5, [0] * 5

HEAD = {'content_en_violence_misconduct': ['VIOLENCE', 'MISCONDUCT'], 'content_en_hate_insults_sexual': ['HATE', 'INSULTS', 'SEXUAL'],
        'content_en_chat': CONTENT, 'content_ko': CONTENT, 'content_ko_chat': CONTENT, 'content_responses': CONTENT}


def lines(path):
    with (gzip.open(path, 'rt') if path.endswith('.gz') else open(path)) as f:
        for line in f:
            yield json.loads(line)


def row(id, source, lang, text, content=BLANK, attack=BLANK, weight=1.0, group=None, use='ship'):
    return dict(id=id, source=source, lang=lang, text=text, content=list(content), attack=list(attack), weight=weight,
                group=f'{source}/{group or id}', use=use)


def flags(labels, judged=CONTENT):
    return [int(c in labels) if c in judged else -1 for c in CONTENT]


def content(data):
    """Authored content rows. None was written as an attack, so all attack targets are 0. A row that is harmful in a category
    judged says nothing of the others; a benign row stays masked where its writers did not judge."""
    for name, judged in HEAD.items():
        for i, r in enumerate(lines(f'{data}/authored/{name}.jsonl')):
            yield row(f'{name}-{i}', name, r['lang'], r['text'], flags(r['labels'], judged), CLEAN, group=r['pair'])


def relabelled(data, manifest):
    """Public rows judged afresh by reading. `?` rows are left out, `P` (only profanity) is benign. A data set whose manifest
    does not allow shipping would be only measured; at present all fourteen may ship."""
    codes = dict(line.rstrip('\n').split('\t') for line in open(f'{data}/authored/relabelled.tsv'))
    for name in sorted({i.rsplit('-', 1)[0] for i in codes if i != 'id'}):
        ship = manifest[name]['ship'] in ('yes', 'share-alike') and manifest[name]['use'] == 'train'
        for r in lines(f'{data}/content/{name}.jsonl.gz'):
            code = codes.get(r['id'], '?')
            if '?' not in code:
                yield row(r['id'], 'relabelled/' + name, r['lang'], r['text'], flags([CODES[c] for c in code if c in CODES]), CLEAN,
                          use='ship' if ship else 'look')


def direct(data):
    """Authored attacks of users. Benign look-alikes are benign content too (at half weight: read for attacks only)."""
    for i, r in enumerate(lines(f'{data}/authored/prompt_attack_direct.jsonl')):
        bad = bool(r['labels'])
        yield row(f'direct-{i}', 'prompt_attack_direct', r['lang'], r['text'], BLANK if bad else CLEAN,
                  [int(bad), -1 if bad else 0] + [int(c in r['labels']) for c in ATTACK[2:]], group=r['pair'])


def planted(data):
    """Authored documents. A plant is an INJECTION; one that asks for the prompt is LEAKAGE too. It is no direct attack of
    the user, but nobody reads it as one either: DIRECT is masked."""
    for i, r in enumerate(lines(f'{data}/authored/prompt_attack_indirect.jsonl')):
        bad = r['label']
        out = row(f'planted-{i}', 'prompt_attack_indirect', r['lang'], r['text'], BLANK if bad else CLEAN,
                  [-1, 1, 0, 1, int(r['goal'] == 'leak-prompt')] if bad else CLEAN, group=r['pair'])
        out['span'] = r['span']
        yield out


def public_attacks(data):
    """Public attacks that may ship. spikee's rows "standalone" of seeds-investment-advice are off topic for one bot, not
    attacks: out; asb_attack_tools are misuse of tools, not injection: out; purplellama_injection_en is out because its
    translations are a development set."""
    for r in lines(f'{data}/prompt_attack/inthewild_jailbreaks.jsonl.gz'):
        yield row(r['id'], 'inthewild_jailbreaks', 'en', r['text'], BLANK, [1, -1, 1, -1, -1], .5)
    for r in lines(f'{data}/prompt_attack/giskard_prompt_injections.jsonl.gz'):
        yield row(r['id'], 'giskard_prompt_injections', 'en', r['text'], BLANK, [1, -1, -1, -1, -1])
    for r in lines(f'{data}/prompt_attack/spikee_seeds.jsonl.gz'):
        set_, kind = r['category'].split('/')
        if kind == 'jailbreak':
            yield row(r['id'], 'spikee_seeds', 'en', r['text'].replace('<INSTRUCTION>', 'do as I say'), BLANK, [1, -1, -1, 1, -1], .5)
        elif set_.startswith('seeds-sysmsg') and kind == 'instruction':
            yield row(r['id'], 'spikee_seeds', 'en', r['text'], BLANK, [1, -1, 0, -1, 1], .5)
        elif kind == 'standalone' and r['label'] == 0:
            yield row(r['id'], 'spikee_seeds', 'en', r['text'], CLEAN, CLEAN, .3)


def benign(data, rng):
    """Ordinary text at low weight: Korean small talk, English requests to assistants, texts with personal data."""
    chat = list(lines(f'{data}/content/ko_chat_benign.jsonl.gz'))
    for r in rng.sample(chat, 700):
        yield row(r['id'], 'ko_chat_benign', 'ko', r['text'], CLEAN, CLEAN, .3)
    for name in ('clinc150', 'hwu64'):
        for i, r in enumerate(rng.sample(list(lines(f'{data}/topics/{name}.jsonl.gz')), 350)):
            yield row(f'{name}-b{i}', name, 'en', r['text'], CLEAN, CLEAN, .3)
    for i, r in enumerate(rng.sample(list(lines(f'{data}/authored/pii.jsonl')), 500)):
        yield row(f'pii-{i}', 'pii', r['lang'], r['text'], CLEAN, CLEAN, .3)


def documents(data):
    """Clean documents to plant into: the sources of the grounding sets, by group."""
    for name in ('grounding', 'grounding_long'):
        seen = set()
        for r in lines(f'{data}/authored/{name}.jsonl'):
            if r['group'] not in seen:
                seen.add(r['group'])
                yield r['lang'], r['source'], f'{name}/{r["group"]}'


LOOK_MOST = 200  # rows of a set that are measured in the end

# What is only measured: sets that are for development or may not ship, with how many rows at most, and which rows.
LOOK = {
    'toxicchat_train': 500, 'guardreasoner_mix_5k': 500, 'kaggle_insults': 400, 'beavertails_test': 400, 'safety_tuned_eval': 566,
    'advbench_harmbench_strongreject': 300, 'cyber_frr_benign': 300, 'jigsaw_sample': 101, 'ethos': 400, 'harmless_instructions': 300,
    'square_question_valid': 300, 'dktc_threats': 200,
    'deepset_prompt_injections': 400, 'gandalf_ignore_instructions': 150, 'mosscap_prompt_injection': 150, 'parapet_mixed_chat': 600,
    'parapet_authored': 145, 'injecguard_valid': 72, 'purplellama_injection_en': 246, 'purplellama_injection_multilingual': 200,
}


def look(data, manifest, rng):
    """Development rows, with the public label as `label`; never trained on."""
    for name, most in LOOK.items():
        rows = list(lines(f'{data}/{manifest[name]["task"]}/{name}.jsonl.gz'))
        for r in rng.sample(rows, min(most, len(rows)))[:LOOK_MOST]:
            out = row(r['id'], 'look/' + name, r['lang'], r['text'][:2000], use='look')
            out.update(label=r['label'], category=str(r.get('category') or r.get('labels') or r.get('split')), task=manifest[name]['task'])
            yield out


def key(text):
    """What two copies of a text share: letters and digits alone, in lower case, of the first 300."""
    return re.sub(r'[\W_]+', '', text.lower())[:300]
