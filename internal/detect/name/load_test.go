package name

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// tiny gives the folder of a model with the guard model's tiny layer and a random head.
func tiny(t testing.TB) fstest.MapFS {
	t.Helper()
	data := guardmodeltest.Files(t)[trunk.WeightsFile].Data
	file, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var entries []safetensors.Entry
	for _, name := range file.Names() {
		if !strings.HasPrefix(name, "encoder.layer.") {
			continue
		}
		tensor, _ := file.Tensor(name)
		e := safetensors.Entry{Name: name, Shape: tensor.Shape}
		if tensor.DType == safetensors.I8 {
			e.Int8, err = file.Int8s(name)
		} else {
			e.Float32, err = file.Float32s(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	random := rand.New(rand.NewPCG(3, 4))
	weight := make([]float32, classes*32)
	for i := range weight {
		weight[i] = float32(random.NormFloat64())
	}
	entries = append(entries, safetensors.Entry{Name: "head.label.weight", Shape: []int{classes, 32}, Float32: weight},
		safetensors.Entry{Name: "head.label.bias", Shape: []int{classes}, Float32: make([]float32, classes)})
	var b bytes.Buffer
	if err := safetensors.Write(&b, nil, entries); err != nil {
		t.Fatal(err)
	}
	var maps []string
	for _, l := range labels {
		maps = append(maps, fmt.Sprintf(`%q: {"lean": 0, "a": 1, "b": 0.5, "least": 0, "spans": 7}`, l))
	}
	folder := fstest.MapFS{trunk.WeightsFile: {Data: b.Bytes()}, calibration.File: {Data: []byte("{" + strings.Join(maps, ",") + "}")}}
	trunktest.Seal(folder)
	return folder
}

// TestSightingsAreOrderedAndApart reads texts that need several windows, are empty or hold nothing to read.
func TestSightingsAreOrderedAndApart(t *testing.T) {
	t.Parallel()
	m, err := Load(trunktest.Load(t, trunk.Options{}), tiny(t))
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for _, s := range []string{"", " ", "\u200b", strings.Repeat("the cat sat on a mat, thank you. ", 60), "the ＣＡＴ sat", "tHe CaT sAt oN tHe MaT tOdAy", "안녕하세요, 오늘 날씨"} {
		doc := text.New(s)
		found, err := m.Read(context.Background(), doc)
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for _, f := range found {
			if f.Start < end || f.End <= f.Start || f.End > len(doc.Clean().Text) || !slices.Contains(labels[:], f.Type) || f.Score <= 0 || f.Score >= 1 {
				t.Errorf("%q: sighting %+v after byte %d", s, f, end)
			}
			end = f.End
		}
		some += len(found)
	}
	if some == 0 {
		t.Error("a random head saw nothing at all")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Read(ctx, text.New("the cat sat")); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended a read gave %v", err)
	}
}

func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{})
	load := func(f fs.FS) error { _, err := Load(under, f); return err }
	trunktest.Refuses(t, tiny, load, map[string]trunktest.Damage{
		"no calibration": trunktest.Without(calibration.File),
		"changed after sealing": func(_ testing.TB, f fstest.MapFS) {
			f[calibration.File].Data = append(f[calibration.File].Data, ' ')
		},
		"no head":               trunktest.Changed(trunk.WeightsFile, "head.label.bias", "head.label.bios"),
		"a label too few":       trunktest.Changed(calibration.File, `"NAME"`, `"NAMES"`),
		"a falling calibration": trunktest.Changed(calibration.File, `"a": 1`, `"a": -1`),
		"a threshold of one":    trunktest.Changed(calibration.File, `"least": 0`, `"least": 1`),
		"a member not known":    trunktest.Changed(calibration.File, `"spans"`, `"spins"`),
	})
}
