package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

const (
	blockRows = 128 // the most rows that go through a layer together
	fewRows   = 32  // for fewer rows a worker, workers share out a layer's outputs rather than its rows

	productColumns = 256 // of a product at a time, where more is done with it: what one worker writes stays near
)

// pass is one run of some parts. It is the task that workers share.
type pass struct {
	d      *Decoder
	parts  []Part
	owner  []int // part of each row
	place  []int // position of each row in its sequence
	wanted []int // rows whose logits are wanted
	spans  []span

	x         nn.Matrix // the residual stream
	projected nn.Matrix // query, key and value
	context   nn.Matrix // what attention gathered
	wide      nn.Matrix // between the feed-forward layers
	logits    nn.Matrix

	byRows  bool // whether workers share out rows
	block   int
	meeting nn.Meeting
	deals   []deal // of each step
	scratch []scratch
}

// step is what workers do between two meetings, beside the embeddings: five for each layer, and the head.
type step int

const (
	project step = iota // norm, and query, key and value
	attend
	gather // output of attention, added to the stream
	widen  // norm, and the first feed-forward layer with its activation
	narrow // the second one, added to the stream
	layerSteps
	predict // norm and head
)

// scratch is one worker's own memory.
type scratch struct {
	normed    nn.Matrix // block x hidden
	quantised kernel.Bytes
	product   []float32 // block x productColumns
	queries   []float32 // rows of the heads that share a key head
	gathered  []float32
	scores    []float32
}

func (p *pass) open(a *nn.Arena, parts []Part, workers int) {
	d, c := p.d, p.d.config
	p.parts, p.owner, p.place, p.wanted = parts, p.owner[:0], p.place[:0], p.wanted[:0]
	longest := 0
	for i, part := range parts {
		for k := range part.IDs {
			p.owner, p.place = append(p.owner, i), append(p.place, part.Sequence.tokens+k)
		}
		for k := range part.Logits {
			p.wanted = append(p.wanted, len(p.owner)-part.Logits+k)
		}
		longest = max(longest, part.Sequence.tokens+len(part.IDs))
	}
	rows := len(p.owner)
	p.share(rows, workers)
	queries, keys := c.Heads*c.HeadWidth, c.KeyHeads*c.HeadWidth
	p.x, p.projected, p.context = a.Matrix(rows, c.Hidden), a.Matrix(rows, queries+2*keys), a.Matrix(rows, queries)
	p.wide, p.logits = a.Matrix(rows, c.Inner), a.Matrix(len(p.wanted), c.Vocabulary)

	if n := 2 + int(layerSteps)*len(d.layers); len(p.deals) != n {
		p.deals = make([]deal, n)
	}
	for i := range p.deals {
		p.deals[i].reset(workers)
	}
	p.meeting.Reset()
	block, heads := max(p.block, min(len(p.wanted), blockRows)), d.headRows()
	p.scratch = p.scratch[:0]
	for range workers {
		p.scratch = append(p.scratch, scratch{
			normed: a.Matrix(block, c.Hidden), quantised: a.Quantised(block, d.deepest), product: a.Floats(block * productColumns),
			queries: a.Floats(heads * c.HeadWidth), gathered: a.Floats(heads * c.HeadWidth), scores: a.Floats(heads * (longest + 2*pageTokens)),
		})
	}
}

// share chooses how workers divide the rows, and lists the pieces of attention.
func (p *pass) share(rows, workers int) {
	p.byRows = rows >= fewRows*workers
	blocks := (rows + blockRows - 1) / blockRows
	if p.byRows {
		blocks = (blocks + workers - 1) / workers * workers
	}
	p.block = (rows + blocks - 1) / blocks
	p.spans = p.spans[:0]
	step := rows // where rows are few, a span stores its keys, so that it has all rows of its part
	if p.byRows {
		step = max(1, queryRows/(p.d.config.Heads/p.d.config.KeyHeads))
	}
	from := 0
	for i, part := range p.parts {
		end := from + len(part.IDs)
		for ; from < end; from += step {
			for head := range p.d.config.KeyHeads {
				p.spans = append(p.spans, span{part: i, head: head, from: from, to: min(from+step, end)})
			}
		}
		from = end
	}
}

// Work goes through all steps. Which worker takes which piece does not change a result.
func (p *pass) Work(part, workers int) {
	whole := false
	defer func() {
		if !whole {
			p.meeting.Leave()
		}
	}()
	last := len(p.deals) - 1
	for i := range p.deals {
		w := worker{scratch: &p.scratch[part], deal: &p.deals[i], part: part}
		layer, what := (i-1)/int(layerSteps), step((i-1)%int(layerSteps))
		switch {
		case i == 0:
			p.embed(w)
		case i == last:
			p.linear(w, predict, 0)
		case what == attend:
			p.attend(w, layer)
		default:
			p.linear(w, what, layer)
		}
		if i < last && !p.meeting.Wait(workers) {
			return
		}
	}
	whole = true
}

// worker is one of those that share a step.
type worker struct {
	*scratch
	deal *deal
	part int
}

// embed fills the rows with the embeddings of their tokens.
func (p *pass) embed(w worker) {
	d := p.d
	for from, to := range w.pieces(p.x.Rows) {
		for i := from; i < to; i++ {
			part := p.parts[p.owner[i]]
			d.words.row(p.x.Row(i), int(part.IDs[p.place[i]-part.Sequence.tokens]))
			if d.positions.Rows > 0 {
				d.set.Add(p.x.Row(i), p.x.Row(i), d.positions.Row(p.place[i]))
			}
		}
	}
}
