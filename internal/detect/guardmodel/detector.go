package guardmodel

import (
	"cmp"
	"context"
	"slices"

	"merlon.dev/merlon/internal/detect"
)

// Kind is a type of finding and the labels of which the highest decides.
type Kind struct {
	Type   string
	Labels []Label
}

// Detector finds kinds of one family in a model's readings. It is immutable and safe for concurrent use.
type Detector struct {
	model  *Model
	family detect.Family
	kinds  []Kind
}

// Detector makes a detector of a family. Families that want their own kinds of one document share its reading.
func (m *Model) Detector(family detect.Family, kinds ...Kind) *Detector {
	return &Detector{model: m, family: family, kinds: kinds}
}

// Family is the one that it was made for.
func (d *Detector) Family() detect.Family { return d.family }

// Detect gives one finding for each block and kind that the model sees with any confidence: the window that scores highest, with its
// probability as Score.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	var found []detect.Finding
	for block, doc := range in.Blocks {
		reading, err := d.model.Read(ctx, doc)
		if err != nil {
			return nil, err
		}
		first := len(found)
		for _, k := range d.kinds {
			score, span := reading.Peak(k.Labels...)
			if confidence := d.model.Confidence(score); confidence > detect.None {
				found = append(found, detect.Finding{Family: d.family, Type: k.Type, Block: block, Span: span, Confidence: confidence, Score: score})
			}
		}
		slices.SortStableFunc(found[first:], func(a, b detect.Finding) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return found, nil
}
