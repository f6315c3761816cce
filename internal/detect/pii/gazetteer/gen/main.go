// Command gen builds gazetteer/names.bin: which words are given names, surnames, ordinary words or names of other things.
//
// It reads the lists beside it and, from the data folder that -data names, only sets whose manifest allows shipping. The table
// is 2^18 little-endian entries of four bytes, open addressing: three bytes of the word's FNV-1a hash, one byte of facts.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// row is what the sets under the data folder have in common.
type row struct {
	Split, Lang, Text, Label, Source, Response string
	Items                                      []string
	Labels                                     json.RawMessage
}

type facts struct{ given, surname, common, thing int }

// builder gathers facts by word: lower case, with and without its accents.
type builder struct {
	words map[string]facts
	data  string
}

func main() {
	data := flag.String("data", "../shared/data", "data `folder`")
	dir := flag.String("dir", "internal/detect/pii/gazetteer", "`folder` of the lists and of the result")
	flag.Parse()
	b := &builder{words: map[string]facts{}, data: *data}
	b.names()
	b.lists(*dir)
	b.english()
	b.things()
	b.korean(*dir)
	if err := os.WriteFile(filepath.Join(*dir, "names.bin"), b.table(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(b.words), "words")
}

func (b *builder) raise(word string, f facts) {
	word = strings.ToLower(norm.NFC.String(strings.TrimSpace(word)))
	if n := utf8.RuneCountInString(word); n < 1 || n > 24 || strings.ContainsAny(word, " .\t") {
		return
	}
	for _, w := range variants(word) {
		old := b.words[w]
		b.words[w] = facts{max(old.given, f.given), max(old.surname, f.surname), max(old.common, f.common), max(old.thing, f.thing)}
	}
}

// variants gives the word, its spelling without accents, and its spelling with an accented first letter as a capital, for the
// hash folds the case of ASCII only.
func variants(word string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
	all := []string{word}
	if r, size := utf8.DecodeRuneInString(word); r >= 0xC0 && r < 0x250 {
		all = append(all, string(unicode.ToUpper(r))+word[size:])
	}
	if r, _ := utf8.DecodeRuneInString(word); plain != word && r < 0x1100 {
		all = append(all, plain)
	}
	return all
}

// names reads the public lists. A word that several lists agree on is more likely to be a name than one that a single list of
// 88,000 has.
func (b *builder) names() {
	seen := map[string]int{}
	b.each("gazetteer/name_lists.jsonl.gz", func(r row) {
		for _, item := range r.Items {
			switch {
			case r.Split == "faker" && strings.Contains(r.Text, "person:first"):
				b.raise(item, facts{given: 3})
			case r.Split == "faker" && strings.Contains(r.Text, "person:last"):
				b.raise(item, facts{surname: 3})
			case r.Label == "given_name" && r.Lang == "us":
				b.raise(item, facts{given: 2})
			case r.Label == "given_name":
				b.raise(item, facts{given: 1})
			case r.Label == "surname":
				word := strings.ToLower(item)
				seen[word]++
				b.raise(item, facts{surname: min(2, seen[word])})
			case r.Split == "faker" && (strings.HasSuffix(r.Text, "address:states") || strings.HasSuffix(r.Text, "address:counties") ||
				strings.HasSuffix(r.Text, "address:cities")) && (r.Lang == "en_US" || r.Lang == "en_GB" || r.Lang == "de_DE"):
				b.raise(item, facts{thing: 1})
			}
		}
	})
}

func (b *builder) lists(dir string) {
	for name, f := range map[string]facts{
		"given_extra.txt": {given: 3}, "surname_extra.txt": {surname: 3}, "place.txt": {thing: 1},
		"ambiguous.txt": {common: 2}, "korean_common.txt": {common: 3},
	} {
		for _, word := range listed(filepath.Join(dir, name)) {
			b.raise(word, f)
		}
	}
}

// english counts how often a word is written small and how often with a capital inside a sentence. Words that are usually small
// are ordinary words.
func (b *builder) english() {
	small, capital, total := map[string]int{}, map[string]int{}, 0
	for _, set := range []string{
		"lm/wiki_c4_demo", "grounding/ares_faithfulness", "grounding/halueval_qa", "grounding/fool_me_twice",
		"content/edos", "topics/hwu64", "topics/snips", "instruct/self_instruct_user",
	} {
		b.each(set+".jsonl.gz", func(r row) {
			text := r.Text + "\n" + r.Source + "\n" + r.Response
			inside := false
			for word := range strings.FieldsSeq(text) {
				bare := strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
				first, _ := utf8.DecodeRuneInString(bare)
				switch {
				case bare == "":
				case unicode.IsLower(first):
					small[bare]++
					total++
				case inside && first < 0x1100:
					capital[strings.ToLower(bare)]++
				}
				inside = !strings.ContainsAny(word[len(word)-1:], ".!?:\"")
			}
		})
	}
	for word, n := range small {
		million := float64(n) * 1e6 / float64(total)
		share := float64(n) / float64(n+capital[word])
		switch known := b.words[word]; {
		case share < 0.15, n < 3, known.given == 3 && share < 0.5:
		case million > 40:
			b.raise(word, facts{common: 3})
		case million > 5:
			b.raise(word, facts{common: 2})
		case share > 0.5:
			b.raise(word, facts{common: 1})
		}
	}
}

// things takes words that annotators marked as places, organisations and products more often than as persons.
func (b *builder) things() {
	type label struct{ Type, Text string }
	thing, person := map[string]int{}, map[string]int{}
	for _, set := range []string{"wnut17_train", "broad_twitter_corpus", "wikigold", "sec_filings"} {
		b.each("pii/"+set+".jsonl.gz", func(r row) {
			var labels []label
			if json.Unmarshal(r.Labels, &labels) != nil {
				return
			}
			for _, l := range labels {
				for word := range strings.FieldsSeq(strings.ToLower(l.Text)) {
					if l.Type == "PERSON" {
						person[word]++
					} else {
						thing[word]++
					}
				}
			}
		})
	}
	for word, n := range thing {
		if n >= 2 && n > 2*person[word] && len(word) > 1 && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
			b.raise(word, facts{thing: 1})
		}
	}
}

// korean takes the given names of the list and, from Korean text, what looks like a name but is an ordinary word.
func (b *builder) korean(dir string) {
	syllables := map[string]int{}
	for _, word := range listed(filepath.Join(dir, "korean_given.txt")) {
		b.raise(word, facts{given: 3})
		if r := []rune(word); len(r) == 2 {
			syllables["¹"+string(r[0])]++
			syllables["²"+string(r[1])]++
		}
	}
	for syllable, n := range syllables {
		switch {
		case n >= 8:
			b.raise(syllable, facts{given: 3})
		case n >= 3:
			b.raise(syllable, facts{given: 2})
		default:
			b.raise(syllable, facts{given: 1})
		}
	}
	names := map[string]bool{}
	for _, word := range listed(filepath.Join(dir, "korean_not_common.txt")) {
		names[word] = true
	}
	counts := map[string]int{}
	for _, set := range []string{
		"content/ko_chat_benign", "content/kosbi_valid", "content/square_question_valid", "content/hatescore",
		"content/ko_curse", "instruct/ko_chat_pairs", "content/kmhas_valid", "content/beep", "grounding/kornli_xnli_ko", "relevance/korsts",
	} {
		b.each(set+".jsonl.gz", func(r row) {
			for word := range strings.FieldsFuncSeq(r.Text+" "+r.Source+" "+r.Response, func(r rune) bool { return r < 0xAC00 || r > 0xD7A3 }) {
				stems := map[string]bool{word: true}
				for _, particle := range particles {
					if stem, ok := strings.CutSuffix(word, particle); ok {
						stems[stem] = true
					}
				}
				for stem := range stems {
					counts[stem]++
				}
			}
		})
	}
	for stem, n := range counts {
		length := utf8.RuneCountInString(stem)
		first, _ := utf8.DecodeRuneInString(stem)
		if length < 2 || length > 3 || names[stem] || length == 3 && n < 6 && !strings.ContainsRune(surnames, first) {
			continue
		}
		switch {
		case n >= 30:
			b.raise(stem, facts{common: 3})
		case n >= 6:
			b.raise(stem, facts{common: 2})
		case n >= 3:
			b.raise(stem, facts{common: 1})
		}
	}
}

// surnames are the syllables that most Korean surnames are; three syllables that begin with another are rarely taken for a name.
const surnames = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진엄채원천방공현함변염여추"

var particles = strings.Fields("은 는 이 가 을 를 의 에 에게 께 께서 한테 도 만 과 와 랑 이랑 로 으로 이나 나 야 아 이야 이다 입니다 이에요 예요 에서 까지 부터 처럼 보다 이라고 라고 이는 이가 이를 이의 이도")

func (b *builder) table() []byte {
	const size = 1 << 18
	words := make([]string, 0, len(b.words))
	for word := range b.words {
		words = append(words, word)
	}
	slices.Sort(words)
	if len(words) > size*85/100 {
		log.Fatalf("%d words are too many", len(words))
	}
	out := make([]byte, size*4)
	for _, word := range words {
		f, h := b.words[word], hash(word)
		entry := uint32(h>>40)<<8 | uint32(f.given|f.surname<<2|f.common<<4|f.thing<<6) | 1<<7
		slot := int(bits.RotateLeft64(h, 11)*0x9E3779B97F4A7C15>>46) & (size - 1)
		for binary.LittleEndian.Uint32(out[slot*4:]) != 0 {
			slot = (slot + 1) & (size - 1)
		}
		binary.LittleEndian.PutUint32(out[slot*4:], entry)
	}
	return out
}

// hash is FNV-1a, as the scan makes it of a folded token.
func hash(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return h
}

func listed(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	var words []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, strings.Fields(line)...)
		}
	}
	return words
}

func (b *builder) each(name string, use func(row)) {
	f, err := os.Open(filepath.Join(b.data, name))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewReaderSize(z, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var r row
			var loose map[string]json.RawMessage
			if json.Unmarshal(line, &loose) == nil {
				for key, to := range map[string]any{
					"split": &r.Split, "lang": &r.Lang, "text": &r.Text, "label": &r.Label,
					"source": &r.Source, "response": &r.Response, "items": &r.Items, "labels": &r.Labels,
				} {
					if raw, ok := loose[key]; ok {
						_ = json.Unmarshal(raw, to) // another set may have another shape there
					}
				}
			}
			use(r)
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}
