package pair

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/nn/token"
)

// spaced is the tokens of a text whose words, parted by single spaces, are a token each.
func spaced(s string) *token.Encoding {
	e := &token.Encoding{}
	at := int32(0)
	for w := range strings.SplitSeq(s, " ") {
		e.IDs, e.Types, e.Word = append(e.IDs, 7), append(e.Types, 0), append(e.Word, 0)
		e.Start, e.End = append(e.Start, at), append(e.End, at+int32(len(w)))
		at += int32(len(w)) + 1
	}
	return e
}

func TestPieces(t *testing.T) {
	t.Parallel()
	long := "Word" + strings.Repeat(" word", mostClaimed-1) + " end."
	s := "One is here now. Two is here now. " + long + " Four is here now."
	got := pieces(s, spaced(s))
	want := []piece{{0, 4}, {4, 8}, {8, 57}, {56, 105}, {105, 109}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(piece{})); diff != "" {
		t.Errorf("pieces (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]piece{want[:3], want[3:]}, runs(got), cmp.AllowUnexported(piece{})); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if got := pieces(" \n ", &token.Encoding{}); len(got) > 0 {
		t.Errorf("nothing has pieces: %v", got)
	}
}

// TestEvidence: of a long source the parts are read that share the rarest words with what is claimed.
func TestEvidence(t *testing.T) {
	t.Parallel()
	filler := strings.TrimSpace(strings.Repeat("the bank has fees ", 25))
	var parts []string
	for _, word := range []string{"apples", "bears", "clouds", "dragons", "eagles", "forests"} {
		parts = append(parts, filler+" "+word+" "+filler)
	}
	s := strings.Join(parts, " ")
	source := &Passage{text: s, words: Words(s), tokens: *spaced(s)}
	const room = 120
	chosen := source.evidence(Words("The bank has fees for dragons and bears."), room)
	if len(chosen) != mostParts {
		t.Fatalf("%d parts", len(chosen))
	}
	var read []string
	for i, p := range chosen {
		if p[1]-p[0] > room || i > 0 && p[0] <= chosen[i-1][0] {
			t.Errorf("parts %v", chosen)
		}
		read = append(read, s[source.tokens.Start[p[0]]:source.tokens.End[p[1]-1]])
	}
	for _, word := range []string{"dragons", "bears"} {
		if !strings.Contains(strings.Join(read, " "), word) {
			t.Errorf("no part with %s is read", word)
		}
	}
	if all := source.evidence(nil, source.tokens.Len()); len(all) != 1 || all[0] != [2]int{0, source.tokens.Len()} {
		t.Errorf("a source that fits is read in parts %v", all)
	}
}
