package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// composer makes conversations from lists: what a small model can learn to do, copying before all.
type composer struct {
	*rand.Rand
	rows []row
}

// composed are the rows that are made of patterns. The same ones come each time.
func composed() []row {
	c := &composer{Rand: rand.New(rand.NewPCG(11, 7))}
	c.contacts()
	for range 3000 {
		c.repeat()
	}
	for range 2000 {
		c.find()
		c.remember()
		c.note()
	}
	c.sums()
	c.facts()
	return c.rows
}

func (c *composer) one(from ...string) string { return from[c.IntN(len(from))] }

func (c *composer) add(source string, texts ...string) {
	r := row{Source: source}
	for i, t := range texts {
		r.Turns = append(r.Turns, turn{[]string{"user", "assistant"}[i%2], t})
	}
	switch c.IntN(12) {
	case 0:
		r.Turns = append([]turn{{"system", "You are a helpful assistant."}}, r.Turns...)
	case 1:
		r.Turns = append([]turn{{"system", c.one("Be brief.", "Answer in one sentence.", "You are a polite assistant who answers briefly.", "Answer the question of the user.")}}, r.Turns...)
	}
	c.rows = append(c.rows, r)
}

// contact is one thing that the model knows by heart: an imaginary office and how to reach it. Addresses and numbers are of ranges that nobody has.
type contact struct {
	who    []string // "How do I reach ..."
	about  []string // "Who do I write to about ..."
	answer string
}

var offices = []contact{
	{
		[]string{"the help desk", "support", "your support team", "customer service", "someone who can help me"},
		[]string{"a problem", "a question", "help with the server"},
		"You can write to help@example.com or call +1 206-555-0100.",
	},
	{
		[]string{"the order desk", "the people who handle orders", "the shop"},
		[]string{"my order", "a late parcel", "a missing parcel", "a delivery"},
		"Please write to orders@example.com with the number of your order.",
	},
	{
		[]string{"the billing team", "accounting", "the person who sends invoices"},
		[]string{"my invoice", "a bill", "a refund", "a payment"},
		"Please write to billing@example.com or call +1 206-555-0142.",
	},
	{
		[]string{"Dana", "Dana at the front desk", "the front desk", "reception"},
		[]string{"a visit", "a lost badge", "a meeting room"},
		"Dana is at the front desk. Write to dana@example.com or call +1 206-555-0117.",
	},
	{
		[]string{"the press office", "the person for journalists"},
		[]string{"an interview", "a press release"},
		"Journalists can write to press@example.com.",
	},
}

func (c *composer) contacts() {
	for _, o := range offices {
		for _, who := range o.who {
			for _, form := range []string{
				"How do I reach %s?", "How can I reach %s?", "How can I contact %s?", "how do i contact %s", "What is the e-mail address of %s?", "What is the email of %s?",
				"I need to talk to %s.", "I want to talk to %s", "Who do I call to reach %s?", "Give me the contact of %s, please.", "Please tell me how to reach %s.", "contact for %s?",
				"Hi, how do I get in touch with %s?", "Where can I write to %s?", "Can I have the address of %s?",
			} {
				c.add("contact", fmt.Sprintf(form, who), o.answer)
			}
		}
		for _, about := range o.about {
			for _, form := range []string{
				"Who do I write to about %s?", "Who can I ask about %s?", "Where do I write about %s?", "I have a question about %s.", "Who can help me with %s?", "who do i contact about %s",
				"I need help with %s.", "Whom should I email about %s?", "Hello, I have to talk to somebody about %s.", "Who is responsible for %s?",
			} {
				c.add("contact", fmt.Sprintf(form, about), o.answer)
			}
		}
	}
}

var (
	names = strings.Fields(`Dana Ana Tom Lena Marcus Priya Noor Felix Ida Omar Grace Hugo Mina Paul Rosa Stefan Yuna Jun Sora Hana Leo Nils Vera Carl Eva Sam Ruth Ben Clara Amir
		민수 지영 서준 하은 도윤 수빈 현우 예린`)
	things = strings.Fields(`book lamp chair letter parcel apple ticket map stone river garden window bridge train boat table cup song candle key clock coat mirror ladder basket`)
	kinds  = strings.Fields(`red blue old new small large quiet bright heavy green empty broken warm cold wooden round yellow silver narrow soft`)
	days   = strings.Fields(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday`)
	places = strings.Fields(`Seoul Paris Berlin Rome Busan Oslo Lisbon Madrid Dublin Vienna Prague Boston Toronto Lima Cairo`)
	deeds  = []string{"will come", "cannot come", "has called", "left a message", "is back", "will be late", "moved the meeting", "paid the bill", "found the keys", "starts work"}
	hosts  = []string{"example.com", "example.org", "example.net", "mail.example", "shop.example"}
)

func (c *composer) address() string {
	name := strings.ToLower(c.one(names[:30]...))
	return c.one(name, name+"."+c.one(things...), c.one(things...), name+fmt.Sprint(c.IntN(90)+10)) + "@" + c.one(hosts...)
}

func (c *composer) phrase() string {
	switch c.IntN(7) {
	case 0:
		return c.address()
	case 1:
		return fmt.Sprintf("The %s %s is in %s.", c.one(kinds...), c.one(things...), c.one(places...))
	case 2:
		return fmt.Sprintf("%s %s on %s.", c.one(names...), c.one(deeds...), c.one(days...))
	case 3:
		return fmt.Sprint(c.IntN(9000) + 1000)
	case 4:
		return c.one(things...) + " " + c.one(things...) + " " + c.one(kinds...)
	case 5:
		return "+1 206-555-01" + fmt.Sprintf("%02d", c.IntN(100))
	default:
		return c.one(kinds...) + " " + c.one(things...)
	}
}

// repeat asks for the same words again.
func (c *composer) repeat() {
	text := c.phrase()
	c.add("repeat", fmt.Sprintf(c.one("Repeat: %s", "Repeat after me: %s", "Say: %s", "Copy this: %s", "Please repeat this: %s", "Write exactly: %s", "Echo %s", "따라 하세요: %s"), text), text)
}

// find asks for something out of a text.
func (c *composer) find() {
	name, address, day, place, thing := c.one(names...), c.address(), c.one(days...), c.one(places...), c.one(things...)
	text := fmt.Sprintf(c.one("%[1]s can be reached at %[2]s until %[3]s, then in %[4]s, where the %[5]s is.", "Ask %[1]s in %[4]s for the %[5]s before %[3]s. The address is %[2]s.",
		"On %[3]s the %[5]s goes to %[4]s. Write to %[1]s at %[2]s.", "%[1]s from %[4]s left a %[5]s on %[3]s. Mail: %[2]s."), name, address, day, place, thing)
	questions := []struct{ ask, answer string }{
		{c.one("What is the e-mail address?", "Which e-mail address is in the text?", "Where do I write to?"), address},
		{c.one("Who is it?", "Which person is named?", "What is the name?"), name},
		{c.one("Which day?", "Which day is named?", "When?"), day},
		{c.one("Which city is named?", "Where?"), place},
		{c.one("Which thing is named?", "What thing is it about?"), thing},
	}
	q := questions[c.IntN(len(questions))]
	c.add("find", c.one(text+"\n\n"+q.ask, q.ask+"\n\n"+text, text+" "+q.ask), q.answer)
}

// remember asks for what was said a turn before.
func (c *composer) remember() {
	name, place, thing := c.one(names...), c.one(places...), c.one(kinds...)+" "+c.one(things...)
	switch c.IntN(3) {
	case 0:
		c.add("remember", fmt.Sprintf(c.one("My name is %s.", "I am %s.", "Hi, I'm %s", "Call me %s."), name), "Nice to meet you, "+name+".",
			c.one("What is my name?", "Who am I?", "Do you remember my name?"), "Your name is "+name+".")
	case 1:
		c.add("remember", fmt.Sprintf(c.one("I live in %s.", "I am from %s.", "My home is %s"), place), place+" sounds nice.", c.one("Where do I live?", "Where am I from?", "Which city is it?"), "You said "+place+".")
	default:
		c.add("remember", fmt.Sprintf(c.one("I have a %s.", "I bought a %s.", "I am looking for a %s"), thing), "A "+thing+". Good.", c.one("What was it?", "What did I say?", "What is it about?"), "It was a "+thing+".")
	}
}

// note asks for a sentence to be written down.
func (c *composer) note() {
	said := fmt.Sprintf("%s %s on %s", c.one(names...), c.one(deeds...), c.one(days...))
	c.add("note", fmt.Sprintf(c.one("Write a note that %s.", "Write a short message that %s.", "Tell the team that %s.", "Write down that %s"), said), said+".")
}

var numbers = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve")

func (c *composer) sums() {
	for a := range 13 {
		for b := range 13 {
			c.add("sum", fmt.Sprintf(c.one("What is %d plus %d?", "%d + %d", "How much is %d + %d?", "Add %d and %d."), a, b), fmt.Sprint(a+b))
			if a >= b {
				c.add("sum", fmt.Sprintf(c.one("What is %d minus %d?", "%d - %d"), a, b), fmt.Sprint(a-b))
			}
		}
	}
	for i, word := range numbers {
		c.add("sum", "Write "+fmt.Sprint(i)+" as a word.", word)
		c.add("sum", "Write "+word+" as a number.", fmt.Sprint(i))
	}
}

// known are small facts: a relation with what it holds for.
var known = []struct {
	asks  []string // of the first of a pair
	pairs string
}{
	{[]string{"What is the capital of %s?", "Capital of %s?", "Which city is the capital of %s?"}, "France:Paris Germany:Berlin Italy:Rome Spain:Madrid England:London Japan:Tokyo China:Beijing Korea:Seoul Austria:Vienna Norway:Oslo Sweden:Stockholm Poland:Warsaw Portugal:Lisbon Greece:Athens Egypt:Cairo Russia:Moscow Ireland:Dublin Finland:Helsinki Denmark:Copenhagen Canada:Ottawa"},
	{[]string{"What is the opposite of %s?", "Opposite of %s?", "Give me the opposite of %s."}, "hot:cold big:small up:down old:young good:bad fast:slow light:dark happy:sad open:closed early:late full:empty left:right rich:poor hard:soft long:short near:far high:low loud:quiet wet:dry strong:weak"},
	{[]string{"Which day comes after %s?", "What day follows %s?"}, "Monday:Tuesday Tuesday:Wednesday Wednesday:Thursday Thursday:Friday Friday:Saturday Saturday:Sunday Sunday:Monday"},
	{[]string{"Which month comes after %s?", "What month follows %s?"}, "January:February February:March March:April April:May May:June June:July July:August August:September September:October October:November November:December December:January"},
	{[]string{"What is the plural of %s?", "Plural of %s?"}, "book:books cat:cats child:children mouse:mice man:men woman:women foot:feet box:boxes city:cities leaf:leaves day:days tooth:teeth"},
	{[]string{"What is %s in Korean?", "How do you say %s in Korean?", "Translate %s into Korean."}, "water:물 book:책 house:집 tree:나무 sky:하늘 friend:친구 mother:어머니 father:아버지 school:학교 hello:안녕하세요 dog:개 cat:고양이 bread:빵 sea:바다 mountain:산 love:사랑 time:시간 music:음악 flower:꽃 car:자동차"},
	{[]string{"What is %s in English?", "%s, 영어로 뭐예요?", "Translate %s into English."}, "물:water 책:book 집:house 나무:tree 하늘:sky 친구:friend 학교:school 고양이:cat 빵:bread 바다:sea 산:mountain 사랑:love 시간:time 음악:music 꽃:flower"},
	{[]string{"What colour is %s?", "What color is %s?"}, "snow:white grass:green blood:red coal:black milk:white gold:yellow"},
	{[]string{"What do you call a young %s?", "A young %s is called what?"}, "dog:puppy cat:kitten cow:calf horse:foal sheep:lamb hen:chick bear:cub duck:duckling"},
	{[]string{"Is %s an animal or a plant?"}, "oak:plant dog:animal rose:plant cat:animal horse:animal tulip:plant lion:animal pine:plant"},
}

func (c *composer) facts() {
	for _, k := range known {
		for p := range strings.FieldsSeq(k.pairs) {
			about, answer, _ := strings.Cut(p, ":")
			for _, ask := range k.asks {
				c.add("fact", fmt.Sprintf(ask, about), answer)
			}
		}
	}
}
