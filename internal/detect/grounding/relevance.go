package grounding

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// marksSeen is how many numbers say how a text's words stand to another: the share of each mark, none, and how many words there are.
const marksSeen = int(pair.MarkKinds) + 2

// likenesses is how many numbers say how alike a query and a response are.
const likenesses = 5

// pairSeen is how many numbers say how a query and a response stand to each other, beside the directions in which they agree.
const pairSeen = likenesses + 2*marksSeen

// RelevanceModel is a loaded relevance model. It is immutable and safe for concurrent use, until its trunk is closed.
//
// Query and response are read apart, by the tower of the topic model, which sees what a text is about. Where the query asks, a small network over
// the tokens of both says whether the response answers it. Where it only states something, a linear head weighs how alike the means of their rows
// are, whole and by the sentence that is most alike, how well the query's tokens are found again, how the words of the two stand to each other, and
// in which directions of the rows they agree.
type RelevanceModel struct {
	trunk  *trunk.Trunk
	tower  *trunk.Tower
	centre []float32 // mean of all means, by which they are compared
	middle []float32 // mean of all rows
	head   trunk.Head
	answer *answerer
	scale  calibration.Map
}

// LoadRelevance reads the model's folder, which has no layers of its own but is fitted to those of tower: model.safetensors with centre and
// head; calibration.json and SHA256SUMS. A folder without sums and weights gives trunk.ErrAbsent.
func LoadRelevance(t *trunk.Trunk, tower *trunk.Tower, folder fs.FS) (*RelevanceModel, error) {
	m := &RelevanceModel{trunk: t, tower: tower}
	if err := trunk.Weights(folder, []string{calibration.File}, m.loadHead); err != nil {
		return nil, fmt.Errorf("load relevance model: %w", err)
	}
	var err error
	if m.scale, err = readScale(folder); err != nil {
		return nil, fmt.Errorf("load relevance model: %w", err)
	}
	return m, nil
}

func (m *RelevanceModel) loadHead(weights *safetensors.File) (err error) {
	if m.centre, err = weights.Float32s("centre"); err != nil {
		return err
	}
	if m.middle, err = weights.Float32s("middle"); err != nil {
		return err
	}
	if len(m.centre) != m.trunk.Hidden() || len(m.middle) != m.trunk.Hidden() {
		return fmt.Errorf("centre and middle have %d and %d values, not %d", len(m.centre), len(m.middle), m.trunk.Hidden())
	}
	if m.head, err = trunk.ReadHead(weights, "head", 1, pairSeen+m.trunk.Hidden()); err != nil {
		return err
	}
	m.answer, err = readAnswerer(weights, m.trunk.Set(), m.trunk.Hidden(), pairSeen)
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
	query, asked := m.merge(queries)
	if query.whole == nil {
		return 0, nil
	}
	asking := slices.ContainsFunc(queries, func(q answer) bool { return asks(q.text, q.words) })
	known, all := pair.Know(asked...), flat(asked)
	greatest := float32(math.Inf(-1))
	for _, r := range responses {
		byQuery, own := known.Marks(r.words), pair.Know(r.words)
		byResponse := make([]pair.Mark, 0, len(all))
		for _, words := range asked {
			byResponse = append(byResponse, own.Marks(words)...)
		}
		seen := append(seenMarks(r.words, byQuery), seenMarks(all, byResponse)...)
		var marks []pair.Mark
		for _, q := range queries {
			marks = append(marks, q.marks(own)...)
		}
		marked := r.marks(known)
		for _, w := range r.read {
			of := marked[:len(w.tokens)/m.trunk.Hidden()]
			marked = marked[len(of):]
			greatest = max(greatest, m.logit(asking, query, w, seen, marks, of))
		}
	}
	return m.scale.Probability(float64(greatest)), nil
}

// merge makes one of all windows of all queries, and gives the words of each. There may be none.
func (m *RelevanceModel) merge(queries []answer) (all reading, asked [][]pair.Word) {
	n := 0
	for _, q := range queries {
		asked = append(asked, q.words)
		for _, w := range q.read {
			if all.whole == nil {
				all.whole = make([]float32, m.trunk.Hidden())
			}
			add(all.whole, w.whole)
			all.tokens = append(all.tokens, w.tokens...)
			n++
		}
	}
	for k := range all.whole {
		all.whole[k] /= float32(n)
	}
	return all, asked
}

// answer is a text with what the tower says of its windows.
type answer struct {
	part
	read []reading
}

// reading is a window: the means of its rows and of those of each of its sentences, less the centre, and the directions of its tokens' rows,
// less the middle, one after the other.
type reading struct {
	whole     []float32
	sentences [][]float32
	tokens    []float32
}

// marks gives the marks of the tokens of all windows that were read, their frames left out.
func (a answer) marks(known *pair.Known) (out []pair.Mark) {
	by := known.Marks(a.words)
	for _, w := range a.windows {
		out = append(out, pair.OfTokens(w.start[1:len(w.start)-1], w.end[1:len(w.end)-1], a.words, by)...)
	}
	return out
}

func (m *RelevanceModel) read(ctx context.Context, docs []*text.Document) ([]answer, error) {
	out := make([]answer, len(docs))
	for i, d := range docs {
		r, err := m.tower.Read(ctx, d)
		if err != nil {
			return nil, err
		}
		a := answer{part: partOf(r)}
		bounds := pair.Sentences(a.text)
		r.Each(func(window int, rows encoder.Output, sequence int) {
			if window >= len(a.windows) {
				return // of another view
			}
			x, at := rows.Sequence(sequence), a.windows[window]
			of := reading{whole: m.mean(x), tokens: m.directions(x)}
			for _, s := range bounds {
				if from, to := at.tokens(s); from < to {
					of.sentences = append(of.sentences, m.mean(x.Slice(from, to)))
				}
			}
			if of.sentences == nil {
				of.sentences = append(of.sentences, of.whole)
			}
			a.read = append(a.read, of)
		})
		out[i] = a
	}
	return out, nil
}

func (m *RelevanceModel) mean(rows nn.Matrix) []float32 {
	out := make([]float32, rows.Cols)
	for i := range rows.Rows {
		add(out, rows.Row(i))
	}
	for k := range out {
		out[k] = out[k]/float32(rows.Rows) - m.centre[k]
	}
	return out
}

// directions are those of the rows of a window without its frame.
func (m *RelevanceModel) directions(rows nn.Matrix) []float32 {
	var out []float32
	for i := 1; i < rows.Rows-1; i++ {
		at := len(out)
		for k, v := range rows.Row(i) {
			out = append(out, v-m.middle[k])
		}
		encoder.Normalise(out[at:])
	}
	return out
}

func add(dst, v []float32) {
	for k, x := range v {
		dst[k] += x
	}
}

// alike gives the likeness of each of the query's tokens to each of a window's.
func (m *RelevanceModel) alike(query, window []float32) nn.Matrix {
	hidden := m.trunk.Hidden()
	q, w := kernel.Of(query, len(query)/hidden, hidden), kernel.Of(window, len(window)/hidden, hidden)
	if q.Rows == 0 || w.Rows == 0 {
		return nn.Matrix{}
	}
	set := m.trunk.Set()
	panels := set.PackTransposed(make([]float32, set.PackedLen(hidden, w.Rows)), w).Whole()
	out := kernel.NewMatrix(q.Rows, panels.N)
	set.MatMul(out, q, panels, nil)
	out.Cols = w.Rows
	return out
}

// foundAgain says how well the query's tokens are found again in a window: of the greatest likeness of each to any of the window's, the mean,
// the mean of the lowest fifth, and the least.
func foundAgain(alike nn.Matrix) (mean, low, least float32) {
	if alike.Rows == 0 {
		return 0, 0, 0
	}
	best := make([]float32, alike.Rows)
	for i := range best {
		best[i] = slices.Max(alike.Row(i))
	}
	slices.Sort(best)
	return average(best), average(best[:(len(best)+4)/5]), best[0]
}

func average(v []float32) float32 {
	var sum float32
	for _, x := range v {
		sum += x
	}
	return sum / float32(len(v))
}

// agreement is what the products of two vectors' directions are multiplied by, so that they are about as large as the other features.
const agreement = 20

// logit scores a window of a response by its network where the query is asking, and by its head where that states something or there is no
// token to hold against another. marks are those of the query's tokens, marked those of the window's.
func (m *RelevanceModel) logit(asking bool, query, w reading, seen []float32, marks, marked []pair.Mark) float32 {
	best := float32(-1)
	for _, s := range w.sentences {
		best = max(best, cosine(query.whole, s))
	}
	alike := m.alike(query.tokens, w.tokens)
	mean, low, least := foundAgain(alike)
	x := make([]float32, 0, pairSeen+len(query.whole))
	x = append(append(x, cosine(query.whole, w.whole), best, mean, low, least), seen...)
	scale := agreement / (length(query.whole) * length(w.whole))
	for k, v := range query.whole {
		x = append(x, float32(float64(float64(v)*float64(w.whole[k]))*scale))
	}
	if asking && alike.Rows > 0 {
		return m.answer.logit(tokens{query.tokens, marks}, tokens{w.tokens, marked}, alike, x[:pairSeen], x)
	}
	return m.head.Apply(x, 0)
}

func cosine(a, b []float32) float32 {
	return float32(product(a, b) / (length(a) * length(b)))
}

func length(v []float32) float64 {
	return max(math.Sqrt(product(v, v)), 1e-12)
}

// product is that of a and as many values of b.
func product(a, b []float32) (sum float64) {
	for k, v := range a {
		sum += float64(float64(v) * float64(b[k]))
	}
	return sum
}

// seenMarks says how words stand to another text.
func seenMarks(words []pair.Word, marks []pair.Mark) []float32 {
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

func flat(all [][]pair.Word) (out []pair.Word) {
	for _, words := range all {
		out = append(out, words...)
	}
	return out
}
