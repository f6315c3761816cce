package word_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/word"
)

// randomPhrases gives n phrases of one to three words, and a text of about size bytes.
func randomPhrases(n, size int) ([]string, string) {
	rng := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ba co di fu ge ha jo ki lu me na po qui ra so ti vu we xa yo zen tion ment ing er al")
	make := func() string {
		var w string
		for range 2 + rng.IntN(3) {
			w += syllables[rng.IntN(len(syllables))]
		}
		return w
	}
	list := []string{}
	for range n {
		p := make()
		for range rng.IntN(3) {
			p += " " + make()
		}
		list = append(list, p)
	}
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(make() + " ")
	}
	return list, b.String()
}

func BenchmarkDetect(b *testing.B) {
	prose := strings.Repeat("The quick brown fox jumps over the lazy dog, and nobody minds. ", 500)
	korean := strings.Repeat("오늘 회의는 세 시에 시작하고 다섯 시에 끝납니다. ", 400)
	hundred, _ := randomPhrases(100, 0)
	many, noise := randomPhrases(10_000, 25<<10)
	for _, c := range []struct {
		name   string
		config word.Config
		text   string
	}{
		{"1kB_100_words_profanity", word.Config{Phrases: hundred, Profanity: true}, prose[:1<<10]},
		{"1kB_korean_100_words_profanity", word.Config{Phrases: hundred, Profanity: true}, korean[:63*16]},
		{"25kB_10000_words", word.Config{Phrases: many}, prose[:25<<10]},
		{"25kB_10000_words_noise", word.Config{Phrases: many}, noise},
	} {
		d, err := word.New(c.config)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Detect(b.Context(), detect.Input{Blocks: []*text.Document{text.New(c.text)}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	many, _ := randomPhrases(10_000, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := word.New(word.Config{Phrases: many}); err != nil {
			b.Fatal(err)
		}
	}
}
