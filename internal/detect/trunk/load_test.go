package trunk_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/nn/token"
)

func TestADamagedTrunkIsRefused(t *testing.T) {
	t.Parallel()
	load := func(f fs.FS) error { _, err := trunk.Load(f, trunk.Options{}); return err }
	trunktest.Refuses(t, trunktest.Files, load, map[string]trunktest.Damage{
		"no tokenizer":          trunktest.Without("tokenizer.json"),
		"no config":             trunktest.Without("config.json"),
		"heads that do not fit": trunktest.Changed("config.json", `"num_attention_heads": 2`, `"num_attention_heads": 3`),
		"another tokenizer":     trunktest.Changed("tokenizer.json", `["▁",`, `["extra",-9.0],["▁",`),
	})
}

func TestReadingFails(t *testing.T) {
	t.Parallel()
	m, err := trunk.Load(trunktest.Files(t), trunk.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Read(t.Context(), text.New(strings.Repeat("a", token.MaxText+1))); !errors.Is(err, token.ErrTooLong) {
		t.Errorf("a text that is too long gave %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Read(ctx, text.New("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gave %v", err)
	}
	m.Close()
	if _, err := m.Read(t.Context(), text.New("a")); !errors.Is(err, trunk.ErrClosed) {
		t.Errorf("a closed trunk gave %v", err)
	}
}

// TestAReadingIsKept: a document goes through the trunk once, and its windows say where each token lies.
func TestAReadingIsKept(t *testing.T) {
	t.Parallel()
	m := trunktest.Load(t, trunk.Options{})
	d := text.New("the cat sat on a mat")
	first, err := m.Read(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Read(t.Context(), d)
	if err != nil || first != again {
		t.Errorf("%p, then %p, %v", first, again, err)
	}
	w := first.Windows[0]
	var words []string
	for i := range w.Start {
		words = append(words, w.View.Text[w.Start[i]:w.End[i]])
	}
	if got := strings.Join(words, "|"); len(first.Windows) != 1 || strings.ReplaceAll(got, "|", "") != "thecatsatonamat" || !strings.HasPrefix(got, "|") || !strings.HasSuffix(got, "|") {
		t.Errorf("%d windows, tokens %s", len(first.Windows), got)
	}
}
