package eval

import "math"

// bins is how many forecasts of like size are put together: 0 to 10 %, 10 to 20 %, and so on.
const bins = 10

// Bin is the rows of which the forecast was about the same, and the share of them that has the label.
type Bin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Rows      int     `json:"rows"`
	Positives int     `json:"positives"`
	Forecast  float64 `json:"forecast"` // mean
	Share     float64 `json:"share"`
	Low       float64 `json:"low"` // 95 % interval of the share (Wilson)
	High      float64 `json:"high"`
}

// binOf is the bin of a forecast; 1 is in the last.
func binOf(forecast float64) int { return min(int(forecast*bins), bins-1) }

// misforecast gives the Brier score, the mean square of what the forecast is off, and the expected calibration error, the mean distance
// of forecast and share over the bins. Both are NaN where a forecast is missing.
func misforecast(samples []sample, weight []int) (square, distance float64) {
	var off [bins]float64 // sum of forecasts less the positives
	var total float64
	for _, s := range samples {
		if math.IsNaN(s.forecast) {
			return math.NaN(), math.NaN()
		}
		miss, w := s.forecast, float64(weight[s.at])
		if s.positive {
			miss--
		}
		total += w
		square += w * miss * miss
		off[binOf(s.forecast)] += w * miss
	}
	for _, o := range off {
		distance += math.Abs(o)
	}
	return square / total, distance / total
}

// reliability gives the bins that hold a row, or nil where a forecast is missing.
func reliability(samples []sample) []Bin {
	var all [bins]Bin
	for _, s := range samples {
		if math.IsNaN(s.forecast) {
			return nil
		}
		b := &all[binOf(s.forecast)]
		b.Rows++
		b.Forecast += s.forecast
		if s.positive {
			b.Positives++
		}
	}
	var out []Bin
	for i, b := range all {
		if b.Rows == 0 {
			continue
		}
		b.From, b.To = float64(i)/bins, float64(i+1)/bins
		b.Forecast /= float64(b.Rows)
		b.Share = float64(b.Positives) / float64(b.Rows)
		b.Low, b.High = wilson(b.Share, float64(b.Rows))
		out = append(out, b)
	}
	return out
}

// wilson is the 95 % score interval of a share of n (E. B. Wilson, 1927).
func wilson(share, n float64) (low, high float64) {
	const z = 1.959964
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return max(middle-half, 0), min(middle+half, 1)
}
