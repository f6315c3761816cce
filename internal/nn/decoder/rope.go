package decoder

import (
	"fmt"
	"math"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Rope says how rotary positions turn: pair k of a head by position * frequency(k).
type Rope struct {
	Theta  float64 // frequency(k) is Theta^(-2k/width) before scaling
	Kind   string  // default, linear or llama3
	Factor float64 // by which linear and llama3 stretch positions
	// Of llama3: wave lengths above Original/Low are stretched in full, those below Original/High not at all.
	Low, High, Original float64
}

type rawRope struct {
	Kind     string   `json:"rope_type"`
	Old      string   `json:"type"`
	Theta    float64  `json:"rope_theta"`
	Factor   *float64 `json:"factor"`
	Low      float64  `json:"low_freq_factor"`
	High     float64  `json:"high_freq_factor"`
	Original float64  `json:"original_max_position_embeddings"`
}

func (raw *rawRope) rope(theta float64) (Rope, error) {
	r := Rope{Theta: theta, Kind: "default"}
	if raw != nil {
		if raw.Theta != 0 {
			r.Theta = raw.Theta
		}
		if r.Kind = raw.Kind; r.Kind == "" {
			r.Kind = raw.Old
		}
		if raw.Factor != nil {
			r.Factor = *raw.Factor
		}
		r.Low, r.High, r.Original = raw.Low, raw.High, raw.Original
	}
	if r.Theta == 0 {
		r.Theta = 10000
	}
	switch {
	case !(r.Theta > 0) || math.IsInf(r.Theta, 0):
		return r, fmt.Errorf("rope_theta is %v", r.Theta)
	case r.Kind == "default":
		return r, nil
	case r.Kind != "linear" && r.Kind != "llama3":
		return r, fmt.Errorf("rope scaling %.40q is none of default, linear, llama3", r.Kind)
	case !(r.Factor >= 1):
		return r, fmt.Errorf("rope scaling: factor is %v", r.Factor)
	case r.Kind == "llama3" && !(r.Low > 0 && r.High > r.Low && r.Original > 0):
		return r, fmt.Errorf("rope scaling: frequency factors %v to %v of %v positions", r.Low, r.High, r.Original)
	}
	return r, nil
}

// frequencies is the turn of each pair of a head for one position. Source of llama3's form: _compute_llama3_parameters in
// modeling_rope_utils.py of transformers 4.51.
func (r Rope) frequencies(width int) []float32 {
	f := make([]float32, width/2)
	for k := range f {
		v := 1 / math.Pow(r.Theta, float64(2*k)/float64(width))
		switch r.Kind {
		case "linear":
			v /= r.Factor
		case "llama3":
			turns := r.Original * v / (2 * math.Pi) // over the positions of the first training
			switch {
			case turns < r.Low:
				v /= r.Factor
			case turns < r.High:
				smooth := (turns - r.Low) / (r.High - r.Low)
				v = (1-smooth)*v/r.Factor + smooth*v
			}
		}
		f[k] = float32(v)
	}
	return f
}

// Turns holds a row for each position: the cosines of all pairs of a head so wide, then their sines.
func (r Rope) Turns(width, positions int) nn.Matrix {
	f := r.frequencies(width)
	t := nn.Matrix{Data: make([]float32, positions*width), Rows: positions, Cols: width, Stride: width}
	for p := range positions {
		row := t.Row(p)
		for k, v := range f {
			sin, cos := math.Sincos(float64(float32(p) * v)) // the angle is rounded as the reference rounds it
			row[k], row[len(f)+k] = float32(cos), float32(sin)
		}
	}
	return t
}

// turn turns head x by a row of turns: pair k is x[k] and x[k+width/2].
func turn(set kernel.Set, x, by []float32) {
	half := len(x) / 2
	set.Turn(x[:half], x[half:], by[:half], by[half:len(x)])
}
