package pair

import (
	"math"

	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Head is what a family makes of a sentence: two layers over the mean and the largest of its rows and its features. It is immutable.
type Head struct {
	middle, logit trunk.Head
	width         int // of middle's output
}

// ReadHead reads name.middle and name.logit of a head over rows of width hidden.
func ReadHead(weights *safetensors.File, name string, hidden int) (h Head, err error) {
	bias, err := weights.Float32s(name + ".middle.bias")
	if err != nil {
		return h, err
	}
	h.width = len(bias)
	if h.middle, err = trunk.ReadHead(weights, name+".middle", h.width, 2*hidden+Features); err != nil {
		return h, err
	}
	h.logit, err = trunk.ReadHead(weights, name+".logit", 1, h.width)
	return h, err
}

// Logit is the head's output for the rows of a sentence, at least one, and its features.
func (h Head) Logit(rows nn.Matrix, f [Features]float32) float32 {
	hidden := rows.Cols
	pooled := make([]float32, 2*hidden+Features)
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
	middle := make([]float32, h.width)
	for i := range middle {
		middle[i] = float32(math.Tanh(float64(h.middle.Apply(pooled, i))))
	}
	return h.logit.Apply(middle, 0)
}
