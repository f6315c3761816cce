package pair

import "merlon.dev/merlon/internal/nn/token"

// What a sequence has room for, in tokens; a part of the first text takes what is left of trunk.MaxTokens.
const (
	frame       = 4  // tokens around and between the two texts
	mostAsked   = 48 // of the queries, whose end is kept
	mostClaimed = 96 // of a run of sentences
	overlap     = 48 // what two parts of the first text share
)

// piece is tokens [from, to) of a response: a sentence, or an even part of one that is longer than a run.
type piece struct{ from, to int }

// pieces cuts a text of which the tokens are given; what lies between sentences belongs to none.
func pieces(s string, tokens *token.Encoding) (out []piece) {
	at := 0
	for _, sentence := range Sentences(s) {
		from, to := -1, -1
		for ; at < tokens.Len() && int(tokens.Start[at]) < sentence[1]; at++ {
			if int(tokens.End[at]) > sentence[0] && tokens.End[at] > tokens.Start[at] {
				if from < 0 {
					from = at
				}
				to = at + 1
			}
		}
		if from < 0 {
			continue
		}
		for _, part := range cut(to-from, mostClaimed, 0) {
			out = append(out, piece{from + part[0], from + part[1]})
		}
		at = to - 1 // a token may touch two sentences
	}
	return out
}

// runs gathers pieces that fit into a sequence together, in order.
func runs(pieces []piece) (out [][]piece) {
	for i, p := range pieces {
		if n := len(out) - 1; n >= 0 && p.to-out[n][0].from <= mostClaimed {
			out[n] = append(out[n], p)
		} else {
			out = append(out, pieces[i:i+1:i+1])
		}
	}
	return out
}

// cut divides n things into parts [from, to) of at most most, as few and as even as can be, of which neighbours share at least overlap.
func cut(n, most, overlap int) [][2]int {
	count, size := 1, n
	if n > most {
		count = (n - overlap + most - overlap - 1) / (most - overlap)
		size = (n + (count-1)*overlap + count - 1) / count
	}
	out := make([][2]int, count)
	for i := range out {
		if i > 0 {
			out[i][0] = i * (n - size) / (count - 1)
		}
		out[i][1] = out[i][0] + size
	}
	return out
}
