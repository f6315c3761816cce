package nn

import "math"

// Quantised is int8 weights, Out x In: element (n, k) is Data[n*In+k] * Scale[n], Data within [-127, 127].
type Quantised struct {
	Out, In int
	Data    []int8
	Scale   []float32
}

// Quantise rounds weights, Out x In, to int8 with one scale for each output. square says how large each of the In inputs
// usually is, as its mean square (Calibration collects it): the scale is then chosen to keep the layer's output near,
// and may cut off single large weights. A nil square takes all inputs as equal.
func Quantise(w Matrix, square []float32) Quantised {
	q := Quantised{Out: w.Rows, In: w.Cols, Data: make([]int8, w.Rows*w.Cols), Scale: make([]float32, w.Rows)}
	for n := range w.Rows {
		row := w.Row(n)
		var top float64
		for _, v := range row {
			top = max(top, math.Abs(float64(v)))
		}
		q.Scale[n] = bestScale(row, square, top)
		for k, v := range row {
			q.Data[n*w.Cols+k] = round(v, q.Scale[n])
		}
	}
	return q
}

// bestScale tries scales down to 70 % of what the largest weight asks for and keeps the one with the least error.
func bestScale(row, square []float32, top float64) float32 {
	if top == 0 {
		return 1
	}
	best, least := float32(0), math.Inf(1)
	for step := range 31 {
		scale := float32(top / 127 * (1 - 0.01*float64(step)))
		var off float64
		for k, v := range row {
			d := float64(v) - float64(round(v, scale))*float64(scale)
			if square != nil {
				d *= math.Sqrt(float64(square[k]))
			}
			off += d * d
		}
		if off < least {
			best, least = scale, off
		}
	}
	return best
}

func round(v, scale float32) int8 {
	return int8(max(-127, min(127, math.RoundToEven(float64(v)/float64(scale)))))
}

// Calibration collects the mean square of each input of the linear layers of a model while it runs on samples. It
// serves one call at a time.
type Calibration struct {
	sums map[string][]float64
	rows map[string]int
}

// NewCalibration is an empty collection.
func NewCalibration() *Calibration {
	return &Calibration{sums: map[string][]float64{}, rows: map[string]int{}}
}

// Observe adds the input rows of the layer of that name.
func (c *Calibration) Observe(layer string, x Matrix) {
	sums := c.sums[layer]
	if sums == nil {
		sums = make([]float64, x.Cols)
		c.sums[layer] = sums
	}
	for i := range x.Rows {
		for k, v := range x.Row(i) {
			sums[k] += float64(v) * float64(v)
		}
	}
	c.rows[layer] += x.Rows
}

// Square is the mean square of each input of a layer, nil if none was observed or c is nil.
func (c *Calibration) Square(layer string) []float32 {
	if c == nil || c.rows[layer] == 0 {
		return nil
	}
	mean := make([]float32, len(c.sums[layer]))
	for k, v := range c.sums[layer] {
		mean[k] = float32(v / float64(c.rows[layer]))
	}
	return mean
}
