package detecttest

import (
	"context"

	"merlon.dev/merlon/internal/detect"
)

// Scripted is a detector that answers what a test tells it to.
type Scripted struct {
	Of detect.Family
	// Answer gives the findings; their Family is filled in.
	Answer func(ctx context.Context, in detect.Input) ([]detect.Finding, error)
}

// Family gives s.Of.
func (s Scripted) Family() detect.Family { return s.Of }

// Detect calls s.Answer.
func (s Scripted) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	found, err := s.Answer(ctx, in)
	for i := range found {
		found[i].Family = s.Of
	}
	return found, err
}

// Always gives a detector of family that reports the same findings for every input.
func Always(family detect.Family, findings ...detect.Finding) Scripted {
	return Scripted{Of: family, Answer: func(context.Context, detect.Input) ([]detect.Finding, error) {
		return append([]detect.Finding(nil), findings...), nil
	}}
}
