package train

import "merlon.dev/merlon/internal/nn/safetensors"

// Moments is what the optimiser has learnt about params, for safetensors.Write; with Steps it makes a run that was ended go on.
func (a *AdamW) Moments(params []*Param) []safetensors.Entry {
	var out []safetensors.Entry
	for _, p := range params {
		if p.first != nil {
			out = append(out, safetensors.Entry{Name: p.Name + ".first", Shape: p.Shape, Float32: p.first},
				safetensors.Entry{Name: p.Name + ".second", Shape: p.Shape, Float32: p.second})
		}
	}
	return out
}

// Steps is how many steps were taken.
func (a *AdamW) Steps() int { return a.steps }

// Resume goes on after steps with the moments of a file that Moments was written to.
func (a *AdamW) Resume(params []*Param, f *safetensors.File, steps int) error {
	for _, p := range params {
		if p.Frozen {
			continue
		}
		first, err := f.Float32s(p.Name + ".first")
		if err != nil {
			return err
		}
		second, err := f.Float32s(p.Name + ".second")
		if err != nil {
			return err
		}
		p.first, p.second = first, second
	}
	a.steps = steps
	return nil
}
