package grounding

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// tokenSeen is how many numbers say how a token stands to the other text: its greatest likeness to any of that text's tokens, the mean of the
// two greatest, and the mark of its word.
const tokenSeen = 2 + int(pair.MarkKinds)

// answerer says whether a window of a response answers what is asked. It is immutable. train/grounding/answer.py tells what it is and fits it.
//
// Likeness alone takes a sentence in the question's own words for its answer. Here the query's tokens, weighed by how much they say of what is
// asked, make one short vector, whose products with those of the response's tokens show what these can answer.
type answerer struct {
	attention       []float32 // what of a token's row of the query says that it tells what is asked
	query, response sides
	top             layers
	linear          trunk.Head
}

// sides is what is made of the tokens of one of the two texts: a narrow row of each, and what is pooled of them.
type sides struct {
	narrow trunk.Head
	token  layers
}

// layers are two, with a GELU between.
type layers struct{ first, second trunk.Head }

// readAnswerer reads the network over rows of width hidden and seen features of a pair, the directions of the rows not counted.
func readAnswerer(weights *safetensors.File, hidden, seen int) (*answerer, error) {
	r := &headReader{weights: weights}
	narrow := r.size("query.narrow")
	pooled := r.size("query.token.2")
	a := &answerer{
		attention: r.vector("attention.weight", hidden),
		query:     sides{r.head("query.narrow", narrow, hidden), r.layers("query.token", tokenSeen+narrow, pooled)},
		response:  sides{r.head("response.narrow", narrow, hidden), r.layers("response.token", tokenSeen+2*narrow, pooled)},
		top:       r.layers("top", 4*pooled+seen+narrow, 1),
		linear:    r.head("linear", 1, seen+hidden),
	}
	return a, r.err
}

// headReader reads heads until one cannot be read.
type headReader struct {
	weights *safetensors.File
	err     error
}

func (r *headReader) size(name string) int {
	if r.err != nil {
		return 0
	}
	bias, err := r.weights.Float32s("answer." + name + ".bias")
	r.err = err
	return len(bias)
}

func (r *headReader) vector(name string, width int) (v []float32) {
	if r.err != nil {
		return nil
	}
	if v, r.err = r.weights.Float32s("answer." + name); r.err == nil && len(v) != width {
		r.err = fmt.Errorf("answer.%s has %d weights, not %d", name, len(v), width)
	}
	return v
}

func (r *headReader) head(name string, outputs, width int) (h trunk.Head) {
	if r.err == nil {
		h, r.err = trunk.ReadHead(r.weights, "answer."+name, outputs, width)
	}
	return h
}

func (r *headReader) layers(name string, width, outputs int) layers {
	units := r.size(name + ".0")
	return layers{r.head(name+".0", units, width), r.head(name+".2", outputs, units)}
}

func (l layers) apply(row []float32) []float32 {
	middle := l.first.All(row)
	for i, x := range middle {
		middle[i] = float32(float64(x) * 0.5 * (1 + math.Erf(float64(x)/math.Sqrt2)))
	}
	return l.second.All(middle)
}

// tokens are those of a text or a window as the answerer sees them: their directions, one after the other, and their marks against the other
// text.
type tokens struct {
	rows  []float32
	marks []pair.Mark
}

// logit holds a window of a response against a query. alike has the likeness of each token of the query to each of the window's, seen what says
// how alike the two are and their words' marks, and all that and the directions in which they agree. Neither is without a token.
func (a *answerer) logit(query, window tokens, alike nn.Matrix, seen, all []float32) float32 {
	hidden := len(query.rows) / alike.Rows
	wanted := a.wanted(query.rows, hidden)
	top := a.query.pool(query, hidden, func(i int) (first, second float32) { return greatest(alike.Row(i)[:alike.Cols]) }, nil)
	column := make([]float32, alike.Rows)
	top = append(top, a.response.pool(window, hidden, func(i int) (first, second float32) {
		for k := range column {
			column[k] = alike.Row(k)[i]
		}
		return greatest(column)
	}, wanted)...)
	top = append(append(top, seen...), wanted...)
	return a.top.apply(top)[0] + a.linear.Apply(all, 0)
}

// wanted is what the query asks for: the weighed mean of the narrow rows of its tokens, between -1 and 1.
func (a *answerer) wanted(rows []float32, hidden int) []float32 {
	n := len(rows) / hidden
	weight, most := make([]float64, n), math.Inf(-1)
	for i := range weight {
		weight[i] = product(a.attention, rows[i*hidden:])
		most = max(most, weight[i])
	}
	var sum float64
	for i, w := range weight {
		weight[i] = math.Exp(w - most)
		sum += weight[i]
	}
	mean := make([]float64, a.query.narrow.Outputs())
	for i, w := range weight {
		for k, x := range a.query.narrow.All(rows[i*hidden : (i+1)*hidden]) {
			mean[k] += float64(w / sum * float64(x))
		}
	}
	out := make([]float32, len(mean))
	for k, x := range mean {
		out[k] = float32(math.Tanh(x))
	}
	return out
}

// pool gives the mean and the largest of what is made of each token. nearest gives the two greatest likenesses of a token; with wanted, the
// products with it are seen too.
func (s sides) pool(t tokens, hidden int, nearest func(int) (first, second float32), wanted []float32) []float32 {
	width := s.token.second.Outputs()
	out := make([]float32, 2*width)
	mean, peak := out[:width], out[width:]
	n := len(t.rows) / hidden
	for i := range n {
		row := make([]float32, tokenSeen, tokenSeen+2*s.narrow.Outputs())
		first, second := nearest(i)
		row[0], row[1] = first, (first+second)/2
		row[2+t.marks[i]] = 1
		narrow := s.narrow.All(t.rows[i*hidden : (i+1)*hidden])
		for k, w := range wanted {
			row = append(row, narrow[k]*w)
		}
		for k, x := range s.token.apply(append(row, narrow...)) {
			mean[k] += x
			if i == 0 || x > peak[k] {
				peak[k] = x
			}
		}
	}
	for k := range mean {
		mean[k] /= float32(n)
	}
	return out
}

// greatest gives the two greatest of values, twice the same where there is but one.
func greatest(v []float32) (first, second float32) {
	first, second = v[0], float32(math.Inf(-1))
	for _, x := range v[1:] {
		if x > first {
			first, second = x, first
		} else {
			second = max(second, x)
		}
	}
	if len(v) == 1 {
		second = first
	}
	return first, second
}

// questionWords are those by which an English query asks without a mark.
var questionWords = []string{"who", "whom", "whose", "what", "when", "where", "which", "why", "how"}

// askingEnds are the letters before a full stop by which Korean and Japanese ask or request.
const askingEnds = "까요죠니냐줘か"

// asks says whether a query is more than a statement, of which it could only be said what is like it: it has a question mark or a question word
// of English, or does not end as statements do: with a full stop that no asking end stands before, or with Korean's 다.
func asks(text string, words []pair.Word) bool {
	if strings.ContainsAny(text, "?？؟") || pair.Know(words).Holds(questionWords...) {
		return true
	}
	text = strings.TrimSpace(text)
	said := strings.TrimRight(text, ".。")
	if strings.HasSuffix(said, "다") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(said)
	return said == text || strings.ContainsRune(askingEnds, last)
}
