package grounding

import (
	"context"
	"math"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
)

// blockRows is how many rows of blocks go through the tower at a time, beside the source's: few enough that a call notices soon when its
// context ends.
const blockRows = 512

// Score says how far the sources, judged together, support the responses, which count as one: in [0, 1]. The queries say what is talked
// about. A response without a word claims nothing, and is supported. It ends with the error of ctx soon after that ends.
func (m *Model) Score(ctx context.Context, in detect.Input) (float64, error) {
	var r reader
	var err error
	if r.sources, err = parts(ctx, m.trunk, in.Sources); err != nil {
		return 0, err
	}
	if r.question.parts, err = parts(ctx, m.trunk, in.Queries); err != nil {
		return 0, err
	}
	if r.responses, err = parts(ctx, m.trunk, in.Blocks); err != nil {
		return 0, err
	}
	r.question.known = knowParts(r.question.parts)
	logit, err := r.score(ctx, m)
	return m.calibration.score(logit), err
}

// reader scores one input.
type reader struct {
	sources   []part
	question  question
	responses []part
}

// score gives the least logit of all sentences, each by the windows that support it best.
func (r *reader) score(ctx context.Context, m *Model) (float32, error) {
	bounds := make([][][2]int, len(r.responses))
	best := make([][]float32, len(r.responses)) // of each sentence
	holds := make([][]int, len(r.responses))    // the window that holds most of it
	for i, p := range r.responses {
		bounds[i] = sentences(p.text)
		best[i], holds[i] = make([]float32, len(bounds[i])), make([]int, len(bounds[i]))
		for s, at := range bounds[i] {
			best[i][s], holds[i][s] = float32(math.Inf(-1)), fullest(p.windows, at)
		}
	}
	for _, g := range groups(r.sources) {
		err := m.run(ctx, g.windows, r.lay(g.known, bounds, holds), func(b block, u unit, logit float32) {
			best[b.response][u.sentence] = max(best[b.response][u.sentence], logit)
		})
		if err != nil {
			return 0, err
		}
	}
	least := float32(math.Inf(1))
	for _, of := range best {
		for _, logit := range of {
			least = min(least, logit)
		}
	}
	return least, nil
}

// lay makes the blocks of all windows that hold a sentence, for a group of the source's windows.
func (r *reader) lay(source *known, bounds [][][2]int, holds [][]int) (blocks []block) {
	for i, p := range r.responses {
		bySource, byQuery := source.marks(p.words), r.question.known.marks(p.words)
		for w, window := range p.windows {
			var units []unit
			for s, at := range bounds[i] {
				if from, to := window.tokens(at); holds[i][s] == w && from < to {
					units = append(units, unit{sentence: s, from: from, to: to, features: featuresOf(p.words, bySource, byQuery, at[0], at[1])})
				}
			}
			if len(units) > 0 {
				blocks = append(blocks, lay(i, p, window, r.question, source, units))
			}
		}
	}
	return blocks
}

// fullest gives the window that has the most tokens of a sentence, the first of equals.
func fullest(windows []window, at [2]int) (best int) {
	most := -1
	for i, w := range windows {
		if from, to := w.tokens(at); to-from > most {
			best, most = i, to-from
		}
	}
	return best
}

// tokens gives the rows of the window's tokens that touch a stretch of the text.
func (w window) tokens(at [2]int) (from, to int) {
	for i, start := range w.start {
		if int(start) < at[1] && int(w.end[i]) > at[0] && w.end[i] > start {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}

// run takes blocks through the tower against windows of the source and gives use the logit of each unit, in order.
func (m *Model) run(ctx context.Context, shared []window, blocks []block, use func(block, unit, float32)) error {
	source := m.comparer.pack(shared)
	for len(blocks) > 0 {
		n, rows := 1, blocks[0].rows
		for n < len(blocks) && rows+blocks[n].rows <= blockRows {
			rows += blocks[n].rows
			n++
		}
		joined := m.join(shared, blocks[:n], rows, source)
		if err := m.tower.RunJoined(ctx, joined, func(out encoder.Output) {
			for i, b := range blocks[:n] {
				for _, u := range b.units {
					use(b, u, m.head(out.Sequence(len(shared)+i).Slice(u.from, u.to), u.features))
				}
			}
		}); err != nil {
			return err
		}
		blocks = blocks[n:]
	}
	return nil
}

// join lays the rows of windows and of blocks, so many in all, side by side.
func (m *Model) join(shared []window, blocks []block, rows int, source *aligned) encoder.Joined {
	for _, w := range shared {
		rows += w.rows.Rows
	}
	hidden := m.trunk.Hidden()
	j := encoder.Joined{Rows: nn.Matrix{Data: make([]float32, rows*hidden), Rows: rows, Cols: hidden, Stride: hidden}, Shared: len(shared)}
	at := 0
	for _, w := range shared {
		none := make([]mark, w.rows.Rows)
		at = m.put(j.Rows, at, chunk{w, ofSource, none, none})
		j.Ends = append(j.Ends, at)
	}
	for i := range blocks {
		at = m.putBlock(j.Rows, at, &blocks[i], source)
		j.Ends = append(j.Ends, at)
	}
	return j
}

// head gives the logit of a sentence's rows.
func (m *Model) head(rows nn.Matrix, f [features]float32) float32 {
	hidden := rows.Cols
	pooled := make([]float32, 2*hidden+features)
	mean, peak := pooled[:hidden], pooled[hidden:2*hidden]
	copy(mean, rows.Row(0))
	copy(peak, rows.Row(0))
	for i := 1; i < rows.Rows; i++ {
		for k, v := range rows.Row(i) {
			mean[k] += v
			peak[k] = max(peak[k], v)
		}
	}
	for k := range mean {
		mean[k] /= float32(rows.Rows)
	}
	copy(pooled[2*hidden:], f[:])
	middle := make([]float32, m.width)
	for i := range middle {
		middle[i] = float32(math.Tanh(float64(m.middle.Apply(pooled, i))))
	}
	return m.logit.Apply(middle, 0)
}
