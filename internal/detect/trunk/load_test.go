package trunk_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/nn/token"
)

func TestAFolderWithoutATrunkIsAbsent(t *testing.T) {
	t.Parallel()
	if _, err := trunk.Load(fstest.MapFS{"README.md": {}}, trunk.Options{}); !errors.Is(err, trunk.ErrAbsent) {
		t.Errorf("gave %v", err)
	}
}

// TestADamagedTrunkIsRefused takes away or changes one thing at a time.
func TestADamagedTrunkIsRefused(t *testing.T) {
	t.Parallel()
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			if !bytes.Contains(f[name].Data, []byte(old)) {
				panic("the case changes nothing")
			}
			f[name].Data = bytes.Replace(bytes.Clone(f[name].Data), []byte(old), []byte(new), 1)
			trunktest.Seal(f)
		}
	}
	drop := func(name string) func(fstest.MapFS) { return func(f fstest.MapFS) { delete(f, name) } }
	for name, damage := range map[string]func(fstest.MapFS){
		"no sums":      drop("SHA256SUMS"),
		"no weights":   drop("model.safetensors"),
		"no tokenizer": drop("tokenizer.json"),
		"no config":    drop("config.json"),
		"a flipped bit": func(f fstest.MapFS) {
			d := bytes.Clone(f["model.safetensors"].Data)
			d[len(d)-1] ^= 1
			f["model.safetensors"].Data = d
		},
		"heads that do not fit": replace("config.json", `"num_attention_heads": 2`, `"num_attention_heads": 3`),
		"another tokenizer":     replace("tokenizer.json", `["▁",`, `["extra",-9.0],["▁",`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := trunktest.Files(t)
			damage(files)
			if m, err := trunk.Load(files, trunk.Options{}); err == nil || m != nil || errors.Is(err, trunk.ErrAbsent) {
				t.Errorf("gave %v", err)
			}
		})
	}
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
