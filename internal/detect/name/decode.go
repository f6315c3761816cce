package name

import "math"

// logits are those of one token's classes.
type logits [classes]float64

// decode gives the likeliest sequence of classes in which every inside follows its own kind. The lean of a label is added to the logits
// of its classes: where nothing may leak, recall counts more than precision.
func decode(tokens []logits, lean [len(labels)]float64) []int {
	if len(tokens) == 0 {
		return nil
	}
	back := make([][classes]uint8, len(tokens))
	var best logits
	for c := range best {
		best[c] = math.Inf(-1)
		if follows(outside, c) {
			best[c] = leant(tokens[0][c], c, lean)
		}
	}
	for t := 1; t < len(tokens); t++ {
		var next logits
		for c := range next {
			from := 0
			for b := range best {
				if follows(b, c) && (!follows(from, c) || best[b] > best[from]) {
					from = b
				}
			}
			next[c], back[t][c] = best[from]+leant(tokens[t][c], c, lean), uint8(from)
		}
		best = next
	}
	last := 0
	for c := range best {
		if best[c] > best[last] {
			last = c
		}
	}
	path := make([]int, len(tokens))
	for t := len(tokens) - 1; t >= 0; t-- {
		path[t] = last
		last = int(back[t][last])
	}
	return path
}

func leant(logit float64, class int, lean [len(labels)]float64) float64 {
	if class == outside {
		return logit
	}
	return logit + lean[labelOf(class)]
}

// certainty is the mean over tokens of the logarithm of a label's probability, begin and inside together.
func certainty(tokens []logits, label int) float64 {
	sum := 0.0
	for i := range tokens {
		all, own := 0.0, 0.0
		highest := tokens[i][0]
		for _, l := range tokens[i] {
			highest = max(highest, l)
		}
		for c, l := range tokens[i] {
			p := math.Exp(l - highest)
			all += p
			if c == begin(label) || c == inside(label) {
				own += p
			}
		}
		sum += math.Log(own/all + 1e-9)
	}
	return sum / float64(len(tokens))
}
