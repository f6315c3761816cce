package topic_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/topic/topictest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

func TestAFolderWithoutAModelIsAbsent(t *testing.T) {
	t.Parallel()
	if _, err := topic.Load(trunktest.Load(t, trunk.Options{}), fstest.MapFS{"README.md": {}}); !errors.Is(err, trunk.ErrAbsent) {
		t.Errorf("gave %v", err)
	}
}

// TestADamagedModelIsRefused takes away or changes one thing at a time.
func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{})
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
		"no sums":        drop("SHA256SUMS"),
		"no weights":     drop("model.safetensors"),
		"no calibration": drop("calibration.json"),
		"a flipped bit": func(f fstest.MapFS) {
			d := bytes.Clone(f["model.safetensors"].Data)
			d[len(d)-1] ^= 1
			f["model.safetensors"].Data = d
		},
		"no part of the head":     replace("model.safetensors", "head.nearest", "head.farthest"[:len("head.nearest")]),
		"a part of another shape": replace("model.safetensors", `"head.mean":{"dtype":"F32","shape":[32]`, `"head.mean":{"dtype":"F32","shape":[31]`),
		"no layer":                replace("model.safetensors", "encoder.layer.1.attention.self.query.weight", "encoder.layer.2.attention.self.query.weight"),
		"a falling calibration":   replace("calibration.json", `"a": 1.0`, `"a": -1.0`),
		"a threshold of 1":        replace("calibration.json", `"threshold": 0.9`, `"threshold": 1.0`),
		"no threshold":            replace("calibration.json", `, "threshold": 0.75`, ``),
		"a member not known":      replace("calibration.json", `"b"`, `"c"`),
		"text after the object":   replace("calibration.json", `}}`, `}}{}`),
		"one for all topics":      replace("calibration.json", `"alone"`, `"both"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := topictest.Files(t)
			damage(files)
			if m, err := topic.Load(under, files); err == nil || m != nil || errors.Is(err, trunk.ErrAbsent) {
				t.Errorf("gave %v", err)
			}
		})
	}
}
