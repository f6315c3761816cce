package pair

import (
	"context"

	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/token"
)

// atOnce is how many sequences are laid out together: few enough that their rows take little memory.
const atOnce = 8

// Visit is given the rows of a piece of a second text, a sentence or a part of a long one, in one sequence, and counts of its words. A piece
// that is held against several parts of the first text is visited for each. The rows are good until it returns.
type Visit func(piece int, rows nn.Matrix, counted [Features]float32)

// Reader reads second texts against a first one. It is for one goroutine.
type Reader struct {
	model            *Model
	first, asked     *Passage
	byFirst, byAsked *Known // byAsked is nil without a question
	visit            Visit
	pieces           int // so far
	framed           []token.Encoding
	units            [][]unit // of each of framed
}

// unit is the rows of a piece in a sequence.
type unit struct {
	piece    int
	from, to int
	features [Features]float32
}

// Against begins to read against a first text. Asked says what is talked about, and stands before the second texts; it may be nil.
func (m *Model) Against(first, asked *Passage, visit Visit) *Reader {
	r := &Reader{model: m, first: first, asked: &Passage{}, byFirst: Know(first.words), visit: visit}
	if asked != nil {
		r.asked, r.byAsked = asked, Know(asked.words)
	}
	return r
}

// Pieces is how many pieces were laid out. Nothing visits a piece if the first text has no token.
func (r *Reader) Pieces() int { return r.pieces }

// Lay lays out the sentences of a second text, and reads what was laid out as it becomes much. It ends with the error of ctx soon after that ends.
func (r *Reader) Lay(ctx context.Context, second *Passage) error {
	byFirst, byAsked := r.byFirst.Marks(second.words), r.byAsked.Marks(second.words)
	asked := token.Window{Of: &r.asked.tokens, From: max(0, r.asked.tokens.Len()-mostAsked), To: r.asked.tokens.Len()}
	for _, run := range runs(pieces(second.text, &second.tokens)) {
		first, last := run[0].from, run[len(run)-1].to
		claimed := token.Encoding{}
		claimed.AppendWindow(asked)
		claimed.AppendWindow(token.Window{Of: &second.tokens, From: first, To: last})
		counted := make([]unit, len(run))
		for i, p := range run {
			start, end := int(second.tokens.Start[p.from]), int(second.tokens.End[p.to-1])
			counted[i] = unit{r.pieces, p.from, p.to, featuresOf(second.words, byFirst, byAsked, start, end)}
			r.pieces++
		}
		if r.first.tokens.Len() == 0 {
			continue // there is nothing to hold it against
		}
		for _, part := range r.first.evidence(second.within(first, last), trunk.MaxTokens-frame-claimed.Len()) {
			r.add(part, &claimed, counted, last)
		}
		if len(r.framed) >= atOnce {
			if err := r.Flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// add frames a part of the first text with what is claimed, which ends at token last of the second.
func (r *Reader) add(part [2]int, claimed *token.Encoding, counted []unit, last int) {
	var framed token.Encoding
	r.model.trunk.Tokens().FramePair(&framed, token.Window{Of: &r.first.tokens, From: part[0], To: part[1]}, token.Window{Of: claimed, To: claimed.Len()})
	units := make([]unit, len(counted))
	shift := framed.Len() - 1 - last // the frame's last token ends the sequence
	for i, u := range counted {
		u.from, u.to = u.from+shift, u.to+shift
		units[i] = u
	}
	r.framed, r.units = append(r.framed, framed), append(r.units, units)
}

// Flush takes what was laid out through the trunk and the tower. It ends with the error of ctx soon after that ends.
func (r *Reader) Flush(ctx context.Context) error {
	if len(r.framed) == 0 {
		return nil
	}
	rows, err := r.model.trunk.ReadFramed(ctx, r.framed)
	if err != nil {
		return err
	}
	err = r.model.tower.Run(ctx, rows, func(window int, out encoder.Output, sequence int) {
		x := out.Sequence(sequence)
		for _, u := range r.units[window] {
			r.visit(u.piece, x.Slice(u.from, u.to), u.features)
		}
	})
	r.framed, r.units = r.framed[:0], r.units[:0]
	return err
}
