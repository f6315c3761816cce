package grounding

import (
	"context"
	"math"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/token"
)

// atOnce is how many sequences are laid out together: few enough that their rows take little memory.
const atOnce = 8

// Score says how far the sources, judged together, support the responses, which count as one: in [0, 1]. The queries say what is talked
// about. A response without a word claims nothing, and is supported. It ends with the error of ctx soon after that ends.
func (m *Model) Score(ctx context.Context, in detect.Input) (float64, error) {
	source, err := m.read(ctx, in.Sources...)
	if err != nil {
		return 0, err
	}
	query, err := m.read(ctx, in.Queries...)
	if err != nil {
		return 0, err
	}
	r := reader{model: m, source: source, query: query, bySource: know(source.words)}
	if len(in.Queries) > 0 {
		r.byQuery = know(query.words)
	}
	for _, d := range in.Blocks {
		response, err := m.read(ctx, d)
		if err != nil {
			return 0, err
		}
		if err := r.lay(ctx, response); err != nil {
			return 0, err
		}
	}
	if err := r.flush(ctx); err != nil {
		return 0, err
	}
	least := float32(math.Inf(1))
	for _, logit := range r.best {
		least = min(least, logit)
	}
	return m.scale.Probability(float64(least)), nil
}

// reader scores one input.
type reader struct {
	model             *Model
	source, query     *passage
	bySource, byQuery *known    // byQuery is nil without a query
	best              []float32 // of each piece, by the part of the source that supports it best
	framed            []token.Encoding
	units             [][]unit // of each of framed
}

// unit is the rows of a piece in a sequence, which get a logit.
type unit struct {
	piece    int // of reader.best
	from, to int
	features [features]float32
}

// lay makes the sequences of a response and reads them as they become many.
func (r *reader) lay(ctx context.Context, response *passage) error {
	bySource, byQuery := r.bySource.marks(response.words), r.byQuery.marks(response.words)
	asked := token.Window{Of: &r.query.tokens, From: max(0, r.query.tokens.Len()-mostAsked), To: r.query.tokens.Len()}
	for _, run := range runs(pieces(response.text, &response.tokens)) {
		first, last := run[0].from, run[len(run)-1].to
		claimed := token.Encoding{}
		claimed.AppendWindow(asked)
		claimed.AppendWindow(token.Window{Of: &response.tokens, From: first, To: last})
		counted := make([]unit, len(run))
		for i, p := range run {
			from, to := int(response.tokens.Start[p.from]), int(response.tokens.End[p.to-1])
			counted[i] = unit{len(r.best), p.from, p.to, featuresOf(response.words, bySource, byQuery, from, to)}
			r.best = append(r.best, float32(math.Inf(-1)))
		}
		if r.source.tokens.Len() == 0 {
			continue // nothing supports it
		}
		for _, part := range r.source.evidence(response.within(first, last), trunk.MaxTokens-frame-claimed.Len()) {
			var framed token.Encoding
			r.model.trunk.Tokens().FramePair(&framed, token.Window{Of: &r.source.tokens, From: part[0], To: part[1]}, token.Window{Of: &claimed, To: claimed.Len()})
			units := make([]unit, len(counted))
			shift := framed.Len() - 1 - last // the frame's last token ends the sequence
			for i, u := range counted {
				u.from, u.to = u.from+shift, u.to+shift
				units[i] = u
			}
			r.framed, r.units = append(r.framed, framed), append(r.units, units)
		}
		if len(r.framed) >= atOnce {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush takes what was laid out through the trunk and the tower.
func (r *reader) flush(ctx context.Context) error {
	if len(r.framed) == 0 {
		return nil
	}
	rows, err := r.model.trunk.ReadFramed(ctx, r.framed)
	if err != nil {
		return err
	}
	err = r.model.tower.Run(ctx, rows, func(window int, out encoder.Output, sequence int) {
		x := out.Sequence(sequence)
		for _, u := range r.units[window] {
			r.best[u.piece] = max(r.best[u.piece], r.model.head(x.Slice(u.from, u.to), u.features))
		}
	})
	r.framed, r.units = r.framed[:0], r.units[:0]
	return err
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
