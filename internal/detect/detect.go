// Package detect says what a detector is: something that reads text and reports findings, and knows nothing of what is done about them.
//
// Each family of detectors is a package below this one. Guardrails and data discovery share them.
package detect

import (
	"context"

	"merlon.dev/merlon/internal/detect/text"
)

// Family names a family of detectors; one package below detect implements each.
type Family string

// The closed list of families.
const (
	Word      Family = "word"      // phrases and managed word lists
	Pattern   Family = "pattern"   // regular expressions of the caller
	PII       Family = "pii"       // personal data and secrets
	Content   Family = "content"   // HATE, INSULTS, SEXUAL, VIOLENCE, MISCONDUCT
	Attack    Family = "attack"    // jailbreak, prompt injection, prompt leakage
	Topic     Family = "topic"     // denied topics
	Grounding Family = "grounding" // support by a source, relevance to a query
)

// Confidence is how sure a classifier is that a text belongs to a category.
type Confidence int

// The confidences in rising order. A bare match of a word, pattern or structured identifier is High.
const (
	None Confidence = iota
	Low
	Medium
	High
)

// String gives the name that the wire uses: NONE, LOW, MEDIUM or HIGH.
func (c Confidence) String() string {
	switch c {
	case None:
		return "NONE"
	case Low:
		return "LOW"
	case Medium:
		return "MEDIUM"
	case High:
		return "HIGH"
	default:
		return "INVALID"
	}
}

// Finding is one thing that a detector saw.
type Finding struct {
	// Family is the detector's, since a caller's regex may bear the name of a PII type.
	Family Family
	// Type is what was found, in the words of the detector's configuration: a PII type, a category, a topic's name,
	// a regex's name, a phrase as it was configured, or the name of a managed word list.
	Type string
	// List is the managed word list behind a finding of the word family, empty for the caller's own phrases and other families.
	List string
	// Block is the index into Input.Blocks; Span lies in that block's original text. A finding about everything together
	// has Block -1 and an empty Span.
	Block int
	Span  text.Span
	// Confidence is never None for a finding of a word, pattern or PII detector.
	Confidence Confidence
	// Score is in [0, 1]: the raw score behind Confidence, or the grounding or relevance score itself.
	Score float64
}

// Input is what detectors read: the guarded blocks of one call, and for grounding what they are held against.
type Input struct {
	Blocks  []*text.Document
	Sources []*text.Document // grounding sources, judged together
	Queries []*text.Document // queries, judged together
}

// Detector is one family, set up for one configuration.
//
// It is immutable and safe for concurrent use. Detect reports findings in block and text order; the same input gives the same
// findings on every call. An error means that the check could not be run: it never comes with findings, and it is never read as
// "nothing found". Detect returns soon after ctx ends.
type Detector interface {
	Family() Family
	Detect(ctx context.Context, in Input) ([]Finding, error)
}
