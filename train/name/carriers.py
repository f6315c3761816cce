"""Structured identifiers in sentences written for them: only the identifier is composed.

{A} an address, {U} a user name, {P} a password, {G} an age, {N} a name, {S} a street or a place without a number, which is none."""
import random

from augment import SYLLABLES, Lists

ENGLISH = """Please send it to {A}.
Deliver to {A}, leave with the porter.
We have moved. New address: {A}
{N}, {A}
{A}
Ship to: {N}⏎{A}
The lease for {A} ends in June.
She lives at {A} with two cats.
i'm at {A} if u need me
Officers attended {A} at about 2 am.
Billing address: {A}⏎Shipping address: {A}
{"recipient": "{N}", "address": "{A}"}
name,address⏎{N},"{A}"
Is {A} in your delivery area?
My mother, {N}, {G}, has lived at {A} since 1974.
Meet us at {A} (ring twice).
Return to {A} if undelivered.
Property known as {A} ("the Property").
Caller says the smell comes from {A}.
What's the rent for {A}?
The shop on {S} has closed.
Turn left at {S} and keep going.
We walked from {S} to {S} in the rain.
Traffic is slow on {S} this morning.
There were 40 people on {S} and one tuba.
Log in as {U} and try again.
username: {U}⏎password: {P}
user={U} action=login result=ok
The account {U} is locked.
My handle is {U}, same as on the old site.
@{U} thanks for the ride
Your temporary password is {P}
pw: {P}
DB_USER={U} DB_PASS={P}
{"user": "{U}", "password": "{P}"}
mysql -u {U} -p{P} shop
postgres://{U}:{P}@db.example.com/app
wifi password is {P}, all one word
ssh {U}@host.example.org
I forgot my password and the hint makes no sense.
{N}, {G}, won the race.
He is {G} and still growing.
Patient {N} ({G}) slept well.
The bridge is 87 years old.
We waited 45 minutes for a table of 6."""

KOREAN = """{A}로 보내 주세요.
{A} {N}
받는 분: {N}⏎주소: {A}
{A}
새 주소는 {A}입니다.
{N}({G}) 씨는 {A}에 산다.
집은 {A}이고 회사는 {S}예요.
{A} 앞에 세워 주세요
배송지 {A}, 문 앞에 놓아 주세요
{"이름":"{N}","주소":"{A}"}
이름,주소⏎{N},"{A}"
{A}에서 물이 샌다는 신고
소재지: {A}⏎소유자: {N}
저는 {A} 사는 {N}입니다.
임차 목적물은 {A}로 한다.
본가는 {A}, 지금은 {A}에 살아요.
{S} 쪽으로 산책 갔다 왔어
{S}에서 {S}까지 버스로 한 시간
{S} 맛집 추천해 주세요
{S}은 주말마다 막힌다
환자 {N}, {G}, 주소 {A}
아이디 {U} 비밀번호 {P}
아이디: {U}⏎비번: {P}
와이파이 비번은 {P}입니다
비밀번호를 {P}로 바꿨어요
임시 비밀번호 {P} 발급
{U} 계정이 잠겼습니다
제 아이디는 {U}예요
게임 닉네임 {U}로 친구 추가해 주세요
@{U} 님 감사합니다
user={U} pw={P}
{"id":"{U}","pw":"{P}"}
접속: ssh {U}@host.example.org
비밀번호는 여섯 자리 이상이어야 합니다
{N} 님은 올해 {G}입니다
{N}({G})
우리 딸 {G} 됐어요
이 나무는 백 살이 넘었대요
가입한 지 3년 됐습니다
3일 동안 12명이 다녀갔어요"""

STREETS = 'Road Rd Street St Avenue Ave Lane Drive Dr Close Court Crescent Way Terrace Gardens Hill Place Blvd Parkway Row Mews Walk Square Trail'.split()
PLACES = '서울 부산 대구 강남역 홍대 명동 해운대 전주 여의도 신촌 제주 속초 판교 잠실 을지로 종로 이태원 성수동 한강공원 경복궁 북촌 가로수길'.split()
WORDS = ('river stone maple fox moon tiger apple night cloud panda sugar ghost pixel storm lucky silver cookie mango rocket winter ninja '
         'coffee happy green blue little king dark wolf bear cat dog bird sky star sun rain snow').split()
LETTERS = 'abcdefghijkmnpqrstuvwxyz'
COUNTED = '하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉'.split()
TENS = '열 스물 서른 마흔 쉰 예순 일흔 여든 아흔'.split()


class Composer:
    def __init__(self, data, seed):
        self.lists, self.rng = Lists(data), random.Random(seed)

    def number(self, most):
        return str(self.rng.randint(1, 10 ** self.rng.randint(1, most)))

    def word(self):
        return self.lists.pick(self.rng, self.lists.last).replace(' ', '')

    def street(self):
        return f'{self.word()} {self.rng.choice(STREETS)}'

    def name(self, lang):
        r = self.rng
        if lang == 'ko' and r.random() < .85:
            return r.choice(self.lists.surnames) + (r.choice(self.lists.given) if r.random() < .5 else ''.join(r.choice(SYLLABLES) for _ in 'ab'))
        first, last = self.lists.pick(r, self.lists.first), self.lists.pick(r, self.lists.last)
        return r.choice([f'{first} {last}', first, f'{first} {first[0]}. {last}', f'{first} {last}'])

    def english_address(self):
        r = self.rng
        town = self.word() + r.choice(['', '', 'ton', 'ville', ' Falls', ' Bay', 'ford'])
        letters = lambda n: ''.join(r.choice('ABCDEFGHKLMNPRSTWY') for _ in range(n))  # noqa: E731
        unit = r.choice(['', '', '', f', Apt {self.number(2)}', f', Unit {self.number(2)}', f' #{self.number(2)}{r.choice("ABC")}', f', Suite {self.number(3)}'])
        street = f'{self.number(4)} {r.choice(["", "", "", "N. ", "W ", "SE "])}{self.street()}'
        flat = r.choice(['', '', f'Flat {self.number(2)}, ', f'Flat {self.number(1)}{r.choice("ABC")}, {self.word()} House, ', f'Unit {self.number(1)}, '])
        return r.choice([
            street, street + unit,
            f'{street}{unit}, {town}, {letters(2)} {r.randint(10000, 99999)}',
            f'{street}{unit}, {town}, {r.choice(["Texas", "Ohio", "Oregon", "Georgia", "Maine", "Florida"])}',
            f'{flat}{self.number(2)} {self.street()}, {town} {letters(2)}{r.randint(1, 20)} {r.randint(1, 9)}{letters(2)}',
            f'{flat}{self.number(2)} {self.street()}',
            f'{self.word()} Cottage, {self.street()}, {town}',
            f'{street}{unit}, {town} {r.choice(["ON", "BC", "QC", "AB"])} {letters(1)}{r.randint(1, 9)}{letters(1)} {r.randint(1, 9)}{letters(1)}{r.randint(1, 9)}',
            f'{r.randint(1, 40)}/{self.number(2)} {self.street()}, {town} {r.choice(["NSW", "VIC", "QLD", "WA"])} {r.randint(2000, 6999)}',
            f'{r.choice(["H.No. ", "No. ", "Plot ", "Door No. "])}{self.number(2)}{r.choice(["", "/" + self.number(2), "-" + self.number(3)])}, {self.street()}, {self.word()} Nagar, {town} {r.randint(110, 799)}{r.choice(["", " "])}{r.randint(100, 999)}',
            f'PO Box {self.number(4)}, {town}',
            f'{street}⏎{town}, {letters(2)} {r.randint(10000, 99999)}'.replace('⏎', '\n'),
        ])

    def korean_address(self):
        r, k = self.rng, self.lists.korean
        syllables = lambda n: ''.join(r.choice(SYLLABLES) for _ in range(n))  # noqa: E731
        short = {'강원특별자치도': '강원', '경기도': '경기', '경상남도': '경남', '경상북도': '경북', '전라남도': '전남', '전북특별자치도': '전북', '충청남도': '충남', '충청북도': '충북'}
        province = r.choice(k['address:provinces'])
        city = r.choice([c for c in k['address:metropolitan_cities']])
        region = r.choice([f'{r.choice([city, city[:2]])} {r.choice(k["address:boroughs"])}',
                           f'{r.choice([province, short.get(province, province)])} {r.choice(k["address:cities"])}', r.choice(k['address:cities']), ''])
        if region.endswith('군') or r.random() < .15:
            region += f' {syllables(2)}{r.choice("읍면")}'
        road = (r.choice(k['address:road_names']) if r.random() < .3 else syllables(2)) + r.choice(['로', '길', '대로', f'로 {self.number(2)}길', f'로{self.number(2)}번길'])
        number = self.number(3) + r.choice(['', '', f'-{self.number(2)}'])
        detail = r.choice(['', '', f', {r.randint(1, 25)}층', f' {r.randint(101, 2505)}호', f', {r.randint(101, 120)}동 {r.randint(101, 2505)}호',
                           f' {syllables(2)}{r.choice(["빌라", "아파트", "빌딩"])} {r.randint(101, 909)}호', f' ({syllables(2)}동)', ', 지하'])
        lot = f'{syllables(2)}{r.choice("동리")} {r.choice(["", "", "산 "])}{number}{r.choice(["", "번지"])}'
        body = r.choice([f'{road} {number}{detail}', f'{road} {number}{detail}', lot])
        return r.choice([f'{region} {body}', f'{region} {body}', f'{region} {body}', f'{r.randint(101, 130)}동 {r.randint(101, 2505)}호']).strip()

    def address(self, lang):
        return self.korean_address() if lang == 'ko' else self.english_address()

    def user(self, lang):
        r = self.rng
        first, last = self.lists.pick(r, self.lists.first).lower().replace(' ', ''), self.word().lower()
        a, b = r.choice(WORDS), r.choice(WORDS)
        return r.choice([first[0] + last, f'{first}.{last}', f'{first}_{self.number(3)}', f'{a}_{b}', a + b + self.number(3), f'{last}{first[0]}',
                         f'svc_{a}', f'{a}-{b}', f'{a.title()}{b.title()}{self.number(2)}', f'{a}.{b}'])

    def password(self):
        r = self.rng
        a, b = r.choice(WORDS), r.choice(WORDS)
        return r.choice([a.title() + r.choice('!@#$%&*') + b + self.number(3), f'{a}{b}{self.number(4)}', f'{a.title()}-{b.title()}-{self.number(3)}', a + self.number(4) + r.choice('!@#?*'),
                         ''.join(r.choice(LETTERS + LETTERS.upper() + '23456789' + '!#$%') for _ in range(r.randint(8, 14))), f'{a}.{b}.{self.number(2)}'])

    def age(self, lang):
        r = self.rng
        n = r.randint(1, 99)
        if lang == 'en':
            return r.choice([f'{n}', f'{n} years old', f'{n}-year-old' if r.random() < .2 else f'{n}', f'{n}'])
        counted = TENS[n // 10 - 1] + (COUNTED[n % 10 - 1] if n % 10 else '') if n > 19 else f'{n}세'
        return r.choice([f'{n}세', f'만 {n}세', f'{n}살', counted, f'{n}세'])

    def row(self, line, lang):
        text, spans, i = '', [], 0
        kinds = {'A': 'ADDRESS', 'U': 'USERNAME', 'P': 'PASSWORD', 'G': 'AGE', 'N': 'NAME'}
        line = line.replace('⏎', '\n')
        while i < len(line):
            slot = line[i:i + 3]
            if len(slot) == 3 and slot[0] == '{' and slot[2] == '}' and slot[1] in 'AUPGNS':
                kind = slot[1]
                value = {'A': lambda: self.address(lang), 'U': lambda: self.user(lang), 'P': self.password, 'G': lambda: self.age(lang),
                         'N': lambda: self.name(lang), 'S': lambda: self.street() if lang == 'en' else self.rng.choice(PLACES)}[kind]()
                if kind in kinds:
                    spans.append((len(text), len(text) + len(value), kinds[kind]))
                text += value
                i += 3
                continue
            text += line[i]
            i += 1
        return text, spans


def rows(data, each, seed=11):
    """`each` rows of every sentence."""
    composer = Composer(data, seed)
    for lang, sentences in (('en', ENGLISH), ('ko', KOREAN)):
        for line in sentences.splitlines():
            for _ in range(each if '{' in line else 1):
                text, spans = composer.row(line, lang)
                if lang == 'en' and text.startswith('i') and composer.rng.random() < .5:
                    text = text.lower() if len(text.lower()) == len(text) else text
                yield text, spans, lang
