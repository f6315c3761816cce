package topic

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

// golden is what torch computed: the logit of each text for each topic.
type golden struct {
	Topics []struct {
		Name, Definition string
		Examples         []string
	}
	Texts []struct {
		Text   string
		Units  int
		Logits []float64
	}
}

func readGolden(t *testing.T, path string) (g golden) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// topics are those of g, set up for Detector.
func (g golden) topics() (all []Topic) {
	for _, t := range g.Topics {
		all = append(all, Topic{t.Name, t.Definition, t.Examples})
	}
	return all
}

// each gives visit the logit that m has for every text and topic, beside torch's.
func (g golden) each(t *testing.T, m *Model, visit func(text, topic string, got, want float64)) {
	t.Helper()
	d, err := New(m, g.topics()...)
	if err != nil {
		t.Fatal(err)
	}
	targets, err := d.targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range g.Texts {
		windows, err := m.read(t.Context(), text.New(row.Text))
		if err != nil {
			t.Fatal(err)
		}
		if len(windows) == 0 || len(windows[0].units) != row.Units {
			t.Errorf("%q: %d windows, or not %d units in the first", row.Text, len(windows), row.Units)
			continue
		}
		for i, want := range row.Logits {
			got, _, _ := peak(targets[i], windows[:1])
			visit(row.Text, g.Topics[i].Name, float64(got), want)
		}
	}
}

func TestLogitsEqualTorch(t *testing.T) {
	t.Parallel()
	m, err := Load(trunktest.Load(t, trunk.Options{}), os.DirFS("topictest/testdata/model"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	readGolden(t, "topictest/testdata/golden.json").each(t, m, func(text, topic string, got, want float64) {
		if compared++; math.Abs(got-want) > 2e-3 {
			t.Errorf("%q, %s: %.5f, torch says %.5f", text, topic, got, want)
		}
	})
	if compared != 30 {
		t.Errorf("compared %d logits", compared)
	}
}
