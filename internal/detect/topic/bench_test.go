package topic

import (
	"strconv"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// BenchmarkDetect reads one text for some topics, that were read before, by the weights that ship; the trunk's pass is part of it.
func BenchmarkDetect(b *testing.B) {
	m := shipped(b)
	kilobyte := strings.Repeat("Could you tell me when the parcel comes? I am at home from nine to five, and my neighbour after that. ", 10)[:1000]
	for _, c := range []struct {
		name   string
		topics int
		text   string
	}{{"prompt/1", 1, kilobyte[:100]}, {"kilobyte/1", 1, kilobyte}, {"kilobyte/30", 30, kilobyte}} {
		b.Run(c.name, func(b *testing.B) {
			var topics []Topic
			for i := range c.topics {
				topics = append(topics, Topic{"Topic " + strconv.Itoa(i), "Advice on investments, pensions and insurance.", []string{"Which funds should I buy?", "Is gold safe?"}})
			}
			d, err := New(m, topics...)
			if err != nil {
				b.Fatal(err)
			}
			run := func() {
				if _, err := d.Detect(b.Context(), detect.Input{Blocks: []*text.Document{text.New(c.text)}}); err != nil {
					b.Fatal(err)
				}
			}
			run() // reads the topics
			for b.Loop() {
				run()
			}
		})
	}
}
