package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// linear does a step that is a linear layer with what stands before and behind it. Its pieces are blocks of rows, or, where rows are few, units
// of the layer for a block.
func (p *pass) linear(w worker, what step, layer int) {
	l, rows := p.layerOf(what, layer)
	block, units := p.block, l.units()
	if what == predict {
		block = min(blockRows, max(1, rows))
	}
	blocks, each := (rows+block-1)/block, units
	if p.byRows && what != predict {
		each = 1
	}
	ready := -1 // the block that in holds
	var in input
	for piece, end := range w.pieces(blocks * each) {
		for piece < end {
			at, from := piece/each, piece%each
			to := min(from+end-piece, each)
			piece += to - from
			if each < units {
				from, to = 0, units
			}
			first, last := at*block, min(at*block+block, rows)
			if at != ready {
				in, ready = l.take(p.d.set, p.before(w, what, layer, first, last), w.quantised), at
			}
			p.units(w, what, l, in, from, to, first, last)
			if what == project && p.byRows {
				for i := first; i < last; i++ {
					for head := range p.d.config.KeyHeads {
						p.store(layer, head, i)
					}
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
func (p *pass) before(w worker, what step, layer, from, to int) nn.Matrix {
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
	out := w.normed.Slice(0, to-from)
	for i := from; i < to; i++ {
		row := i
		if what == predict {
			row = p.wanted[i]
		}
		n.apply(p.d.set, out.Row(i-from), p.x.Row(row))
	}
	return out
}

// units computes units [from, to) of a layer for rows [first, last) and puts them where they belong.
func (p *pass) units(w worker, what step, l *linear, in input, from, to, first, last int) {
	set := p.d.set
	begin, end := l.outputs(from, to)
	switch what {
	case project:
		l.apply(set, p.projected.Slice(first, last).Columns(begin, end), in, from, to)
		return
	case predict:
		l.apply(set, p.logits.Slice(first, last).Columns(begin, end), in, from, to)
		return
	}
	step := max(1, productColumns/l.columns(0, 1))
	for ; from < to; from += step {
		next := min(from+step, to)
		product := kernel.Of(w.product, last-first, l.columns(from, next))
		l.apply(set, product, in, from, next)
		begin, end := l.outputs(from, next)
		for i := range product.Rows {
			row := product.Row(i)
			switch {
			case what != widen:
				x := p.x.Row(first + i)[begin:end]
				set.Add(x, x, row)
			case l.gated:
				l.open(set, p.wide.Row(first + i)[begin:end], row)
			default:
				set.GELUTanh(p.wide.Row(first + i)[begin:end], row)
			}
		}
	}
}

// open lets through what the gates of a row of some units allow.
func (l *linear) open(set kernel.Set, dst, product []float32) {
	for len(dst) > 0 {
		n := min(l.unit, len(dst))
		set.SwiGLU(dst[:n], product[:n], product[n:2*n])
		dst, product = dst[n:], product[2*n:]
	}
}
