package nn

import "math"

// Quantised is int8 weights of a linear layer, Out x In. Output n is the sum over k of
// x[k]*Factor[k] * Data[n*In+k]*Scale[n]: Factor evens the inputs out before they are quantised, a row at a time.
type Quantised struct {
	Out, In int
	Data    []int8 // within [-127, 127]
	Scale   []float32
	Factor  []float32
}

// Quantise rounds weights, Out x In, to int8 with one scale for each output. peak is the largest magnitude that each input
// took on samples (Calibration collects it): large inputs are made smaller and their weights larger, by the square
// root of the ratio of the two, so that the largest input does not take the precision of the others (the method is
// SmoothQuant, arXiv 2211.10438, with its migration strength 0.5). A nil peak leaves the inputs as they are.
func Quantise(w Matrix, peak []float32) Quantised {
	q := Quantised{Out: w.Rows, In: w.Cols, Data: make([]int8, w.Rows*w.Cols), Scale: make([]float32, w.Rows), Factor: factors(w, peak)}
	row := make([]float32, w.Cols)
	for n := range w.Rows {
		var top float32
		for k, v := range w.Row(n) {
			row[k] = v / q.Factor[k]
			top = max(top, row[k], -row[k])
		}
		if top == 0 {
			top = 127
		}
		q.Scale[n] = top / 127
		for k, v := range row {
			q.Data[n*w.Cols+k] = int8(max(-127, min(127, math.RoundToEven(float64(v/q.Scale[n])))))
		}
	}
	return q
}

func factors(w Matrix, peak []float32) []float32 {
	f := make([]float32, w.Cols)
	for k := range f {
		f[k] = 1
		if peak == nil {
			continue
		}
		var top float32
		for n := range w.Rows {
			top = max(top, w.Row(n)[k], -w.Row(n)[k])
		}
		if top > 0 && peak[k] > 0 {
			f[k] = float32(math.Sqrt(float64(top) / float64(peak[k])))
		}
	}
	return f
}

// Calibration collects the largest magnitude of each input of a model's linear layers while it runs on samples. It
// serves one call at a time.
type Calibration struct {
	peaks map[string][]float32
}

// NewCalibration is an empty collection.
func NewCalibration() *Calibration { return &Calibration{map[string][]float32{}} }

// Observe adds the input rows of the layer of that name.
func (c *Calibration) Observe(layer string, x Matrix) {
	peak := c.peaks[layer]
	if peak == nil {
		peak = make([]float32, x.Cols)
		c.peaks[layer] = peak
	}
	for i := range x.Rows {
		for k, v := range x.Row(i) {
			peak[k] = max(peak[k], v, -v)
		}
	}
}

// Peak is the largest magnitude of each input of a layer, nil if none was observed or c is nil.
func (c *Calibration) Peak(layer string) []float32 {
	if c == nil {
		return nil
	}
	return c.peaks[layer]
}
