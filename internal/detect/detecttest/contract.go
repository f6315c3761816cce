// Package detecttest holds the contract that every detector keeps, and a scripted detector for tests of what reads findings.
package detecttest

import (
	"context"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// Blocks makes an input of texts.
func Blocks(texts ...string) detect.Input {
	var in detect.Input
	for _, t := range texts {
		in.Blocks = append(in.Blocks, text.New(t))
	}
	return in
}

// Contract checks what detect.Detector promises on texts, of which at least one must yield a finding.
func Contract(t *testing.T, d detect.Detector, texts ...string) {
	t.Helper()
	want, err := d.Detect(t.Context(), Blocks(texts...))
	if err != nil {
		t.Fatalf("detect: %v", err)
	}
	if len(want) == 0 {
		t.Fatal("the texts yield no finding: the contract was not tried")
	}
	checkFindings(t, d, want, texts)
	t.Run("same findings side by side", func(t *testing.T) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				got, err := d.Detect(t.Context(), Blocks(texts...))
				if err != nil {
					t.Errorf("detect: %v", err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("findings differ (-first +later):\n%s", diff)
				}
			})
		}
		group.Wait()
	})
	t.Run("each block for itself", func(t *testing.T) {
		var got []detect.Finding
		for i, s := range texts {
			found, err := d.Detect(t.Context(), Blocks(s))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				f.Block += i
				got = append(got, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("blocks influence each other (-together +alone):\n%s", diff)
		}
	})
	t.Run("an ended context is an error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if found, err := d.Detect(ctx, Blocks(texts...)); err == nil || len(found) > 0 {
			t.Errorf("gave %d findings and error %v", len(found), err)
		}
	})
}

func checkFindings(t *testing.T, d detect.Detector, found []detect.Finding, texts []string) {
	t.Helper()
	block, start := 0, 0
	for _, f := range found {
		if f.Family != d.Family() {
			t.Errorf("finding of family %q from the %q detector", f.Family, d.Family())
		}
		if f.Type == "" || f.Confidence == detect.None || f.Score < 0 || f.Score > 1 {
			t.Errorf("incomplete finding %+v", f)
		}
		if f.Block < 0 || f.Block >= len(texts) {
			t.Fatalf("finding in block %d of %d", f.Block, len(texts))
		}
		s := texts[f.Block]
		if f.Span.Start < 0 || f.Span.Start >= f.Span.End || f.Span.End > len(s) || !border(s, f.Span.Start) || !border(s, f.Span.End) {
			t.Fatalf("span %+v is not a stretch of characters of a text of %d bytes", f.Span, len(s))
		}
		if f.Block < block || f.Block == block && f.Span.Start < start {
			t.Errorf("findings are not in block and text order at %+v", f)
		}
		block, start = f.Block, f.Span.Start
	}
}

func border(s string, at int) bool { return at == len(s) || utf8.RuneStart(s[at]) }
