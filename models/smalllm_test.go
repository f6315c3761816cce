package weights

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// TestSmallLMIsWhatTorchComputes holds the shipped weights to what train/lm/fixture.py wrote with transformers: in f32 each logit, in int8
// the loss and nearly every most likely token.
func TestSmallLMIsWhatTorchComputes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/small-lm.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []float32 {
		v, err := f.Float32s(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	want, top, spread := kernel.Of(read("logits"), 200, 128), read("top"), read("spread")
	var ids []int32
	for _, v := range read("ids") {
		ids = append(ids, int32(v))
	}
	folder, err := Sealed(SmallLM)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, int8 := range []bool{false, true} {
		d, err := decoder.LoadFS(folder, decoder.Options{Int8: int8})
		if err != nil {
			t.Fatal(err)
		}
		s := d.NewSession(len(ids))
		got, err := s.Forward(t.Context(), pool, []decoder.Part{{Sequence: s.Open(), IDs: ids, Logits: len(ids)}})
		if err != nil {
			t.Fatal(err)
		}
		far, other, loss, reference := 0.0, 0, 0.0, 0.0
		for i := range got.Rows {
			row, best, sum := got.Row(i), 0, 0.0
			for k, v := range row {
				if sum += math.Exp(float64(v)); v > row[best] {
					best = k
				}
			}
			for k, v := range want.Row(i) {
				far = max(far, math.Abs(float64(row[64*k]-v)))
			}
			if best != int(top[i]) {
				other++
			}
			loss, reference = loss+math.Log(sum)/200, reference+float64(spread[i])/200
		}
		t.Logf("int8 %v: logits differ by %.2g at most, %d of 200 tops, spread by %.2g", int8, far, other, math.Abs(loss-reference))
		if !int8 && (far > 1e-3 || other > 0) || int8 && (other > 20 || math.Abs(loss-reference) > 0.05) {
			t.Errorf("int8 %v: logits differ by %v, %d of 200 most likely tokens, spread by %v", int8, far, other, loss-reference)
		}
	}
}

func TestSealedFoldersAreWhole(t *testing.T) {
	t.Parallel()
	if _, err := Sealed("no-such-model"); err == nil {
		t.Error("a folder that is not there was opened")
	}
	good, err := Folder(SmallLM)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, damaged := range []string{"config.json", "tokenizer.json", "model.safetensors", "chat_template.jinja", "generation_config.json", "tokenizer_config.json", "SHA256SUMS"} {
		copied := fstest.MapFS{}
		if err := fs.WalkDir(good, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(good, path)
			copied[path] = &fstest.MapFile{Data: bytes.Clone(data)}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := check(copied); err != nil {
			t.Fatal(err)
		}
		size = len(copied["model.safetensors"].Data)
		copied[damaged].Data[len(copied[damaged].Data)/2] ^= 4
		if err := check(copied); err == nil || damaged != "SHA256SUMS" && !strings.Contains(err.Error(), damaged) {
			t.Errorf("damaged %s: %v", damaged, err)
		}
		delete(copied, damaged)
		if err := check(copied); err == nil || !strings.Contains(err.Error(), damaged) {
			t.Errorf("no %s: %v", damaged, err)
		}
	}
	if size > 24<<20 {
		t.Errorf("the weights have %d bytes", size)
	}
}

// BenchmarkSmallLM decodes 128 tokens on one worker, as the server does: int8, one sequence, the likeliest token each time.
func BenchmarkSmallLM(b *testing.B) {
	folder, err := Folder(SmallLM)
	if err != nil {
		b.Fatal(err)
	}
	d, err := decoder.LoadFS(folder, decoder.Options{Int8: true})
	if err != nil {
		b.Fatal(err)
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	s, q, next := d.NewSession(256), (*decoder.Sequence)(nil), []int32{2}
	best := time.Hour
	for b.Loop() {
		if q != nil {
			s.Drop(q)
		}
		q = s.Open()
		begin := time.Now()
		for range 128 {
			row, err := s.Forward(b.Context(), pool, []decoder.Part{{Sequence: q, IDs: next, Logits: 1}})
			if err != nil {
				b.Fatal(err)
			}
			for id, v := range row.Row(0) {
				if v > row.Row(0)[next[0]] {
					next[0] = int32(id)
				}
			}
		}
		best = min(best, time.Since(begin))
	}
	b.ReportMetric(128/best.Seconds(), "tokens/s")
}
