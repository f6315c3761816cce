package topic

import (
	"fmt"
	"math"

	"merlon.dev/merlon/internal/nn/safetensors"
)

// head compares unit vectors. A topic with sample phrases has weights of its own, index 1, since what its definition must say alone differs.
type head struct {
	centre     []float32    // that is taken from a mean before it is brought to length 1: the encoder's vectors lie in a narrow cone
	definition [2][]float32 // weighs the product with the definition
	own        [2][]float32 // says how broad a definition is
	bias       [2]float32
	nearest    []float32 // weighs the product with the nearest sample phrase
	mean       []float32 // and with the mean of them
	languages  languages
}

func readHead(weights *safetensors.File, hidden int) (h head, err error) {
	get := func(name string, n int) []float32 {
		v, e := weights.Float32s("head." + name)
		if e == nil && len(v) != n {
			e = fmt.Errorf("head.%s has %d values, not %d", name, len(v), n)
		}
		if err == nil {
			err = e
		}
		return v
	}
	h.centre, h.nearest, h.mean = get("centre", hidden), get("nearest", hidden), get("mean", hidden)
	definition, own, bias := get("definition", 2*hidden), get("own", 2*hidden), get("bias", 2)
	if err != nil {
		return head{}, err
	}
	if h.languages, err = readLanguages(weights, hidden); err != nil {
		return head{}, err
	}
	for i := range 2 {
		h.definition[i], h.own[i], h.bias[i] = definition[i*hidden:(i+1)*hidden], own[i*hidden:(i+1)*hidden], bias[i]
	}
	return h, nil
}

// unit turns a mean of rows into a unit vector, in place.
func (h *head) unit(mean []float32) {
	for i, c := range h.centre {
		mean[i] -= c
	}
	normalise(mean)
}

// target is a topic as the head compares it: a unit's logit is base, and its product with direction and the largest of those with
// samples. Of a topic in a language that the head was not fitted to, language is what all units in it have in common; it does not count.
type target struct {
	base      float32
	direction []float32
	samples   [][]float32
	language  []float32 // nil if all of a unit counts
}

// target folds a topic's vectors and the weights together.
func (h *head) target(definition []float32, samples [][]float32) target {
	t := target{language: h.languages.of(definition, samples)}
	definition = without(t.language, definition)
	some := min(len(samples), 1)
	t.base, t.direction = h.bias[some]+dot(h.own[some], definition), product(h.definition[some], definition)
	if some == 1 {
		mean := make([]float32, len(definition))
		for _, s := range samples {
			s = without(t.language, s)
			t.samples = append(t.samples, product(h.nearest, s))
			for i, v := range s {
				mean[i] += v
			}
		}
		for i, w := range h.mean {
			t.direction[i] += float32(w * (mean[i] / float32(len(samples))))
		}
	}
	return t
}

// logit compares a unit vector.
func (t target) logit(unit []float32) float32 {
	unit = without(t.language, unit)
	logit := t.base + dot(t.direction, unit)
	if len(t.samples) == 0 {
		return logit
	}
	best := float32(math.Inf(-1))
	for _, s := range t.samples {
		best = max(best, dot(s, unit))
	}
	return logit + best
}

// dot rounds each product before it is added, so that every machine adds the same.
func dot(a, b []float32) (sum float32) {
	for i, v := range a {
		sum += float32(v * b[i])
	}
	return sum
}

func product(a, b []float32) []float32 {
	out := make([]float32, len(a))
	for i, v := range a {
		out[i] = v * b[i]
	}
	return out
}

// normalise brings v to length 1. A zero vector stays.
func normalise(v []float32) {
	if length := float32(math.Sqrt(float64(dot(v, v)))); length > 0 {
		for i := range v {
			v[i] /= length
		}
	}
}
