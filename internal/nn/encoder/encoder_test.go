package encoder

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

var models = []string{"testdata/bert", "testdata/xlmr"}

func TestOutputEqualsTorch(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		for _, set := range sets(t) {
			t.Run(stem+"/"+string(set.Tier()), func(t *testing.T) {
				t.Parallel()
				e := load(t, stem, Options{Set: set})
				checkTorch(t, e, goldens(t, stem+".golden.safetensors", e.Hidden()), 8)
			})
		}
	}
}

// checkTorch runs all sequences in one packed batch.
func checkTorch(t *testing.T, e *Encoder, all []golden, count int) {
	t.Helper()
	if len(all) != count {
		t.Fatalf("%d sequences", len(all))
	}
	out := forward(t, e.NewSession(), pool(t, 1), batchOf(all...))
	for i, g := range all {
		far := farthest(t, out.Sequence(i), g.rows)
		t.Logf("%d tokens: farthest %.2g", len(g.ids), far)
		if !(far < 1e-4) {
			t.Errorf("%d tokens: off by %v", len(g.ids), far)
		}
	}
}

func TestRealBasesEqualTorch(t *testing.T) {
	if testing.Short() {
		t.Skip("long: loads the real bases")
	}
	for _, base := range []string{"all-MiniLM-L6-v2", "multilingual-e5-small"} {
		t.Run(base, func(t *testing.T) {
			if _, err := os.Stat(home(base, "golden.safetensors")); err != nil {
				t.Skipf("no %s: test/bench/nn_bases.sh makes it", home(base, "golden.safetensors"))
			}
			f, c := weights(t, home(base, "model.safetensors")), config(t, home(base, "config.json"))
			e, err := Load(f, c, Options{Set: kernel.Best()})
			if err != nil {
				t.Fatal(err)
			}
			all := goldens(t, home(base, "golden.safetensors"), e.Hidden())
			checkTorch(t, e, all, 6)

			s, p, b := e.NewSession(), pool(t, 1), batchOf(all...)
			c8 := nn.NewCalibration()
			if err := s.Calibrate(context.Background(), p, batchOf(all[3], all[4]), c8); err != nil {
				t.Fatal(err)
			}
			for name, calibration := range map[string]*nn.Calibration{"plain": nil, "calibrated": c8} {
				q, err := Load(f, c, Options{Set: kernel.Best(), Int8: true, Calibration: calibration})
				if err != nil {
					t.Fatal(err)
				}
				exact, near := forward(t, s, p, b), forward(t, q.NewSession(), p, b)
				pooled := [2]nn.Matrix{kernel.NewMatrix(len(all), e.Hidden()), kernel.NewMatrix(len(all), e.Hidden())}
				for i := range all {
					exact.Mean(pooled[0].Row(i), i)
					near.Mean(pooled[1].Row(i), i)
				}
				token, mean := cosine(exact.Tokens, near.Tokens), cosine(pooled[0], pooled[1])
				t.Logf("int8 %s: least cosine of a token %.5f, of a mean %.5f", name, token, mean)
				if token < 0.97 || mean < 0.99 {
					t.Errorf("int8 %s is off: %v, %v", name, token, mean)
				}
			}
		})
	}
}

// TestSameBits: a sequence gives the same bits alone and in any batch, on any number of workers, in f32 and int8.
func TestSameBits(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		for _, set := range sets(t) {
			for _, quantised := range []bool{false, true} {
				e := load(t, stem, Options{Set: set, Int8: quantised})
				all := goldens(t, stem+".golden.safetensors", e.Hidden())
				many := append(append(append([]golden(nil), all...), all...), all[7], all[6])
				for _, workers := range []int{1, 2, 3} {
					p := pool(t, workers)
					together := forward(t, e.NewSession(), p, batchOf(many...))
					s := e.NewSession()
					for i, g := range many {
						if far := farthest(t, forward(t, s, p, batchOf(g)).Tokens, together.Sequence(i)); far != 0 {
							t.Errorf("%s %s int8 %v, %d workers: sequence %d differs by %v", stem, set.Tier(), quantised, workers, i, far)
						}
					}
				}
			}
		}
	}
}

// TestTiersAgree: vector tiers give the same bits in f32 and in int8; plain is near.
func TestTiersAgree(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		for _, quantised := range []bool{false, true} {
			var first nn.Matrix
			for i, set := range sets(t) {
				e := load(t, stem, Options{Set: set, Int8: quantised})
				out := forward(t, e.NewSession(), pool(t, 1), batchOf(goldens(t, stem+".golden.safetensors", e.Hidden())...))
				if i == 0 {
					first = out.Tokens
					continue
				}
				far := farthest(t, first, out.Tokens)
				if limit := map[bool]float64{true: 0.1, false: 1e-4}[quantised]; set.Tier() == kernel.Plain && far > limit || set.Tier() != kernel.Plain && far != 0 {
					t.Errorf("%s int8 %v: %s is off by %v", stem, quantised, set.Tier(), far)
				}
			}
		}
	}
}

// TestSameBitsOnEveryMachine holds the output of the vector tiers against checksums, which are the same on amd64 and on
// arm64. A change of a kernel's arithmetic changes them; then see that the two still agree:
//
//	GOARCH=arm64 go test -short -exec "qemu-aarch64 -cpu max" -run SameBits ./internal/nn/encoder
func TestSameBitsOnEveryMachine(t *testing.T) {
	t.Parallel()
	want := map[string]uint32{
		"testdata/bert f32": 0xe2eded0b, "testdata/bert int8": 0xaa628585,
		"testdata/xlmr f32": 0xf6d0a52b, "testdata/xlmr int8": 0xb49b814d,
	}
	for _, set := range sets(t) {
		if set.Tier() == kernel.Plain {
			continue // rounds the products of MatMul
		}
		for _, stem := range models {
			for kind, quantised := range map[string]bool{"f32": false, "int8": true} {
				e := load(t, stem, Options{Set: set, Int8: quantised})
				out := forward(t, e.NewSession(), pool(t, 1), batchOf(goldens(t, stem+".golden.safetensors", e.Hidden())...))
				var bits []byte
				for _, v := range out.Tokens.Data {
					bits = binary.LittleEndian.AppendUint32(bits, math.Float32bits(v))
				}
				name := stem + " " + kind
				if got := crc32.ChecksumIEEE(bits); got != want[name] {
					t.Errorf("%s on %s: checksum %#x, want %#x", name, set.Tier(), got, want[name])
				}
			}
		}
	}
}

func TestInt8IsNearF32(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		exact, q := load(t, stem, Options{Set: kernel.Best()}), load(t, stem, Options{Set: kernel.Best(), Int8: true})
		p, b := pool(t, 1), batchOf(goldens(t, stem+".golden.safetensors", exact.Hidden())...)
		c := nn.NewCalibration()
		s := exact.NewSession()
		if err := s.Calibrate(context.Background(), p, b, c); err != nil {
			t.Fatal(err)
		}
		calibrated := load(t, stem, Options{Set: kernel.Best(), Int8: true, Calibration: c})
		want := forward(t, s, p, b).Tokens
		near := cosine(want, forward(t, q.NewSession(), p, b).Tokens)
		nearer := cosine(want, forward(t, calibrated.NewSession(), p, b).Tokens)
		t.Logf("%s: least cosine %.5f, calibrated %.5f", stem, near, nearer)
		if near < 0.995 || nearer < 0.995 {
			t.Errorf("%s: cosine %v, calibrated %v", stem, near, nearer)
		}
	}
}

func TestForwardDoesNotAllocate(t *testing.T) {
	for _, quantised := range []bool{false, true} {
		e := load(t, "testdata/bert", Options{Set: kernel.Best(), Int8: quantised})
		all := goldens(t, "testdata/bert.golden.safetensors", e.Hidden())
		b, s, p := batchOf(all...), e.NewSession(), pool(t, 2)
		mean := make([]float32, e.Hidden())
		run := func() {
			b.Reset()
			for _, g := range all {
				b.Add(g.ids, g.types)
			}
			out := forward(t, s, p, b)
			out.Mean(mean, out.Len()-1)
		}
		run()
		run()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("int8 %v: %v allocations", quantised, n)
		}
	}
}

func TestForwardRefusesBadBatches(t *testing.T) {
	t.Parallel()
	e := load(t, "testdata/xlmr", Options{Set: kernel.Best()})
	s, p := e.NewSession(), pool(t, 1)
	cases := map[string]struct{ ids, types []int32 }{
		"empty":         {nil, nil},
		"too long":      {make([]int32, 63), nil},
		"unknown id":    {[]int32{60}, nil},
		"negative id":   {[]int32{-1}, nil},
		"unknown type":  {[]int32{1}, []int32{1}},
		"types missing": {[]int32{1, 2}, []int32{0}},
	}
	for name, c := range cases {
		var b Batch
		b.Add(c.ids, c.types)
		if _, err := s.Forward(context.Background(), p, &b); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Forward(context.Background(), p, &Batch{}); !errors.Is(err, ErrInput) {
		t.Errorf("no sequences: %v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	crew, err := p.Enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Forward(gone, p, batchOf(golden{ids: []int32{1}})); !errors.Is(err, context.Canceled) {
		t.Errorf("no free worker and a cancelled context: %v", err)
	}
	crew.Leave()
}

func TestMeanAndNormalise(t *testing.T) {
	t.Parallel()
	e := load(t, "testdata/bert", Options{Set: kernel.Best()})
	out := forward(t, e.NewSession(), pool(t, 1), batchOf(goldens(t, "testdata/bert.golden.safetensors", e.Hidden())...))
	mean := make([]float32, e.Hidden())
	out.Mean(mean, 2)
	for k, v := range mean {
		var want float64
		for r := range out.Sequence(2).Rows {
			want += float64(out.Sequence(2).Row(r)[k]) / float64(out.Sequence(2).Rows)
		}
		if d := float64(v) - want; d > 1e-5 || d < -1e-5 {
			t.Fatalf("mean[%d] = %v, want %v", k, v, want)
		}
	}
	Normalise(mean)
	var square float64
	for _, v := range mean {
		square += float64(v) * float64(v)
	}
	if square < 0.99999 || square > 1.00001 {
		t.Errorf("length %v", square)
	}
	if &out.First(2)[0] != &out.Sequence(2).Row(0)[0] {
		t.Error("First is not the first row")
	}
}
