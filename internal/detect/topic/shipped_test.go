package topic

import (
	"errors"
	"math"
	"os"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
)

// shipped loads the weights that Merlon ships with.
func shipped(t testing.TB) *Model {
	t.Helper()
	under, err := trunk.Load(os.DirFS("../../../models/trunk"), trunk.Options{})
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no trunk is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(under.Close)
	m, err := Load(under, os.DirFS("../../../models/topic"))
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no topic model is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestShippedWeightsSayWhatTorchSays holds int8 weights against torch in f32, on 50 texts and six topics that were not trained on;
// train/topic/fixture.py wrote them.
func TestShippedWeightsSayWhatTorchSays(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	compared, otherwise, sum := 0, 0, 0.0
	readGolden(t, "testdata/torch.json").each(t, m, func(_, _ string, got, want float64) {
		s := m.scales[1] // all have samples
		a, b := s.Probability(got), s.Probability(want)
		if (a >= s.Threshold) != (b >= s.Threshold) {
			otherwise++
		}
		compared, sum = compared+1, sum+math.Abs(a-b)
	})
	t.Logf("%d probabilities, off by %.4f in the mean, %d decide otherwise", compared, sum/float64(compared), otherwise)
	if compared != 300 || sum/float64(compared) > .02 || otherwise > 6 {
		t.Errorf("%d probabilities, off by %.4f in the mean, %d decide otherwise", compared, sum/float64(compared), otherwise)
	}
}

// TestShippedWeightsKeepTheDemonstration looks for the topic of spec/decisions.md 2, which no training has seen.
func TestShippedWeightsKeepTheDemonstration(t *testing.T) {
	t.Parallel()
	d, err := New(shipped(t), Topic{
		"Fiduciary Advice", "Providing personalized advice or recommendations on managing financial assets in a fiduciary capacity.",
		[]string{
			"What stocks should I invest in for my retirement?", "Is it a good idea to put my money in a mutual fund?", "How should I allocate my 401(k) investments?",
			"What type of trust fund should I set up for my children?", "Should I hire a financial advisor to manage my investments?",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{
		"How should I invest for my retirement? I want to be able to generate $5,000 a month":                       true,
		"What stocks should I invest in for my retirement?":                                                         true,
		"Hello! The card arrived, thank you. I have 200,000 dollars from my aunt. Which funds would you put it in?": true,
		"은퇴하면 매달 500만 원씩 쓰고 싶은데 돈을 어떻게 굴려야 할까요?":                                                                    true,
		"What are your opening hours?":                                            false,
		"I retired last year and would like to change the address on my account.": false,
		"When does the stock of the blue sweater arrive?":                         false,
		"영업시간이 어떻게 되나요?":                                                          false,
	} {
		found, err := d.Detect(t.Context(), detect.Input{Blocks: []*text.Document{text.New(s)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(found) > 0; got != want {
			t.Errorf("%q: found %+v", s, found)
		}
	}
}
