package decoder

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// quantised writes a golden model twice: its matrices in int8 with scales, and in f32 with the same values.
func quantised(t *testing.T, name string) (rounded, plain string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name, weightsFile))
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var small, wide []safetensors.Entry
	for _, tensor := range f.Names() {
		shape, _ := f.Tensor(tensor)
		w, err := f.Float32s(tensor)
		if err != nil {
			t.Fatal(err)
		}
		whole := safetensors.Entry{Name: tensor, Shape: shape.Shape, Float32: w}
		if len(shape.Shape) != 2 {
			small, wide = append(small, whole), append(wide, whole)
			continue
		}
		q := nn.Quantise(kernel.Of(w, shape.Shape[0], shape.Shape[1]), nil)
		whole.Float32 = make([]float32, len(w))
		for i, v := range q.Data {
			whole.Float32[i] = float32(v) * q.Scale[i/q.In]
		}
		wide = append(wide, whole)
		small = append(small, safetensors.Entry{Name: tensor, Shape: shape.Shape, Int8: q.Data},
			safetensors.Entry{Name: tensor + scaleSuffix, Shape: []int{q.Out, 1}, Float32: q.Scale})
	}
	rounded, plain = t.TempDir(), t.TempDir()
	for dir, entries := range map[string][]safetensors.Entry{rounded: small, plain: wide} {
		if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := safetensors.Write(&out, nil, entries); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, weightsFile), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return rounded, plain
}

func TestInt8WeightsAreTheirValues(t *testing.T) {
	t.Parallel()
	rounded, plain := quantised(t, "smollm")
	for _, int8 := range []bool{false, true} {
		var got []nn.Matrix
		for _, dir := range []string{rounded, plain} {
			d, err := Load(dir, Options{Int8: int8})
			if err != nil {
				t.Fatal(err)
			}
			s := d.NewSession(64)
			got = append(got, forward(t, s, pool(t, 1), Part{Sequence: s.Open(), IDs: []int32{1, 5, 9, 40, 3}, Logits: 5}))
		}
		same(t, "logits", got[0], got[1])
	}
}

func TestOtherQuantizationsAreRefused(t *testing.T) {
	t.Parallel()
	rounded, _ := quantised(t, "smollm")
	config := filepath.Join(rounded, configFile)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ quantization, want string }{
		{`{"quant_method": "compressed-tensors", "format": "int-quantized"}`, ""},
		{`{"quant_method": "compressed-tensors", "format": "pack-quantized"}`, "int-quantized"},
		{`{"quant_method": "gptq", "bits": 4}`, "int-quantized"},
		{`7`, "int-quantized"},
	} {
		put := strings.Replace(string(text), "{", `{"quantization_config": `+test.quantization+",", 1)
		if err := os.WriteFile(config, []byte(put), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(rounded, Options{})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", test.quantization, err)
		}
	}
}
