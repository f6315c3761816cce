package topic

import (
	"fmt"

	"merlon.dev/merlon/internal/nn/safetensors"
)

// foreign is the least likeness of a topic to a language at which it is taken to be in it. One or two in a hundred English topics reach it
// with some language, and lose a direction that says nothing about them.
const foreign = 0.35

// languages holds for each language the direction in which its texts lie from the centre, of length 1. Texts of one language are alike
// for it alone, and the less of the language the encoder knows, the more so: a Russian topic would be found in every Russian text. The
// first are those that the head was fitted to, whose topics are left as they are.
type languages [][]float32

// fitted is how many they are: Korean and English.
const fitted = 2

func readLanguages(weights *safetensors.File, hidden int) (languages, error) {
	v, err := weights.Float32s("head.languages")
	if err != nil {
		return nil, err
	}
	if len(v)%hidden != 0 || len(v) < fitted*hidden {
		return nil, fmt.Errorf("head.languages has %d values, not %d for each of %d languages or more", len(v), hidden, fitted)
	}
	var l languages
	for ; len(v) > 0; v = v[hidden:] {
		l = append(l, v[:hidden:hidden])
	}
	return l, nil
}

// of gives the direction of the language that a topic of these unit vectors is in; nil if the head was fitted to it, or none is near.
func (l languages) of(definition []float32, samples [][]float32) []float32 {
	all := make([]float32, len(definition))
	copy(all, definition)
	for _, s := range samples {
		for i, v := range s {
			all[i] += v
		}
	}
	normalise(all)
	best, at := float32(foreign), -1
	for i, d := range l {
		if likeness := dot(d, all); likeness > best {
			best, at = likeness, i
		}
	}
	if at < fitted {
		return nil
	}
	return l[at]
}

// without gives a unit vector less its part in direction, brought to length 1 again. Without a direction it is v itself.
func without(direction, v []float32) []float32 {
	if direction == nil {
		return v
	}
	part, out := dot(direction, v), make([]float32, len(v))
	for i, x := range v {
		out[i] = x - float32(part*direction[i])
	}
	normalise(out)
	return out
}
