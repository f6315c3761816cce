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

// unit is rows of a block that get a logit: those of a sentence, or of the whole window.
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

// lay makes the block of a response's window for one source, or for none where known is nil.
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

// put writes rows with what is added to them to dst, from row at on, and gives the row after.
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
