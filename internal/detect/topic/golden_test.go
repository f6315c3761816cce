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

// compare holds the logits of every text against torch's and gives how many it compared and the largest difference.
func (g golden) compare(t *testing.T, m *Model) (compared int, worst float64) {
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
			if off := math.Abs(float64(got) - want); off > 2e-3 {
				t.Logf("%q, %s: %.5f, torch says %.5f", row.Text, g.Topics[i].Name, got, want)
			}
			worst = max(worst, math.Abs(float64(got)-want))
			compared++
		}
	}
	return compared, worst
}

func TestLogitsEqualTorch(t *testing.T) {
	t.Parallel()
	m, err := Load(trunktest.Load(t, trunk.Options{}), os.DirFS("topictest/testdata/model"))
	if err != nil {
		t.Fatal(err)
	}
	if n, worst := readGolden(t, "topictest/testdata/golden.json").compare(t, m); n != 30 || worst > 2e-3 {
		t.Errorf("compared %d logits, the worst is off by %g", n, worst)
	}
}
