package trunk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/token"
)

// batchTokens bounds one pass: enough for the weights to be read once for many short windows, and few enough that a call notices
// soon when its context ends.
const batchTokens = 2 * MaxTokens

// Window is a stretch of a view that went through the trunk as one sequence.
type Window struct {
	View       *text.View // nil for a sequence that a family framed itself
	Span       text.Span  // the original's bytes behind it
	Start, End []int32    // of each row's token in View.Text; both 0 for the tokens of the frame
}

// Reading is the windows of a document and their rows: those of its Clean view in order, then those of the views that say something
// else. A text without a token has none. It is immutable.
type Reading struct {
	Windows []Window
	rows    []encoder.Output // of all windows, those that went through the trunk together
}

// Rows gives the rows of a window, one for each of its tokens. They belong to the reading.
func (r *Reading) Rows(window int) nn.Matrix {
	for _, rows := range r.rows {
		if window < rows.Len() {
			return rows.Sequence(window)
		}
		window -= rows.Len()
	}
	panic("trunk: no such window")
}

// Each gives visit the rows of each window, in order.
func (r *Reading) Each(visit func(window int, rows encoder.Output, sequence int)) {
	done := 0
	for _, rows := range r.rows {
		for i := range rows.Len() {
			visit(done+i, rows, i)
		}
		done += rows.Len()
	}
}

// Read takes a document through the trunk. The reading is kept with the document, so that every tower shares one pass. It ends with the
// error of ctx soon after that ends, and fails for a text longer than token.MaxText.
func (t *Trunk) Read(ctx context.Context, d *text.Document) (*Reading, error) {
	return text.Derive(ctx, d, t, func() (*Reading, error) { return t.read(ctx, d) })
}

func (t *Trunk) read(ctx context.Context, d *text.Document) (*Reading, error) {
	if err := fits(d); err != nil {
		return nil, err
	}
	tokens := t.scratch.Get().(*token.Encoding)
	defer t.scratch.Put(tokens)
	tokens.Reset()
	var all []stretch
	for _, s := range sources(d) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		from, before := tokens.Len(), len(all)
		if err := t.tokens.Append(tokens, s.view.Text); err != nil {
			return nil, fmt.Errorf("read text: %w", err)
		}
		all = cut(all, s.view, from, tokens.Len(), MaxTokens-t.frame)
		if s.read != "" {
			fresh := slices.DeleteFunc(all[before:], func(w stretch) bool { return strings.Contains(s.read, w.text(tokens)) })
			all = all[:before+len(fresh)]
		}
	}
	framed := make([]token.Encoding, len(all))
	r := &Reading{Windows: make([]Window, len(all))}
	for i, w := range all {
		t.tokens.Frame(&framed[i], token.Window{Of: tokens, From: w.from, To: w.to})
		r.Windows[i] = Window{View: w.view, Span: w.span(tokens), Start: framed[i].Start, End: framed[i].End}
	}
	return r, t.forward(ctx, framed, r)
}

// View is the view of a document that is read first, for families that frame sequences of their own. It fails for a text longer than
// token.MaxText.
func (t *Trunk) View(d *text.Document) (*text.View, error) {
	if err := fits(d); err != nil {
		return nil, err
	}
	revealed, _ := d.Revealed()
	return appendSources(nil, revealed)[0].view, nil
}

// fits refuses a text that is too long, before the views of it are made.
func fits(d *text.Document) error {
	if n := len(d.Original()); n > token.MaxText {
		return fmt.Errorf("%w: %d bytes of at most %d", token.ErrTooLong, n, token.MaxText)
	}
	return nil
}

// ReadFramed takes sequences through the trunk that a family framed itself, with Tokens: pairs of texts, for one. None may be empty or
// longer than twice MaxTokens.
func (t *Trunk) ReadFramed(ctx context.Context, framed []token.Encoding) (*Reading, error) {
	r := &Reading{Windows: make([]Window, len(framed))}
	for i, f := range framed {
		r.Windows[i] = Window{Start: f.Start, End: f.End}
	}
	return r, t.forward(ctx, framed, r)
}

// forward puts the rows of sequences into r, as many sequences at a time as batchTokens allow.
func (t *Trunk) forward(ctx context.Context, framed []token.Encoding, r *Reading) error {
	for done := 0; done < len(framed); {
		next, size := done, 0
		for next < len(framed) && (next == done || size+framed[next].Len() <= batchTokens) {
			size += framed[next].Len()
			next++
		}
		rows, err := t.pass(ctx, framed[done:next])
		if err != nil {
			return fmt.Errorf("run trunk: %w", err)
		}
		r.rows = append(r.rows, rows)
		done = next
	}
	return nil
}

func (t *Trunk) pass(ctx context.Context, framed []token.Encoding) (encoder.Output, error) {
	l, err := t.enter(ctx)
	if err != nil {
		return encoder.Output{}, err
	}
	defer func() { t.lanes <- l }()
	l.batch.Reset()
	for _, f := range framed {
		l.batch.Add(f.IDs, nil)
	}
	rows, err := l.trunk.Forward(ctx, t.workers, &l.batch)
	if err != nil {
		return encoder.Output{}, err
	}
	return rows.Clone(), nil
}
