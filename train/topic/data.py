"""Topics for training and measuring: data.py DATA ROWS OUT, where DATA is ../shared/data, ROWS train/data.

Writes OUT, a JSON object {topics, texts}. A topic has name, definition, examples, lang, source, group, split, confusable (indices of
topics that are never its in-batch negatives); a text has text, lang, form, yes and no (indices of topics that it is, or is judged
not to be, about). Splits are by group: topics of the same meaning, in two languages too, share one. hwu64 and expertqa are held
out whole as sources. Beside them go `pairs`, queries with responses that answer them and such that do not: what the relevance head
reads is the same tower."""
import collections
import gzip
import hashlib
import json
import os
import random
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'grounding'))
import table  # noqa: E402

# Topics of authored/topics.jsonl that mean the same in Korean and English: what one finds, the other should find.
SAME = {
    '가상자산': 'Cryptocurrency', '주식 종목 추천': 'Investment Recommendations', '부동산 시세 전망': 'House Price Forecasts',
    '보험금 지급 예측': 'Claim Outcome Predictions', '개인 세금 상담': 'Personal Tax Advice', '의학적 진단': 'Medical Diagnosis',
    '복약 상담': 'Medication and Dosage Advice', '성형·시술 추천': 'Cosmetic Procedures', '반려동물 진료': 'Pet Health Advice',
    '심리 상담': 'Mental Health Counselling', '법률 자문': 'Legal Advice', '이혼·양육권': 'Divorce and Custody',
    '연봉·성과급 정보': 'Salaries and Pay', '구조조정·희망퇴직': 'Layoffs and Restructuring', '노동조합 활동': 'Unions and Strikes',
    '게임 핵·매크로': 'Cheats and Exploits', '계정·아이템 현금거래': 'Account Trading and Boosting',
    '확률형 아이템': 'Loot Box Odds and Spending Tips', '도박·스포츠 베팅': 'Gambling', '정치적 의견': 'Political Opinions',
    '선거 전망·투표 권유': 'Elections and Voting Advice', '종교 이야기': 'Religious Debate', '사주·운세': 'Horoscopes and Fortune Telling',
    '연예인 사생활': 'Celebrity Gossip', '연애 상담': 'Dating and Relationships', '대입 합격 예측': 'Admission Chances',
    '숙제 대신 풀기': 'Homework Answers', '프로그래밍 코드 작성': 'Code Generation', '날씨': 'Weather', '요리 레시피': 'Recipes and Cooking',
    '환불 규정 예외': 'Refunds Beyond Policy', '배송일 확약': 'Delivery Date Guarantees',
    '내부 보안·전산 정보': 'Security Measures and Internal Systems', '여행 일정 추천': 'Travel Planning',
}
INTENTS = 30  # texts of a label of clinc150 or hwu64 that are drawn
DOCUMENTS = {'train': 900, 'calibrate': 150, 'test': 400}


def side(group):
    n = hashlib.sha256(group.encode()).digest()[0] % 20
    return 'test' if n < 4 else 'calibrate' if n < 6 else 'train'


class Set:
    def __init__(self, rng):
        self.topics, self.texts, self.rng = [], {}, rng

    def topic(self, **t):
        self.topics.append(t)
        return len(self.topics) - 1

    def text(self, text, lang, form, yes=(), no=()):
        t = self.texts.setdefault((text, form == 'document'), {'text': text, 'lang': lang, 'form': form, 'yes': [], 'no': []})
        t['yes'] += [i for i in yes if i not in t['yes']]
        t['no'] += [i for i in no if i not in t['no'] + t['yes']]

    def authored(self, path, source, together=False):
        """The topics of a file. together: topics that share texts are of one split, that of the first; in older files they were chosen so."""
        sides = {}
        for t in map(json.loads, open(path)):
            group = 'topic/' + SAME.get(t['name'], t.get('same') or t['name'])
            texts = t['positives'] + t['near_misses'] + t['far'] if together else []
            split = next((sides[x] for x in texts if x in sides), side(group))
            sides.update(dict.fromkeys(texts, split))
            i = self.topic(name=t['name'], definition=t['definition'], examples=t['examples'], lang=t['lang'], source=source,
                           group=group, split=split, domain=t['domain'])
            for form in ('positives', 'near_misses', 'far'):
                for text in t[form]:
                    self.text(text, t['lang'], form, *(((i,), ()) if form == 'positives' else ((), (i,))))

    def twins(self, path):
        """Topics told in the other language, with no texts of their own."""
        for t in map(json.loads, open(path)):
            group = 'topic/' + t['same']
            self.topic(name=t['name'], definition=t['definition'], examples=t['examples'], lang=t['lang'], source='twins', group=group,
                       split=side(group), domain='')

    def intents(self, data):
        rows = collections.defaultdict(list)
        for dataset in ('clinc150', 'hwu64'):
            for r in map(json.loads, gzip.open(f'{data}/topics/{dataset}.jsonl.gz', 'rt')):
                rows[dataset, r['label']].append(r['text'])
        definitions = [json.loads(line) for line in open(f'{data}/authored/topic_definitions.jsonl')]
        at = {}
        for d in definitions:
            key = d['dataset'], d['label']
            if not rows[key]:
                continue
            group = '/'.join(key)
            texts = self.rng.sample(sorted(set(rows[key])), min(INTENTS + 5, len(set(rows[key]))))
            at[key] = self.topic(name=d['name'], definition=d['definition'], examples=texts[:5], lang='en', source=key[0], group=group,
                                 split='source' if key[0] == 'hwu64' else side(group), domain=key[0])
            d['texts'] = texts[5:]
        for d in definitions:
            key = d['dataset'], d['label']
            if key in at:
                for text in d['texts']:
                    self.text(text, 'en', 'positives', (at[key],))
        for d in definitions:  # what a label is easily taken for is judged not to be of it
            key = d['dataset'], d['label']
            for other in d['hard_negatives']:
                o = next((x for x in definitions if (x['dataset'], x['label']) == (key[0], other)), None)
                if key in at and o and 'texts' in o:
                    for text in o['texts'][:8]:
                        self.text(text, 'en', 'positives', (), (at[key],))
        out = [t for t in rows['clinc150', 'oos'] if len(t) > 12]
        for text in self.rng.sample(out, 200):
            self.text(text, 'en', 'far')

    def fields(self, data):
        """Expert questions by field of learning, the field's name alone as definition: a source for measuring only."""
        rows = collections.defaultdict(list)
        for r in map(json.loads, gzip.open(f'{data}/topics/expertqa_fields.jsonl.gz', 'rt')):
            rows[r['label']].append(r['text'])
        for label, texts in sorted(rows.items()):
            if len(texts) < 30 or label == 'Other':
                continue
            i = self.topic(name=label, definition=f'Questions that belong to the field of {label.lower()}.', examples=texts[:5], lang='en',
                           source='expertqa', group='expertqa/' + label, split='source', domain='expertqa')
            for text in texts[5:25]:
                self.text(text, 'en', 'positives', (i,))

    def documents(self):
        """Longer texts put together from two to seven rows of one split and language. Each is of the topics of its parts."""
        parts = collections.defaultdict(list)
        for t in list(self.texts.values()):
            sources = {self.topics[i]['source'] for i in t['yes'] + t['no']}
            splits = {self.topics[i]['split'] for i in t['yes'] + t['no']}
            if len(splits) == 1 and sources and not sources & {'hwu64', 'expertqa'}:
                parts[splits.pop(), t['lang']].append(t)
        for split, count in DOCUMENTS.items():
            for n in range(count):
                pool = parts[split, 'ko' if n % 3 == 0 else 'en']
                some = self.rng.sample(pool, self.rng.randint(2, 7))
                yes = sorted({i for t in some for i in t['yes']})
                no = sorted({i for t in some for i in t['no']} - set(yes))
                text = self.rng.choice([' ', '\n', '\n\n']).join(t['text'] for t in some)
                self.text(text[:1400], some[0]['lang'], 'document', yes, no) if len(text) <= 1400 else None


def pairs(data, rows):
    """Queries with the responses that answer them (yes) and those that were judged not to (no): written ones, and a public set's
    right answers. Only what the grounding family trains on too."""
    found = []
    for name in ('grounding', 'grounding_long'):
        found += [r for r in table.load(f'{data}/authored/{name}.jsonl') if table.split(r['group']) == 'train']
    for name in table.WRITTEN:
        found += [r for r in table.written(f'{rows}/{name}.tsv') if name == 'grounding_more' or table.split(r['group']) == 'train']
    out = collections.OrderedDict()
    for r in found:
        if r['query']:
            p = out.setdefault((r['group'], r['query']), {'query': r['query'], 'yes': [], 'no': [], 'source': 'written'})
            p['yes' if r['relevant'] else 'no'].append(r['response'])
    for r in table.load(f'{data}/relevance/ares_answer.jsonl.gz'):
        if r['label'] and table.split(r['query']) == 'train':
            p = out.setdefault(('ares', r['query']), {'query': r['query'], 'yes': [], 'no': [], 'source': 'ares_answer'})
            p['yes'].append(r['response'])
    return [p for p in out.values() if p['yes']]


def main():
    data, rows, out = sys.argv[1:4]
    s = Set(random.Random(11))
    s.authored(f'{data}/authored/topics.jsonl', 'topics')
    s.authored(f'{rows}/topics_more.jsonl', 'topics_more')
    s.intents(data)
    s.fields(data)
    s.documents()
    s.authored(f'{rows}/topics_more_2.jsonl', 'topics_more')  # last, so that the documents before stay what they were
    s.authored(f'{rows}/topics_more_3.jsonl', 'topics_more')
    s.authored(f'{rows}/topics_4.jsonl', 'topics_more')
    for part in '5_a', '5_b', '5_ko', '6_a', '6_b', '6_ko', '7_a', '7_b', '7_ko':
        s.authored(f'{rows}/topics_{part}.jsonl', 'topics_more')
    for part in '8_a', '8_b', '8_ko':
        s.authored(f'{rows}/topics_{part}.jsonl', 'topics_more', together=True)
    s.twins(f'{rows}/topics_twins.jsonl')
    group = collections.defaultdict(list)
    for i, t in enumerate(s.topics):
        group[t['group']].append(i)
    for t in s.texts.values():  # what is of a topic is of its twin in the other language
        t['yes'] = sorted({j for i in t['yes'] for j in group[s.topics[i]['group']]})
        t['no'] = sorted({j for i in t['no'] for j in group[s.topics[i]['group']]} - set(t['yes']))
    json.dump({'topics': s.topics, 'texts': list(s.texts.values()), 'pairs': pairs(data, rows)}, open(out, 'w'), ensure_ascii=False)
    count = collections.Counter((t['source'], t['split'], t['lang']) for t in s.topics)
    for k, v in sorted(count.items()):
        print(*k, v)
    print(len(s.texts), 'texts')


if __name__ == '__main__':
    main()
