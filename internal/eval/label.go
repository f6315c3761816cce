package eval

import (
	"cmp"
	"maps"
	"slices"

	"merlon.dev/merlon/internal/guardrail"
)

// Labels that are neither a category nor the name of a filter.
const (
	AnyContent = "CONTENT"    // any category of harmful content
	Anything   = "GUARDRAIL"  // any label at all
	Ungrounded = "UNGROUNDED" // the text says what its sources do not: what a filter of type GROUNDING acts on
	CustomWord = "WORD"       // any of the guardrail's own words
	Irrelevant = "IRRELEVANT" // the text does not answer the query: what a filter of type RELEVANCE acts on
)

// Where a line is drawn. A strength acts from one confidence on: HIGH from LOW, MEDIUM from MEDIUM, LOW from HIGH.
const (
	Configured     = "configured"
	StrengthLow    = "strength LOW"
	StrengthMedium = "strength MEDIUM"
	StrengthHigh   = "strength HIGH"
)

// labelsOf are the labels that any outcome has a verdict on: what stands for several first, then the content filters, then grounding,
// then the names of topics, types and regexes.
func labelsOf(outcomes []Outcome) []string {
	seen := map[string]bool{}
	for _, o := range outcomes {
		for l := range o.Verdicts {
			seen[l] = true
		}
	}
	first := []string{Anything, AnyContent}
	for _, c := range categories() {
		first = append(first, c.name)
	}
	first = append(first, string(guardrail.PromptAttack), Ungrounded, Irrelevant)
	place := func(l string) int {
		if i := slices.Index(first, l); i >= 0 {
			return i
		}
		return len(first)
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b string) int { return cmp.Or(place(a)-place(b), cmp.Compare(a, b)) })
}

// pointsOf are the lines that verdicts on a label know.
func pointsOf(outcomes []Outcome, label string) (points []string) {
	configured, graded := false, false
	for _, o := range outcomes {
		v := o.Verdicts[label]
		configured, graded = configured || v.Detected != nil, graded || v.Confidence != ""
	}
	if configured {
		points = append(points, Configured)
	}
	if graded {
		points = append(points, StrengthLow, StrengthMedium, StrengthHigh)
	}
	return points
}
