package guardmodel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/token"
)

// batchTokens bounds one pass: enough for the weights to be read once for many short windows, and few enough that a call notices
// soon when its context ends.
const batchTokens = 2 * MaxTokens

// Window is what the model says of one window of a document.
type Window struct {
	Span   text.Span // the original's bytes that it read
	Scores Scores
}

// Reading is the windows of a document: those of its Clean view in order, then those of the views that say something else. A text
// without a token has none.
type Reading []Window

// Peak gives the highest score that any window has for any of some labels, and where; the first of equals. Without windows it is 0.
func (r Reading) Peak(of ...Label) (score float64, at text.Span) {
	for _, w := range r {
		for _, l := range of {
			if w.Scores[l] > score {
				score, at = w.Scores[l], w.Span
			}
		}
	}
	return score, at
}

// Read scores a document. The reading is kept with the document, so that every detector shares one pass. It ends with the error of ctx
// soon after that ends, and fails for a text longer than token.MaxText.
func (m *Model) Read(ctx context.Context, d *text.Document) (Reading, error) {
	return text.Derive(ctx, d, m, func() (Reading, error) { return m.read(ctx, d) })
}

func (m *Model) read(ctx context.Context, d *text.Document) (Reading, error) {
	if n := len(d.Original()); n > token.MaxText { // before the views of it are made
		return nil, fmt.Errorf("%w: %d bytes of at most %d", token.ErrTooLong, n, token.MaxText)
	}
	tokens := m.scratch.Get().(*token.Encoding)
	defer m.scratch.Put(tokens)
	tokens.Reset()
	var all []stretch
	for _, s := range sources(d) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		from, before := tokens.Len(), len(all)
		if err := m.tokens.Append(tokens, s.view.Text); err != nil {
			return nil, fmt.Errorf("read text: %w", err)
		}
		all = cut(all, s.view, from, tokens.Len(), MaxTokens-m.frame)
		if s.read != "" {
			fresh := slices.DeleteFunc(all[before:], func(w stretch) bool { return strings.Contains(s.read, w.text(tokens)) })
			all = all[:before+len(fresh)]
		}
	}
	reading := make(Reading, len(all))
	for done := 0; done < len(all); {
		next, size := done, 0
		for next < len(all) && (next == done || size+all[next].to-all[next].from+m.frame <= batchTokens) {
			size += all[next].to - all[next].from + m.frame
			next++
		}
		if err := m.pass(ctx, tokens, all[done:next], reading[done:next]); err != nil {
			return nil, fmt.Errorf("run guard model: %w", err)
		}
		done = next
	}
	return reading, nil
}

// pass scores some windows in one batch.
func (m *Model) pass(ctx context.Context, tokens *token.Encoding, windows []stretch, out Reading) error {
	var l *lane
	var open bool
	select {
	case l, open = <-m.lanes:
		if !open {
			return ErrClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { m.lanes <- l }()
	l.batch.Reset()
	for _, w := range windows {
		l.framed.Reset()
		m.tokens.Frame(&l.framed, token.Window{Of: tokens, From: w.from, To: w.to})
		l.batch.Add(l.framed.IDs, nil)
	}
	rows, err := l.session.Forward(ctx, m.workers, &l.batch)
	if err != nil {
		return err
	}
	for i, w := range windows {
		out[i] = Window{Span: w.span(tokens), Scores: m.score(rows, i, l.mean)}
	}
	return nil
}

// score applies the heads to the mean of sequence i. Each product is rounded before it is added, so that every machine adds the same.
func (m *Model) score(rows encoder.Output, i int, mean []float32) (s Scores) {
	rows.Mean(mean, i)
	for l := range labels {
		logit := m.bias[l]
		for k, w := range m.head.Row(int(l)) {
			logit += float32(mean[k] * w)
		}
		s[l] = m.calibration.probability(l, logit)
	}
	return s
}
