package eval

import "merlon.dev/merlon/internal/guardrail"

// Advice is the strength that a content filter may have on these rows: the one that finds most among those whose false positive rate is
// tolerated.
type Advice struct {
	Label     string             `json:"label"`
	Tolerated float64            `json:"toleratedFalsePositiveRate"`
	Strength  guardrail.Strength `json:"strength"` // NONE where even LOW flags more; empty where the rows are too few to say
}

// advise reads the table of a label over all rows; ok is false for a label that has no strength.
func advise(t Table, tolerated float64) (a Advice, ok bool) {
	a = Advice{Label: t.Label, Tolerated: tolerated}
	enough := t.Positives >= fewest && t.Rows-t.Positives >= fewest
	if enough {
		a.Strength = guardrail.StrengthNone
	}
	for _, p := range t.Points { // LOW, MEDIUM, HIGH: each finds at least what the one before finds
		strength := map[string]guardrail.Strength{
			StrengthLow: guardrail.StrengthLow, StrengthMedium: guardrail.StrengthMedium, StrengthHigh: guardrail.StrengthHigh,
		}[p.At]
		if strength == "" {
			continue
		}
		ok = true
		if enough && p.FalsePositive.Value <= tolerated {
			a.Strength = strength
		}
	}
	return a, ok && t.Label != AnyContent
}
