package decoder

import (
	"math"

	"merlon.dev/merlon/internal/nn/kernel"
)

// queryRows is about how many rows of queries are held against a page at a time.
const queryRows = 64

// headRows is the most rows of queries at a time: at least one token's heads that share a key head.
func (d *Decoder) headRows() int { return max(queryRows, d.config.Heads/d.config.KeyHeads) }

// span is a piece of attention: one key head and the queries that share it, for some rows of one part.
type span struct{ part, head, from, to int }

func (p *pass) attend(w worker, layer int) {
	group := p.d.config.Heads / p.d.config.KeyHeads
	step := max(1, queryRows/group)
	for first, end := range w.pieces(len(p.spans)) {
		for _, s := range p.spans[first:end] {
			if !p.byRows {
				for row := s.from; row < s.to; row++ {
					p.store(layer, s.head, row)
				}
			}
			for from := s.from; from < s.to; from += step {
				p.gatherValues(w, layer, span{s.part, s.head, from, min(from+step, s.to)})
			}
		}
	}
}

// store turns a row's key head and the queries that share it to their position, and puts key and value into their page.
func (p *pass) store(layer, head, row int) {
	d, c := p.d, &p.d.config
	l, width := &d.layers[layer], c.HeadWidth
	group, all, position := c.Heads/c.KeyHeads, p.projected.Row(row), p.place[row]
	for h := head * group; h < (head+1)*group; h++ {
		d.turnHead(all[h*width:(h+1)*width], l.query, position)
	}
	rest := all[c.Heads*width:]
	key, value := rest[head*width:(head+1)*width], rest[(c.KeyHeads+head)*width:(c.KeyHeads+head+1)*width]
	d.turnHead(key, l.key, position)
	page, at := p.parts[p.owner[row]].Sequence.page(position), position%pageTokens
	page[d.keysAt(layer, head)].SetColumn(at, key)
	page[d.valuesAt(layer, head)].SetRow(at, value)
}

// turnHead normalises a head where the model does so, and turns it to its position.
func (d *Decoder) turnHead(x []float32, n norm, position int) {
	if n.Gamma != nil {
		n.apply(d.set, x, x)
	}
	if d.turns.Rows > 0 {
		turn(d.set, x, d.turns.Row(position))
	}
}

// gatherValues is softmax(Q*K'/sqrt(width)) * V for the rows of a span, each of which sees itself and what is before it. The rows of all heads that
// share the keys go together, those of one token side by side.
func (p *pass) gatherValues(w worker, layer int, s span) {
	d, c, seq := p.d, &p.d.config, p.parts[s.part].Sequence
	group, width := c.Heads/c.KeyHeads, c.HeadWidth
	first, last := p.place[s.from], p.place[s.to-1]
	base := 0 // the page where what is seen begins
	if c.Window > 0 {
		base = max(0, first-c.Window+1) / pageTokens * pageTokens
	}
	rows := (s.to - s.from) * group
	at := s.head * group * width
	queries, out := p.projected.Slice(s.from, s.to).Columns(at, at+width), p.context.Slice(s.from, s.to).Columns(at, at+width)
	if group > 1 {
		queries, out = kernel.Of(w.queries, rows, width), kernel.Of(w.gathered, rows, width)
		for i := range rows {
			copy(queries.Row(i), p.projected.Row(s.from + i/group)[at+i%group*width:])
		}
	}
	stride := (last - base + pageTokens) / pageTokens * pageTokens
	scores := kernel.Of(w.scores, rows, stride)
	for at := 0; at < stride; at += pageTokens {
		d.set.MatMul(scores.Columns(at, at+pageTokens), queries, seq.page(base + at)[d.keysAt(layer, s.head)], nil)
	}
	scale := float32(1 / math.Sqrt(float64(width)))
	for i := range rows {
		position := first + i/group - base
		if low := position - c.Window + 1; c.Window > 0 && low > 0 {
			hide(scores.Row(i)[:low])
		}
		d.set.Softmax(scores.Slice(i, i+1), position+1, scale)
	}
	for at := 0; at < stride; at += pageTokens {
		n := min(pageTokens, last+1-base-at) // what lies behind is of a sequence that was
		values := seq.page(base + at)[d.valuesAt(layer, s.head)].Top(n)
		if at == 0 {
			d.set.MatMul(out, scores.Columns(0, n), values, nil)
		} else {
			d.set.MatMulAdd(out, scores.Columns(at, at+n), values)
		}
	}
	if group > 1 {
		for i := range rows {
			copy(p.context.Row(s.from + i/group)[at+i%group*width:], out.Row(i))
		}
	}
}

// hide takes scores out of a softmax.
func hide(scores []float32) {
	for i := range scores {
		scores[i] = float32(math.Inf(-1))
	}
}
