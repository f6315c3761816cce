package topic_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/topic/topictest"
	"merlon.dev/merlon/internal/detect/trunk"
)

func crime() topic.Topic {
	return topic.Topic{Name: "Crime", Definition: "we will launder money and burgle", Samples: []string{"launder", "burgle the cat please"}}
}

func newDetector(t *testing.T, o trunk.Options, topics ...topic.Topic) *topic.Detector {
	t.Helper()
	d, err := topic.New(topictest.Load(t, o), topics...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func find(t *testing.T, d *topic.Detector, texts ...string) []detect.Finding {
	t.Helper()
	found, err := d.Detect(t.Context(), detecttest.Blocks(texts...))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestContract(t *testing.T) {
	t.Parallel()
	d := newDetector(t, trunk.Options{Workers: 2}, crime(), topic.Topic{Name: "Tea", Definition: "tea and cake at noon"})
	detecttest.Contract(t, d, "the cat sat on a mat", "we will launder the money", "", " ", "tea and cake. We will burgle and launder.", "오늘 날씨")
}

// TestASentenceOfALongTextIsFound hides a sentence of the topic behind several windows of others, and wants a sentence of its window.
func TestASentenceOfALongTextIsFound(t *testing.T) {
	t.Parallel()
	d := newDetector(t, trunk.Options{}, crime())
	filler := strings.Repeat("Please send me the report of the meeting. ", 120)
	const hit = "We will launder and burgle."
	if found := find(t, d, filler); len(found) != 0 {
		t.Fatalf("the filler alone gives %+v", found)
	}
	for _, s := range []string{hit + " " + filler, filler + hit + " " + filler, filler + hit} {
		found := find(t, d, s)
		if len(found) != 1 || found[0].Type != "Crime" || found[0].Confidence != detect.High {
			t.Fatalf("found %+v", found)
		}
		// The tiny model lets a sentence colour all of its window.
		if at := strings.Index(s, hit); found[0].Span.End < at-1000 || found[0].Span.Start > at+1000 || found[0].Span.End-found[0].Span.Start > 200 {
			t.Errorf("the finding is of %v, the sentence at byte %d", found[0].Span, at)
		}
	}
}

// TestSameBitsForEveryWayOfRunning holds scores against those of more workers and of texts that were read together.
func TestSameBitsForEveryWayOfRunning(t *testing.T) {
	t.Parallel()
	texts := []string{"we will launder the money", "launder, burgle", strings.Repeat("we launder money. ", 60)}
	want := find(t, newDetector(t, trunk.Options{Workers: 1}, crime()), texts...)
	if len(want) < 2 {
		t.Fatalf("found %+v", want)
	}
	for workers := 2; workers <= 3; workers++ {
		d := newDetector(t, trunk.Options{Workers: workers}, topic.Topic{Name: "Tea", Definition: "tea and cake at noon"}, crime())
		var got []detect.Finding
		for _, f := range find(t, d, texts...) {
			if f.Type == "Crime" {
				got = append(got, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers (-1 +%d):\n%s", workers, workers, diff)
		}
	}
}

// TestAFailedReadingOfTheTopicsIsNotKept ends the first call; the next must not suffer.
func TestAFailedReadingOfTheTopicsIsNotKept(t *testing.T) {
	t.Parallel()
	d := newDetector(t, trunk.Options{}, crime())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Detect(ctx, detecttest.Blocks("we will launder the money")); err == nil {
		t.Fatal("read under an ended context")
	}
	if found := find(t, d, "we will launder the money"); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
}

func TestTopicsThatCannotBeLookedFor(t *testing.T) {
	t.Parallel()
	m := topictest.Load(t, trunk.Options{})
	for _, bad := range []topic.Topic{{Name: "Crime"}, {Definition: "we launder money"}} {
		if _, err := topic.New(m, bad); err == nil {
			t.Errorf("took %+v", bad)
		}
	}
	// A sample of nothing but spaces is as good as none.
	plain := find(t, newDetector(t, trunk.Options{}, topic.Topic{Name: "Crime", Definition: crime().Definition}), "we will launder money")
	blank := find(t, newDetector(t, trunk.Options{}, topic.Topic{Name: "Crime", Definition: crime().Definition, Samples: []string{" "}}), "we will launder money")
	if diff := cmp.Diff(plain, blank); diff != "" || len(plain) == 0 {
		t.Errorf("a blank sample changes what is found (-without +with):\n%s", diff)
	}
}

func TestFindingsLieInTheOriginal(t *testing.T) {
	t.Parallel()
	d := newDetector(t, trunk.Options{}, crime())
	const s = "Thank you very much for the cake!  \u200bWe will laun\u200bder and burgle."
	found := find(t, d, s)
	if len(found) != 1 || !strings.Contains(s[found[0].Span.Start:found[0].Span.End], "laun\u200bder") {
		t.Errorf("found %+v", found)
	}
	if found[0].Span.End > len(s) || (found[0].Span == text.Span{}) {
		t.Errorf("span %+v", found[0].Span)
	}
}
