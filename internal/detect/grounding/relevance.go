package grounding

import (
	"context"
	"fmt"
	"io/fs"
	"math"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// marksSeen is how many numbers say how a text's words stand to another: the share of each mark, none, and how many words there are.
const marksSeen = int(markKinds) + 2

// RelevanceModel is a loaded relevance model. It is immutable and safe for concurrent use, until its trunk is closed.
//
// Query and response are read apart, by a tower that was made to see which passage answers a query. A linear head weighs how alike the
// means of their rows are, whole and by the sentence that is most alike, how their words stand to each other, and in which directions of
// the rows the two agree.
type RelevanceModel struct {
	trunk       *trunk.Trunk
	tower       *trunk.Tower
	centre      []float32 // mean of all means, by which they are compared
	head        trunk.Head
	calibration calibration
}

// LoadRelevance reads the model's folder: model.safetensors with the layers above the trunk, centre and head; calibration.json and
// SHA256SUMS. A folder without sums and weights gives trunk.ErrAbsent.
func LoadRelevance(t *trunk.Trunk, folder fs.FS) (*RelevanceModel, error) {
	m := &RelevanceModel{trunk: t}
	var err error
	if m.tower, err = t.Tower(folder, []string{calibrationFile}, m.loadHead); err != nil {
		return nil, fmt.Errorf("load relevance model: %w", err)
	}
	data, err := fs.ReadFile(folder, calibrationFile)
	if err != nil {
		return nil, fmt.Errorf("load relevance model: %w", err)
	}
	if m.calibration, err = parseCalibration(data); err != nil {
		return nil, fmt.Errorf("load relevance model: %w", err)
	}
	return m, nil
}

func (m *RelevanceModel) loadHead(weights *safetensors.File) (err error) {
	if m.centre, err = weights.Float32s("centre"); err != nil {
		return err
	}
	if len(m.centre) != m.trunk.Hidden() {
		return fmt.Errorf("centre has %d values, not %d", len(m.centre), m.trunk.Hidden())
	}
	m.head, err = trunk.ReadHead(weights, "head", 1, 2+2*marksSeen+m.trunk.Hidden())
	return err
}

// Score says how far the responses, which count as one, answer the queries, judged together: in [0, 1]. The window of a response that
// answers best counts; one without a word answers nothing. It ends with the error of ctx soon after that ends.
func (m *RelevanceModel) Score(ctx context.Context, in detect.Input) (float64, error) {
	queries, err := m.read(ctx, in.Queries)
	if err != nil {
		return 0, err
	}
	responses, err := m.read(ctx, in.Blocks)
	if err != nil {
		return 0, err
	}
	query, n := make([]float32, m.trunk.Hidden()), 0
	var asked [][]word
	for _, q := range queries {
		for _, w := range q.means {
			m.add(query, w.whole)
			n++
		}
		asked = append(asked, q.words)
	}
	if n == 0 {
		return 0, nil
	}
	for k := range query {
		query[k] /= float32(n)
	}
	known, all := know(asked...), flat(asked)
	greatest := float32(math.Inf(-1))
	for _, r := range responses {
		byQuery, own := known.marks(r.words), know(r.words)
		byResponse := make([]mark, 0, len(all))
		for _, words := range asked {
			byResponse = append(byResponse, own.marks(words)...)
		}
		seen := append(seenMarks(r.words, byQuery), seenMarks(all, byResponse)...)
		for _, w := range r.means {
			greatest = max(greatest, m.logit(query, w, seen))
		}
	}
	return m.calibration.score(greatest), nil
}

// answer is a text with the means of its windows.
type answer struct {
	part
	means []means
}

// means are those of a window's rows, and of the rows of each of its sentences, less the centre.
type means struct {
	whole     []float32
	sentences [][]float32
}

func (m *RelevanceModel) read(ctx context.Context, docs []*text.Document) ([]answer, error) {
	out := make([]answer, len(docs))
	for i, d := range docs {
		r, err := m.trunk.Read(ctx, d)
		if err != nil {
			return nil, err
		}
		a := answer{part: partOf(r)}
		bounds := sentences(a.text)
		err = m.tower.Run(ctx, r, func(window int, rows encoder.Output, sequence int) {
			if window >= len(a.windows) {
				return // of another view
			}
			x, at := rows.Sequence(sequence), a.windows[window]
			of := means{whole: m.mean(x)}
			for _, s := range bounds {
				if from, to := at.tokens(s); from < to {
					of.sentences = append(of.sentences, m.mean(x.Slice(from, to)))
				}
			}
			if of.sentences == nil {
				of.sentences = append(of.sentences, of.whole)
			}
			a.means = append(a.means, of)
		})
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	return out, nil
}

func (m *RelevanceModel) mean(rows nn.Matrix) []float32 {
	out := make([]float32, rows.Cols)
	for i := range rows.Rows {
		m.add(out, rows.Row(i))
	}
	for k := range out {
		out[k] = out[k]/float32(rows.Rows) - m.centre[k]
	}
	return out
}

func (m *RelevanceModel) add(dst, v []float32) {
	for k, x := range v {
		dst[k] += x
	}
}

// agreement is what the products of two vectors' directions are multiplied by, so that they are about as large as the other features.
const agreement = 20

func (m *RelevanceModel) logit(query []float32, w means, seen []float32) float32 {
	best := float32(-1)
	for _, s := range w.sentences {
		best = max(best, cosine(query, s))
	}
	x := make([]float32, 0, 2+len(seen)+len(query))
	x = append(append(x, cosine(query, w.whole), best), seen...)
	scale := agreement / (length(query) * length(w.whole))
	for k, v := range query {
		x = append(x, float32(float64(float64(v)*float64(w.whole[k]))*scale))
	}
	return m.head.Apply(x, 0)
}

func cosine(a, b []float32) float32 {
	var sum float64
	for k, v := range a {
		sum += float64(float64(v) * float64(b[k]))
	}
	return float32(sum / (length(a) * length(b)))
}

func length(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(float64(x) * float64(x))
	}
	return max(math.Sqrt(sum), 1e-12)
}

// seenMarks says how words stand to another text.
func seenMarks(words []word, marks []mark) []float32 {
	out := make([]float32, marksSeen)
	for _, mark := range marks {
		out[mark]++
	}
	for k := range out {
		out[k] /= float32(max(1, len(words)))
	}
	out[marksSeen-1] = float32(math.Log1p(float64(len(words)))) / 4
	return out
}

func flat(all [][]word) (out []word) {
	for _, words := range all {
		out = append(out, words...)
	}
	return out
}
