// Package peak measures what one core can do at most, so that benchmarks of the kernels can say what part of it they reach.
package peak

import "time"

// Rate is operations per second (a multiply-add is two) of the best of several short runs of a loop on registers.
type Rate float64

// Loop is one measuring loop: Run does N rounds, each of Ops operations.
type Loop struct {
	Run func(n int)
	Ops int
}

// Measure runs the loop for about a millisecond, five times, and takes the best.
func (l Loop) Measure() Rate {
	const rounds = 50000
	var best Rate
	for range 5 {
		begin := time.Now()
		l.Run(rounds)
		best = max(best, Rate(float64(rounds*l.Ops)/time.Since(begin).Seconds()))
	}
	return best
}
