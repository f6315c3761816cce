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

// Claim is a sentence of a second text, or a part of a long one, in a sequence with a part of the first text.
type Claim struct {
	Piece       int               // its place among all such of the second texts
	Rows, Below nn.Matrix         // of its tokens, at least one: after the tower, and as the trunk gives them to it
	Marks       []Mark            // of its tokens, against the first text
	Counted     [Features]float32 // of its words
}

// Visit is given a part of the first text, at least a token as the trunk gives it, and the claims that were read with it. One that is held against
// several parts is visited for each. All is good until it returns.
type Visit func(part nn.Matrix, claims []Claim)

// Reader reads second texts against a first one. It is for one goroutine.
type Reader struct {
	model            *Model
	first, asked     *Passage
	byFirst, byAsked *Known // byAsked is nil without a question
	visit            Visit
	pieces           int // so far
	framed           []token.Encoding
	laid             []laid // of each of framed
}

// laid is where the part of the first text ends in a sequence, which it begins behind one token, and the claims.
type laid struct {
	end   int
	units []unit
}

// unit is a claim and where its rows stand.
type unit struct {
	Claim
	from, to int
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
	marks := OfTokens(second.tokens.Start, second.tokens.End, second.words, byFirst)
	asked := token.Window{Of: &r.asked.tokens, From: max(0, r.asked.tokens.Len()-mostAsked), To: r.asked.tokens.Len()}
	for _, run := range runs(pieces(second.text, &second.tokens)) {
		first, last := run[0].from, run[len(run)-1].to
		claimed := token.Encoding{}
		claimed.AppendWindow(asked)
		claimed.AppendWindow(token.Window{Of: &second.tokens, From: first, To: last})
		counted := make([]unit, len(run))
		for i, p := range run {
			start, end := int(second.tokens.Start[p.from]), int(second.tokens.End[p.to-1])
			counted[i] = unit{Claim{Piece: r.pieces, Marks: marks[p.from:p.to], Counted: featuresOf(second.words, byFirst, byAsked, start, end)}, p.from, p.to}
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
	r.framed, r.laid = append(r.framed, framed), append(r.laid, laid{1 + part[1] - part[0], units})
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
		above, below, l := out.Sequence(sequence), rows.Rows(window), r.laid[window]
		claims := make([]Claim, len(l.units))
		for i, u := range l.units {
			claims[i] = u.Claim
			claims[i].Rows, claims[i].Below = above.Slice(u.from, u.to), below.Slice(u.from, u.to)
		}
		r.visit(below.Slice(1, l.end), claims)
	})
	r.framed, r.laid = r.framed[:0], r.laid[:0]
	return err
}
