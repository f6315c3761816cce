package grounding

import (
	"math"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
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
	likeness        trunk.Head
}

// sides is what is made of the tokens of one of the two texts: a narrow row of each, and what is pooled of them.
type sides struct {
	narrow linear
	token  layers
}

// readAnswerer reads the network over rows of width hidden and seen features of a pair, the directions of the rows not counted.
func readAnswerer(weights *safetensors.File, set kernel.Set, hidden, seen int) (*answerer, error) {
	r := &layerReader{weights: weights, set: set, prefix: "answer."}
	narrow := r.size("query.narrow")
	pooled := r.size("query.token.2")
	a := &answerer{
		attention: r.vector("attention.weight", hidden),
		query:     sides{r.layer("query.narrow", narrow, hidden), r.layers("query.token", tokenSeen+narrow, pooled)},
		response:  sides{r.layer("response.narrow", narrow, hidden), r.layers("response.token", tokenSeen+2*narrow, pooled)},
		top:       r.layers("top", 4*pooled+seen+narrow, 1),
		likeness:  r.head("linear", 1, seen+hidden),
	}
	return a, r.err
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
	q, r := kernel.Of(query.rows, alike.Rows, hidden), kernel.Of(window.rows, alike.Cols, hidden)
	asked, said := a.query.narrow.apply(q), a.response.narrow.apply(r)
	wanted := a.wanted(q, asked)
	top := a.query.pool(asked, query.marks, alike.Row, nil)
	column := make([]float32, alike.Rows)
	top = append(top, a.response.pool(said, window.marks, func(i int) []float32 {
		for k := range column {
			column[k] = alike.Row(k)[i]
		}
		return column
	}, wanted)...)
	top = append(append(top, seen...), wanted...)
	return a.top.apply(kernel.Of(top, 1, len(top))).Row(0)[0] + a.likeness.Apply(all, 0)
}

// wanted is what the query asks for: the weighed mean of the narrow rows of its tokens, between -1 and 1.
func (a *answerer) wanted(rows, narrow nn.Matrix) []float32 {
	weight, most := make([]float64, rows.Rows), math.Inf(-1)
	for i := range weight {
		weight[i] = product(a.attention, rows.Row(i))
		most = max(most, weight[i])
	}
	var sum float64
	for i, w := range weight {
		weight[i] = math.Exp(w - most)
		sum += weight[i]
	}
	mean := make([]float64, narrow.Cols)
	for i, w := range weight {
		for k, x := range narrow.Row(i) {
			mean[k] += float64(w / sum * float64(x))
		}
	}
	out := make([]float32, len(mean))
	for k, x := range mean {
		out[k] = float32(math.Tanh(x))
	}
	return out
}

// pool gives the mean and the largest of what is made of each token's narrow row and mark. likenesses gives those of a token to the other text's;
// with wanted, the products with it are seen too.
func (s sides) pool(narrow nn.Matrix, marks []pair.Mark, likenesses func(int) []float32, wanted []float32) []float32 {
	x := kernel.NewMatrix(narrow.Rows, tokenSeen+len(wanted)+narrow.Cols)
	for i := range x.Rows {
		row := x.Row(i)
		first, second := greatest(likenesses(i))
		row[0], row[1] = first, (first+second)/2
		row[2+marks[i]] = 1
		for k, w := range wanted {
			row[tokenSeen+k] = narrow.Row(i)[k] * w
		}
		copy(row[tokenSeen+len(wanted):], narrow.Row(i))
	}
	return pooled(s.token.apply(x))
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

// orders are the words with which an English query that wants something begins.
var orders = []string{"please", "tell", "give", "show", "list", "name", "state", "explain", "describe", "define", "summarise", "summarize",
	"translate", "write", "find", "compare", "recommend", "suggest"}

// askingEnds are the letters before a full stop by which Korean and Japanese ask or request.
const askingEnds = "까요죠니냐줘か"

// asks says whether a query is more than a statement, of which it could only be said what is like it: it has a question mark or a question word
// of English or begins with an order, or does not end as statements do: with a full stop that no asking end stands before, or with Korean's 다.
func asks(text string, words []pair.Word) bool {
	if strings.ContainsAny(text, "?？؟") || pair.Know(words).Holds(questionWords...) {
		return true
	}
	if len(words) > 0 && pair.Know(words[:1]).Holds(orders...) {
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
