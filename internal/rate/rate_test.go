package rate

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// clock is a time that the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func TestAllow(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(2, c.now)
	for i, step := range []struct {
		wait time.Duration
		key  string
		n    float64
		want bool
	}{
		{0, "a", 1, true},
		{0, "a", 1, true},
		{0, "a", 1, false},
		{0, "b", 2, true},
		{500 * time.Millisecond, "a", 1, true},
		{0, "a", 1, false},
		{time.Hour, "a", 3, false}, // more than a bucket holds
		{0, "a", 2, true},
		{-time.Hour, "a", 1, false}, // a clock that steps back
		{0, "a", 0, true},
	} {
		c.at = c.at.Add(step.wait)
		if got := l.Allow(step.key, step.n); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	if l := New(0, newClock().now); !l.Allow("a", 1e9) || len(l.buckets) != 0 {
		t.Error("0 is not unlimited")
	}
}

func TestSlowRateStillPasses(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(0.5, c.now)
	if !l.Allow("a", 1) || l.Allow("a", 1) {
		t.Error("want one, then none")
	}
	c.at = c.at.Add(2 * time.Second)
	if !l.Allow("a", 1) {
		t.Error("nothing after two seconds")
	}
}

// TestNeverBeyondTheRate: what passes within any span is at most one bucket and the rate over the span.
func TestNeverBeyondTheRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		start := c.at
		perSecond := rapid.Float64Range(0.1, 100).Draw(t, "rate")
		l := New(perSecond, c.now)
		var passed float64
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			c.at = c.at.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			n := rapid.Float64Range(0, 10).Draw(t, "n")
			if l.Allow("a", n) {
				passed += n
			}
			if most := max(perSecond, 1) + perSecond*c.at.Sub(start).Seconds(); passed > most+1e-6 {
				t.Fatalf("%v passed, at most %v may", passed, most)
			}
		}
	})
}

func TestBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := New(1, c.now)
	for i := range 2*maxKeys + 10 {
		c.at = c.at.Add(time.Millisecond)
		l.Allow(strconv.Itoa(i), 1)
	}
	if len(l.buckets) > maxKeys+1 {
		t.Errorf("%d buckets", len(l.buckets))
	}
}

func BenchmarkAllow(b *testing.B) {
	l := New(1e12, time.Now)
	b.ReportAllocs()
	for b.Loop() {
		l.Allow("123456789012/us-east-1", 1)
	}
}

func TestMinutesAndDebts(t *testing.T) {
	t.Parallel()
	c := newClock()
	l := NewPerMinute(60, c.now)
	if !l.Allow("a", 60) || l.Allow("a", 1) {
		t.Fatal("a minute's worth does not pass at once, or more does")
	}
	if got := l.Wait("a", 5); got != 5*time.Second {
		t.Errorf("five units after %v", got)
	}
	l.Charge("a", 1000) // the debt is bounded
	if got := l.Wait("a", 1); got != 61*time.Second {
		t.Errorf("out of debt after %v", got)
	}
	l.Charge("a", -1000) // so is what is given back
	if !l.Allow("a", 60) || l.Allow("a", 1) {
		t.Error("more than a bucket was given back")
	}
	if got := NewPerMinute(0, c.now); got.Wait("a", 1) != 0 {
		t.Error("no limit has to be waited for")
	}
}
