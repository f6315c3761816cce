package encoder

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// TestQuantisedFile: a model loaded from its int8 file computes as the one quantised while it was loaded, but for the
// word table.
func TestQuantisedFile(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		f, c := weights(t, stem+".safetensors"), config(t, stem+".json")
		exact := load(t, stem, Options{Set: kernel.Best()})
		p, b := pool(t, 1), batchOf(goldens(t, stem+".golden.safetensors", exact.Hidden())...)
		calibration := nn.NewCalibration()
		s := exact.NewSession()
		if err := s.Calibrate(context.Background(), p, b, calibration); err != nil {
			t.Fatal(err)
		}
		entries, err := Quantise(f, calibration)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Load(written(t, entries), c, Options{Set: kernel.Best()})
		if err != nil {
			t.Fatal(err)
		}
		if stored.words.bytes == nil || !stored.layers[0].project.Int8() {
			t.Error("the file does not load as int8")
		}
		if near := cosine(forward(t, s, p, b).Tokens, forward(t, stored.NewSession(), p, b).Tokens); near < 0.995 {
			t.Errorf("%s: cosine %v", stem, near)
		}
		loaded := load(t, stem, Options{Set: kernel.Best(), Int8: true, Calibration: calibration})
		loaded.words = stored.words
		if far := farthest(t, forward(t, loaded.NewSession(), p, b).Tokens, forward(t, stored.NewSession(), p, b).Tokens); far != 0 {
			t.Errorf("%s: the stored model is off by %v", stem, far)
		}
	}
}

func TestParseConfigRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{`:                     "parse model config",
		`{"model_type":"gpt2"}`: "model type",
		`{"model_type":"bert","hidden_act":"relu"}`: "activation",
		`{"model_type":"bert","hidden_act":"gelu"}`: "0 heads",
		`{"model_type":"bert","hidden_act":"gelu","num_attention_heads":2,"layer_norm_eps":1e-5,"position_embedding_type":"relative_key"}`: "positions",
	} {
		if _, err := ParseConfig([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseConfig(%s) = %v, want %q", text, err, want)
		}
	}
}

func TestLoadRefusesWrongShapes(t *testing.T) {
	t.Parallel()
	f, c := weights(t, "testdata/bert.safetensors"), config(t, "testdata/bert.json")
	for _, heads := range []int{0, 5, 100} {
		bad := c
		bad.Heads = heads
		if _, err := Load(f, bad, Options{}); err == nil {
			t.Errorf("%d heads are taken", heads)
		}
	}
	for _, name := range f.Names() {
		if name == "embeddings.position_ids" || strings.HasPrefix(name, "encoder.layer.1.attention.self.query.weight") {
			continue // not used; and the sign that there is a second layer
		}
		if _, err := Load(without(t, f, name), c, Options{}); err == nil {
			t.Errorf("a model without %s is taken", name)
		}
	}
}

// without is a copy of a file that lacks one tensor.
func without(t *testing.T, f *safetensors.File, gone string) *safetensors.File {
	t.Helper()
	var entries []safetensors.Entry
	for _, name := range f.Names() {
		tensor, _ := f.Tensor(name)
		if name == gone || tensor.DType != safetensors.F32 {
			continue
		}
		v, err := f.Float32s(name)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, safetensors.Entry{Name: name, Shape: tensor.Shape, Float32: v})
	}
	return written(t, entries)
}

func written(t *testing.T, entries []safetensors.Entry) *safetensors.File {
	t.Helper()
	var b bytes.Buffer
	if err := safetensors.Write(&b, nil, entries); err != nil {
		t.Fatal(err)
	}
	w, err := safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return w
}
