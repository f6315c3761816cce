package grounding

import (
	"context"
	"fmt"
	"math"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
)

// blockRows is how many rows of blocks go through the tower at a time, beside the source's: few enough that a call notices soon when its
// context ends.
const blockRows = 512

// Scores is what the model says of a response, in [0, 1].
type Scores struct {
	Grounding float64 // that the sources support all of it
	Relevance float64 // that it answers the queries
}

// Score holds responses, which count as one, against sources, judged together, and queries, judged together. A response without a word
// claims nothing: it is grounded, and not relevant. It ends with the error of ctx soon after that ends.
func (m *Model) Score(ctx context.Context, in detect.Input) (s Scores, err error) {
	r := reader{model: m}
	if r.sources, err = m.parts(ctx, in.Sources); err != nil {
		return s, err
	}
	if r.question.parts, err = m.parts(ctx, in.Queries); err != nil {
		return s, err
	}
	r.question.known = knowParts(r.question.parts)
	if r.responses, err = m.parts(ctx, in.Blocks); err != nil {
		return s, err
	}
	g, err := r.grounding(ctx)
	if err != nil {
		return s, fmt.Errorf("score grounding: %w", err)
	}
	v, err := r.relevance(ctx)
	if err != nil {
		return s, fmt.Errorf("score relevance: %w", err)
	}
	return Scores{m.calibration.score(grounding, g), m.calibration.score(relevance, v)}, nil
}

// reader scores one input.
type reader struct {
	model     *Model
	sources   []part
	question  question
	responses []part
}

// grounding gives the least logit of all sentences.
func (r *reader) grounding(ctx context.Context) (float32, error) {
	best := make([][]float32, len(r.responses)) // of each sentence
	holds := make([][]int, len(r.responses))    // the window that holds most of it
	bounds := make([][][2]int, len(r.responses))
	for i, p := range r.responses {
		bounds[i] = sentences(p.text)
		best[i], holds[i] = make([]float32, len(bounds[i])), make([]int, len(bounds[i]))
		for s, at := range bounds[i] {
			best[i][s], holds[i][s] = float32(math.Inf(-1)), fullest(p.windows, at)
		}
	}
	for _, g := range groups(r.sources) {
		var blocks []block
		for i, p := range r.responses {
			for w, window := range p.windows {
				var units []unit
				for s, at := range bounds[i] {
					if from, to := window.tokens(at); holds[i][s] == w && from < to {
						units = append(units, unit{sentence: s, from: from, to: to,
							features: featuresOf(p.words, g.known.marks(p.words), r.question.known.marks(p.words), at[0], at[1])})
					}
				}
				if len(units) > 0 {
					blocks = append(blocks, lay(i, p, window, r.question, g.known, units))
				}
			}
		}
		if err := r.model.run(ctx, grounding, g.windows, blocks, func(b block, u unit, logit float32) {
			best[b.response][u.sentence] = max(best[b.response][u.sentence], logit)
		}); err != nil {
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

// relevance gives the greatest logit of any window of a response.
func (r *reader) relevance(ctx context.Context) (float32, error) {
	var blocks []block
	for i, p := range r.responses {
		for _, window := range p.windows {
			whole := unit{to: window.rows.Rows,
				features: featuresOf(p.words, make([]mark, len(p.words)), r.question.known.marks(p.words), 0, len(p.text))}
			blocks = append(blocks, lay(i, p, window, r.question, nil, []unit{whole}))
		}
	}
	greatest := float32(math.Inf(-1))
	err := r.model.run(ctx, relevance, nil, blocks, func(_ block, _ unit, logit float32) { greatest = max(greatest, logit) })
	return greatest, err
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
func (m *Model) run(ctx context.Context, t task, shared []window, blocks []block, use func(block, unit, float32)) error {
	for len(blocks) > 0 {
		n, rows := 1, blocks[0].rows
		for n < len(blocks) && rows+blocks[n].rows <= blockRows {
			rows += blocks[n].rows
			n++
		}
		if err := m.tower.RunJoined(ctx, m.joined(shared, blocks[:n], rows), func(out encoder.Output) {
			for i, b := range blocks[:n] {
				for _, u := range b.units {
					use(b, u, m.logit(t, out.Sequence(len(shared)+i).Slice(u.from, u.to), u.features))
				}
			}
		}); err != nil {
			return err
		}
		blocks = blocks[n:]
	}
	return nil
}

// joined lays the rows of windows and of blocks, so many in all, side by side.
func (m *Model) joined(shared []window, blocks []block, rows int) encoder.Joined {
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
	for _, b := range blocks {
		for _, c := range b.chunks {
			at = m.put(j.Rows, at, c)
		}
		j.Ends = append(j.Ends, at)
	}
	return j
}

// logit applies a head to rows.
func (m *Model) logit(t task, rows nn.Matrix, f [features]float32) float32 {
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
	h := m.heads[t]
	middle := make([]float32, h.width)
	for i := range middle {
		middle[i] = float32(math.Tanh(float64(h.middle.Apply(pooled, i))))
	}
	return h.logit.Apply(middle, 0)
}
