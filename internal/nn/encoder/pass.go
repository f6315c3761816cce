package encoder

import (
	"sync/atomic"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// blockRows is the most rows that go through a layer together: their activations stay in the second-level cache.
const blockRows = 128

// pass is one run of a batch. It is the task that workers share; between steps all of them meet.
type pass struct {
	e           *Encoder
	batch       *Batch    // what to embed, or nil where rows are given
	given       nn.Matrix // rows of an encoder below, which stay as they are
	ends        []int     // of the sequences; the output keeps them
	x           nn.Matrix // the residual stream
	projected   nn.Matrix // query, key and value
	context     nn.Matrix // what attention gathered
	block       int
	meeting     nn.Meeting
	next        []atomic.Int64 // of each step: the block, or head, that no worker has taken
	parts       []scratch
	calibration *nn.Calibration
}

// A pass has a step for what goes into the first layer, and two for each layer.
const (
	attend     = iota // attention
	mix               // the rest of the layer, then the next layer's projection
	layerSteps        // how many there are
)

// scratch is one worker's own memory.
type scratch struct {
	wide      nn.Matrix // block x inner
	half      nn.Matrix // block x hidden
	quantised kernel.Bytes
	keys      []float32
	values    []float32
	scores    []float32
}

func (p *pass) open(a *nn.Arena, ends []int, workers int) {
	e, rows := p.e, ends[len(ends)-1]
	p.ends = append(p.ends[:0], ends...)
	p.x, p.projected, p.context = a.Matrix(rows, e.hidden), a.Matrix(rows, 3*e.hidden), a.Matrix(rows, e.hidden)
	blocks := (rows + blockRows - 1) / blockRows
	blocks = (blocks + workers - 1) / workers * workers
	p.block = (rows + blocks - 1) / blocks
	longest := 0
	for i := range ends {
		from, to := bounds(ends, i)
		longest = max(longest, to-from)
	}
	if n := 1 + layerSteps*len(e.layers); len(p.next) != n {
		p.next = make([]atomic.Int64, n)
	}
	for i := range p.next {
		p.next[i].Store(0)
	}
	p.meeting.Reset()
	head := e.hidden / e.config.Heads
	p.parts = p.parts[:0]
	for range workers {
		p.parts = append(p.parts, scratch{
			wide: a.Matrix(p.block, e.inner), half: a.Matrix(p.block, e.hidden),
			quantised: a.Quantised(p.block, max(e.inner, e.hidden)),
			keys:      a.Floats(e.set.PackedLen(head, longest)), values: a.Floats(e.set.PackedLen(longest, head)),
			scores: a.Floats(queryRows * scoreStride(longest)),
		})
	}
}

func (p *pass) run(crew *nn.Crew) Output {
	crew.Do(p)
	return Output{Tokens: p.x, ends: p.ends, set: p.e.set}
}

// Work goes through all steps, in each taking blocks, or heads, until none are left. Which worker takes which does not change a result.
func (p *pass) Work(part, workers int) {
	whole := false
	defer func() {
		if !whole {
			p.meeting.Leave()
		}
	}()
	mine, last := &p.parts[part], len(p.next)-1
	for i := range p.next {
		layer := (i - 1) / layerSteps
		switch {
		case i == 0:
			p.blocks(i, func(from, to int) {
				p.embed(from, to)
				p.project(mine, 0, from, to)
			})
		case (i-1)%layerSteps == attend:
			p.heads(mine, i)
		default:
			p.blocks(i, func(from, to int) {
				p.mix(mine, layer, from, to)
				if i < last {
					p.project(mine, layer+1, from, to)
				}
			})
		}
		if i < last && !p.meeting.Wait(workers) {
			return
		}
	}
	whole = true
}

// blocks takes blocks of rows in a step.
func (p *pass) blocks(step int, do func(from, to int)) {
	for {
		from := (int(p.next[step].Add(1)) - 1) * p.block
		if from >= p.x.Rows {
			return
		}
		do(from, min(from+p.block, p.x.Rows))
	}
}

// heads takes heads of sequences in a step.
func (p *pass) heads(mine *scratch, step int) {
	heads := p.e.config.Heads
	for {
		i := int(p.next[step].Add(1)) - 1
		if i >= len(p.ends)*heads {
			return
		}
		p.attend(mine, i/heads, i%heads)
	}
}

// embed fills rows with those given, or with the sum of their three embeddings, normalised.
func (p *pass) embed(from, to int) {
	if p.batch == nil {
		copy(p.x.Slice(from, to).Data, p.given.Slice(from, to).Data)
		return
	}
	e, seq := p.e, 0
	for i := from; i < to; i++ {
		for p.ends[seq] <= i {
			seq++
		}
		first, _ := bounds(p.ends, seq)
		row, kind := p.x.Row(i), 0
		if len(p.batch.Types) > 0 {
			kind = int(p.batch.Types[i])
		}
		e.words.row(row, int(p.batch.IDs[i]))
		e.set.Add(row, row, e.types.Row(kind))
		e.set.AddNorm(row, row, e.positions.Row(e.config.FirstPosition+i-first), e.embedded)
	}
}

func (p *pass) project(mine *scratch, layer, from, to int) {
	l, x := &p.e.layers[layer], p.x.Slice(from, to)
	p.observe(l, 0, x)
	l.project.Apply(p.projected.Slice(from, to), x, mine.quantised)
}

// mix is all of a layer that follows attention: it rewrites rows of the residual stream.
func (p *pass) mix(mine *scratch, layer, from, to int) {
	e, l, n := p.e, &p.e.layers[layer], to-from
	x, gathered := p.x.Slice(from, to), p.context.Slice(from, to)
	half, wide := mine.half.Slice(0, n), mine.wide.Slice(0, n)

	p.observe(l, 1, gathered)
	l.attended.Apply(half, gathered, mine.quantised)
	for i := range n {
		e.set.AddNorm(x.Row(i), half.Row(i), x.Row(i), l.attendedNorm)
	}
	p.observe(l, 2, x)
	l.widen.Apply(wide, x, mine.quantised)
	e.activation(e.set, wide.Data, wide.Data)
	p.observe(l, 3, wide)
	l.narrow.Apply(half, wide, mine.quantised)
	for i := range n {
		e.set.AddNorm(x.Row(i), half.Row(i), x.Row(i), l.feedForwardNorm)
	}
}

func (p *pass) observe(l *layer, input int, x nn.Matrix) {
	if p.calibration != nil {
		p.calibration.Observe(l.name+linears[input].input, x)
	}
}
