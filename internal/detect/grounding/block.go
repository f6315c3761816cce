package grounding

import "merlon.dev/merlon/internal/nn"

// block is one window of a response behind the queries, laid out for the tower.
type block struct {
	response int // which one it is of
	rows     int
	chunks   []chunk
	units    []unit
}

// chunk is a window in a block with the marks of its tokens.
type chunk struct {
	window            window
	segment           int
	bySource, byQuery []mark
}

// unit is the rows of a sentence in a block, which get a logit.
type unit struct {
	sentence int
	from, to int
	features [features]float32
}

// question is the queries with what they hold.
type question struct {
	parts []part
	known *known
}

// lay makes the block of a response's window for one group of the source's windows.
func lay(index int, response part, w window, q question, source *known, units []unit) block {
	b := block{response: index, units: units}
	own := know(response.words)
	for _, p := range q.parts {
		bySource, byQuery := source.marks(p.words), own.marks(p.words)
		for _, w := range p.windows {
			b.add(chunk{w, ofQuery, w.marks(p.words, bySource), w.marks(p.words, byQuery)})
		}
	}
	bySource, byQuery := source.marks(response.words), q.known.marks(response.words)
	for i := range b.units {
		u := &b.units[i]
		u.from, u.to = u.from+b.rows, u.to+b.rows
	}
	b.add(chunk{w, ofResponse, w.marks(response.words, bySource), w.marks(response.words, byQuery)})
	return b
}

func (b *block) add(c chunk) {
	b.chunks = append(b.chunks, c)
	b.rows += c.window.rows.Rows
}

// put writes rows with what is added for their place and marks to dst, from row at on, and gives the row after.
func (m *Model) put(dst nn.Matrix, at int, c chunk) int {
	segment := m.segment.Row(c.segment)
	for i := range c.window.rows.Rows {
		to, row := dst.Row(at+i), c.window.rows.Row(i)
		bySource, byQuery := m.sourceMark.Row(int(c.bySource[i])), m.queryMark.Row(int(c.byQuery[i]))
		for k := range to {
			to[k] = row[k] + segment[k] + bySource[k] + byQuery[k]
		}
	}
	return at + c.window.rows.Rows
}

// putBlock writes the rows of a block, compared with the source, and completes the features of its units.
func (m *Model) putBlock(dst nn.Matrix, at int, b *block, source *aligned) int {
	likeness := make([]float32, 0, b.rows)
	for _, c := range b.chunks {
		after := m.put(dst, at, c)
		likeness = append(likeness, 0)
		if after-at > 2 {
			likeness = append(likeness, m.comparer.compare(dst.Slice(at+1, after-1), c.window, source)...)
		}
		likeness = append(likeness, 0)
		at = after
	}
	for i := range b.units {
		u := &b.units[i]
		addLikeness(&u.features, likeness[u.from:u.to])
	}
	return at
}
