package pair

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWordsAreThoseOfTheRecipe holds words, sentences and marks against those that the tower was trained with; train/grounding/wordfixture.py
// wrote them.
func TestWordsAreThoseOfTheRecipe(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Known, Text      string
		Sentences, Words [][2]int
		Keys             []string
		Marks            []int
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		found := Words(r.Text)
		bounds, keys := make([][2]int, len(found)), make([]string, len(found))
		marks := make([]int, len(found))
		for i, m := range Know(Words(r.Known)).Marks(found) {
			bounds[i], keys[i], marks[i] = [2]int{found[i].start, found[i].end}, found[i].key, int(m)
		}
		if diff := cmp.Diff(r.Words, bounds); diff != "" {
			t.Errorf("%q has other words (-recipe +here):\n%s", r.Text, diff)
		}
		if diff := cmp.Diff(r.Keys, keys); diff != "" {
			t.Errorf("%q has other keys (-recipe +here):\n%s", r.Text, diff)
		}
		if diff := cmp.Diff(r.Marks, marks); diff != "" {
			t.Errorf("%q has other marks (-recipe +here):\n%s", r.Text, diff)
		}
		got := Sentences(r.Text)
		if got == nil {
			got = [][2]int{}
		}
		if diff := cmp.Diff(r.Sentences, got); diff != "" {
			t.Errorf("%q has other sentences (-recipe +here):\n%s", r.Text, diff)
		}
	}
	if len(rows) < 300 {
		t.Errorf("only %d rows", len(rows))
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("Yes. For ever. Dr. Smith paid $1,200.50. \n 네, 됩니다. 東京です。違う！")
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, at := range Sentences(s) {
			if at[0] < end || at[1] <= at[0] || at[1] > len(s) {
				t.Fatalf("%q has a sentence at %v after %d", s, at, end)
			}
			end = at[1]
		}
		in := 0
		for _, w := range Words(s) {
			if w.start < in || w.end <= w.start || w.end > len(s) {
				t.Fatalf("%q has a word at %d-%d after %d", s, w.start, w.end, in)
			}
			in = w.end
		}
	})
}
