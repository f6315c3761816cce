package decoder

import (
	"sync/atomic"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// linear does a step that is a linear layer with what stands before and behind it. Its pieces are blocks of rows, or, where rows are few, shards
// of the layer for a block.
func (p *pass) linear(mine *scratch, next *atomic.Int64, what step, layer int) {
	l, rows := p.layerOf(what, layer)
	block := p.block
	if what == predict {
		block = min(blockRows, max(1, rows))
	}
	shards := len(l.shards)
	ready := -1 // the block that in holds
	var in input
	for {
		piece := int(next.Add(1)) - 1
		at, from, to := piece, 0, shards
		if !p.byRows || what == predict {
			at, from = piece/shards, piece%shards
			to = from + 1
		}
		if at*block >= rows {
			return
		}
		first, last := at*block, min(at*block+block, rows)
		if at != ready {
			in, ready = l.take(p.d.set, p.before(mine, what, layer, first, last), mine.quantised), at
		}
		for i := from; i < to; i++ {
			p.shard(mine, what, &l.shards[i], in, first, last)
		}
		if what == project && p.byRows {
			for i := first; i < last; i++ {
				for head := range p.d.config.KeyHeads {
					p.store(layer, head, i)
				}
			}
		}
	}
}

func (p *pass) layerOf(what step, layer int) (l *linear, rows int) {
	switch what {
	case project:
		return p.d.layers[layer].project, p.x.Rows
	case gather:
		return p.d.layers[layer].gather, p.x.Rows
	case widen:
		return p.d.layers[layer].widen, p.x.Rows
	case narrow:
		return p.d.layers[layer].narrow, p.x.Rows
	default:
		return p.d.head, len(p.wanted)
	}
}

// before is the rows that go into a step's layer.
func (p *pass) before(mine *scratch, what step, layer, from, to int) nn.Matrix {
	n := &p.d.final
	switch what {
	case gather:
		return p.context.Slice(from, to)
	case narrow:
		return p.wide.Slice(from, to)
	case project:
		n = &p.d.layers[layer].before
	case widen:
		n = &p.d.layers[layer].between
	}
	out := mine.normed.Slice(0, to-from)
	for i := from; i < to; i++ {
		row := i
		if what == predict {
			row = p.wanted[i]
		}
		n.apply(p.d.set, out.Row(i-from), p.x.Row(row))
	}
	return out
}

// shard computes some outputs for a block of rows and puts them where they belong.
func (p *pass) shard(mine *scratch, what step, s *shard, in input, from, to int) {
	set := p.d.set
	switch what {
	case project:
		s.apply(set, p.projected.Slice(from, to).Columns(s.from, s.to), in)
		return
	case predict:
		s.apply(set, p.logits.Slice(from, to).Columns(s.from, s.to), in)
		return
	}
	n := to - from
	product := kernel.Of(mine.product, n, s.columns())
	s.apply(set, product, in)
	width := s.to - s.from
	for i := range n {
		row := product.Row(i)
		if what != widen {
			x := p.x.Row(from + i)[s.from:s.to]
			set.Add(x, x, row)
			continue
		}
		wide := p.wide.Row(from + i)[s.from:s.to]
		if p.d.gated() {
			swiGLU(wide, row[:width], row[width:])
		} else {
			set.GELUTanh(wide, row)
		}
	}
}
