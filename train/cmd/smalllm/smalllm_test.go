package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/chattemplate"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/token"
	"merlon.dev/merlon/internal/nn/train"
)

// sample writes a working folder with some composed rows and two texts.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	rows := composed()[:300]
	for i := range 5 {
		rows[i].Held = true
	}
	rows = append(rows, row{Source: "a", Text: strings.Repeat("The boat lay in the harbour until the tide came in. ", 60)}, row{Source: "a", Text: "Held out, this one.", Held: true})
	f, err := os.Create(filepath.Join(dir, rowsFile))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, r := range rows {
		if err := json.NewEncoder(f).Encode(r); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, r.Text)
		for _, turn := range r.Turns {
			texts = append(texts, turn.Text)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := learnVocabulary(texts, 400)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, tokenizerFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVocabularyJoinsWhatIsFrequent(t *testing.T) {
	t.Parallel()
	text, err := learnVocabulary([]string{strings.Repeat("low lower lowest 안녕 12", 9), "new"}, len(marks)+256+8)
	if err != nil {
		t.Fatal(err)
	}
	k, err := token.Load(text, token.Options{SpecialAsText: true})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"low": 1, " lowest": 4, "12": 2, "안녕": 4} {
		var e token.Encoding
		if err := k.Append(&e, text); err != nil {
			t.Fatal(err)
		}
		if k.Decode(e.IDs) != text || e.Len() > want {
			t.Errorf("%q is %d tokens %v, want at most %d; decoded %q", text, e.Len(), e.IDs, want, k.Decode(e.IDs))
		}
	}
	if _, err := learnVocabulary([]string{"ab"}, 8192); err == nil {
		t.Error("a vocabulary came of two letters")
	}
}

// TestConversationIsWhatTheTemplateWrites holds the tokens that are trained on against those that a server sees.
func TestConversationIsWhatTheTemplateWrites(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(sample(t), tokenizerFile))
	if err != nil {
		t.Fatal(err)
	}
	strict, err := token.Load(text, token.Options{SpecialAsText: true})
	if err != nil {
		t.Fatal(err)
	}
	r := row{Turns: []turn{{"system", "Be brief."}, {"user", "Say <|end|> twice, 안녕"}, {"assistant", "No."}}}
	s, err := conversation(strict, r)
	if err != nil {
		t.Fatal(err)
	}
	served, err := token.Load(text, token.Options{})
	if err != nil {
		t.Fatal(err)
	}
	template, err := chattemplate.Parse(chatTemplate)
	if err != nil {
		t.Fatal(err)
	}
	var messages []any
	for _, turn := range r.Turns {
		messages = append(messages, chattemplate.Object{{Name: "role", Value: turn.Role}, {Name: "content", Value: chattemplate.Foreign(turn.Text)}})
	}
	out, err := template.Render(map[string]any{"messages": messages, "add_generation_prompt": false})
	if err != nil {
		t.Fatal(err)
	}
	spans := make([]token.Span, len(out.Foreign))
	for i, f := range out.Foreign {
		spans[i] = token.Span(f)
	}
	var e token.Encoding
	if err := served.AppendForeign(&e, out.Text, spans); err != nil {
		t.Fatal(err)
	}
	if got := append(slices.Clone(s.ids), mark(end)); !slices.Equal(got, e.IDs) {
		t.Errorf("trained on %v, served %v", got, e.IDs)
	}
	for i, id := range s.follows {
		if judged := i+1 > slices.Index(s.ids, mark(assistant)); judged != (id >= 0) || judged && i+1 < len(s.ids) && id != s.ids[i+1] {
			t.Errorf("token %d is followed by %d", i, id)
		}
	}
}

func TestNaturalUndoesTheSpacing(t *testing.T) {
	t.Parallel()
	in := " = Title = \n \n He said , \" go on \" ( twice ) , and the well @-@ known <unk> left . It cost 1 @,@ 000 crowns in the year 1900 and was sold . \n"
	want := "Title\nIt cost 1,000 crowns in the year 1900 and was sold."
	if got := natural(in); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestComposedRowsAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	a, b := composed(), composed()
	if len(a) < 9000 || !slices.EqualFunc(a, b, func(x, y row) bool { return slices.Equal(x.Turns, y.Turns) }) {
		t.Errorf("%d and %d rows", len(a), len(b))
	}
	for _, r := range a {
		for _, turn := range r.Turns {
			if turn.Text == "" || strings.Contains(turn.Text, "%!") {
				t.Fatalf("a row is %v", r)
			}
		}
	}
}

// TestARunGoesOnWhereItEnded holds a run that was ended against one that was not, then packs it and asks the model.
func TestARunGoesOnWhereItEnded(t *testing.T) {
	t.Parallel()
	dir := sample(t)
	pool, err := nn.NewPool(2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	crew, err := pool.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer crew.Leave()
	start := func() *run {
		d, err := load(dir)
		if err != nil {
			t.Fatal(err)
		}
		r := &run{dir: dir, data: d, crew: crew, optimiser: train.AdamW{Beta1: 0.9, Beta2: 0.98, Eps: 1e-8, Decay: 0.1, Clip: 1}}
		if err := r.open(); err != nil {
			t.Fatal(err)
		}
		return r
	}
	one := start()
	one.step(0)
	if err := one.save(); err != nil {
		t.Fatal(err)
	}
	want, _ := one.step(0.5)
	two := start()
	if got, _ := two.step(0.5); got != want || two.Tokens != one.Tokens {
		t.Errorf("after a checkpoint the loss is %v, without one %v", got, want)
	}
	out := filepath.Join(t.TempDir(), "model")
	if err := pack(dir, out); err != nil {
		t.Fatal(err)
	}
	d, err := decoder.Load(out, decoder.Options{Int8: true})
	if err != nil {
		t.Fatal(err)
	}
	if c := d.Config(); c.Vocabulary != vocabularySize || c.Layers != layers || c.MaxTokens != contextTokens || !slices.Equal(c.Ends, []int32{mark(end), mark(endOfText)}) {
		t.Errorf("packed as %+v", c)
	}
	if err := say(out, []string{"Hello"}); err != nil {
		t.Error(err)
	}
	if err := measure(dir, out, 1); err != nil {
		t.Error(err)
	}
}

// TestOnlyDataThatMayShipIsRead asks for a set of each kind, where the shared data are at hand.
func TestOnlyDataThatMayShipIsRead(t *testing.T) {
	t.Parallel()
	shared := "../../../../shared"
	if _, err := os.Stat(filepath.Join(shared, "data/manifest.json")); err != nil {
		t.Skip("the shared data are not here")
	}
	for name, may := range map[string]bool{"instruct/ko_chat_pairs": true, "instruct/alpaca_en_demo": false, "instruct/self_instruct_user": false, "lm/wikitext2_valid_test": true, "lm/no_such_set": false} {
		task, dataset, _ := strings.Cut(name, "/")
		if err := shippable(shared, task, dataset); (err == nil) != may {
			t.Errorf("%s: %v", name, err)
		}
	}
}
