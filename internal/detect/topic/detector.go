package topic

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// Topic is a denied topic as it is configured.
type Topic struct {
	Name       string   // what findings bear as Type; it tells the model of the topic too
	Definition string   // what the topic is
	Samples    []string // phrases that are of the topic; may be none
}

// Detector finds topics. It is immutable and safe for concurrent use.
type Detector struct {
	model  *Model
	topics []prepared
}

// prepared is a topic whose texts are documents, which keep what the model has read in them.
type prepared struct {
	name       string
	definition *text.Document
	samples    []*text.Document
}

// New makes a detector of topics. The topics are read when they are first looked for, under the context of that call.
func New(m *Model, topics ...Topic) (*Detector, error) {
	d := &Detector{model: m}
	for _, t := range topics {
		if t.Name == "" || t.Definition == "" {
			return nil, errors.New("a topic has no name or no definition")
		}
		p := prepared{name: t.Name, definition: text.New(t.Name + ": " + t.Definition)}
		for _, s := range t.Samples {
			p.samples = append(p.samples, text.New(s))
		}
		d.topics = append(d.topics, p)
	}
	return d, nil
}

// Family is detect.Topic.
func (d *Detector) Family() detect.Family { return detect.Topic }

// Detect gives one finding for each block and topic that the model takes it to be of, with the stretch that shows it best and the
// probability as Score. It is of High confidence: a text is of a topic or it is not.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	targets, err := d.targets(ctx)
	if err != nil {
		return nil, err
	}
	var found []detect.Finding
	for block, doc := range in.Blocks {
		windows, err := d.model.read(ctx, doc)
		if err != nil {
			return nil, err
		}
		first := len(found)
		for i, t := range targets {
			logit, span, ok := peak(t, windows)
			s := d.model.scales[min(len(t.samples), 1)]
			if score := s.Probability(float64(logit)); ok && score >= s.Threshold {
				found = append(found, detect.Finding{
					Family: detect.Topic, Type: d.topics[i].name, Block: block, Span: span, Confidence: detect.High, Score: score,
				})
			}
		}
		slices.SortStableFunc(found[first:], func(a, b detect.Finding) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return found, nil
}

// targets are the topics as the head compares them.
func (d *Detector) targets(ctx context.Context) ([]target, error) {
	out := make([]target, len(d.topics))
	for i, t := range d.topics {
		var err error
		if out[i], err = d.target(ctx, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// target keeps what it makes of a topic with the topic's definition.
func (d *Detector) target(ctx context.Context, t prepared) (target, error) {
	return text.Derive(ctx, t.definition, d, func() (target, error) {
		definition, err := d.model.vector(ctx, t.definition)
		if err != nil {
			return target{}, err
		}
		if definition == nil {
			return target{}, errors.New("a topic's name and definition hold nothing to read")
		}
		var samples [][]float32
		for _, s := range t.samples {
			v, err := d.model.vector(ctx, s)
			if err != nil {
				return target{}, err
			}
			if v != nil {
				samples = append(samples, v)
			}
		}
		return d.model.head.target(definition, samples), nil
	})
}

// peak is the unit that is most of the topic; the first of equals.
func peak(t target, windows []window) (logit float32, at text.Span, ok bool) {
	for _, w := range windows {
		for _, u := range w.units {
			if l := t.logit(u.vector); !ok || l > logit {
				logit, at, ok = l, u.span, true
			}
		}
	}
	return logit, at, ok
}
