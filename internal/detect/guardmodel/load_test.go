package guardmodel_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn/token"
)

func TestAFolderWithoutAModelIsAbsent(t *testing.T) {
	t.Parallel()
	if _, err := guardmodel.Load(fstest.MapFS{"README.md": {}}, guardmodel.Options{}); !errors.Is(err, guardmodel.ErrAbsent) {
		t.Errorf("gave %v", err)
	}
}

// TestADamagedModelIsRefused takes away or changes one thing at a time.
func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			if !bytes.Contains(f[name].Data, []byte(old)) {
				panic("the case changes nothing")
			}
			f[name].Data = bytes.Replace(bytes.Clone(f[name].Data), []byte(old), []byte(new), 1)
			guardmodeltest.Seal(f)
		}
	}
	drop := func(name string) func(fstest.MapFS) { return func(f fstest.MapFS) { delete(f, name) } }
	for name, damage := range map[string]func(fstest.MapFS){
		"no sums":        drop("SHA256SUMS"),
		"no weights":     drop("model.safetensors"),
		"no tokenizer":   drop("tokenizer.json"),
		"no config":      drop("config.json"),
		"no calibration": drop("calibration.json"),
		"a flipped bit": func(f fstest.MapFS) {
			d := bytes.Clone(f["model.safetensors"].Data)
			d[len(d)-1] ^= 1
			f["model.safetensors"].Data = d
		},
		"cut weights": func(f fstest.MapFS) {
			d := f["model.safetensors"].Data
			f["model.safetensors"].Data = d[:len(d)/2]
			guardmodeltest.Seal(f)
		},
		"no head":               replace("model.safetensors", "head.attack.bias", "head.attack.bios"),
		"a category too few":    replace("calibration.json", `"HATE"`, `"HASTE"`),
		"bands that fall":       replace("calibration.json", `"LOW": 0.5`, `"LOW": 0.8`),
		"a falling calibration": replace("calibration.json", `"a": 1.0`, `"a": -1.0`),
		"a member not known":    replace("calibration.json", `"rows"`, `"rums"`),
		"heads that do not fit": replace("config.json", `"num_attention_heads": 2`, `"num_attention_heads": 3`),
		"another tokenizer":     replace("tokenizer.json", `["▁",`, `["extra",-9.0],["▁",`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := guardmodeltest.Files(t)
			damage(files)
			if m, err := guardmodel.Load(files, guardmodel.Options{}); err == nil || m != nil || errors.Is(err, guardmodel.ErrAbsent) {
				t.Errorf("gave %v", err)
			}
		})
	}
}

func TestReadingFails(t *testing.T) {
	t.Parallel()
	m, err := guardmodel.Load(guardmodeltest.Files(t), guardmodel.Options{Workers: 1})
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
	if _, err := m.Read(t.Context(), text.New("a")); !errors.Is(err, guardmodel.ErrClosed) {
		t.Errorf("a closed model gave %v", err)
	}
}
