package decoder

import (
	"iter"
	"sync/atomic"
)

// deal shares out the pieces of one step. Each worker has a run of its own, since weights that lie one after another are read fastest, and
// takes from the others' runs when that is done. It takes much at first and little at the end, so that all end at about the same time.
type deal []hand

// hand is how many pieces of a worker's run are taken. It has a cache line of its own.
type hand struct {
	taken atomic.Int64
	_     [56]byte
}

// reset readies the deal for so many workers.
func (d *deal) reset(workers int) {
	if len(*d) != workers {
		*d = make(deal, workers)
	}
	for i := range *d {
		(*d)[i].taken.Store(0)
	}
}

// pieces gives the pieces [from, to) out of n that the worker is to do.
func (w worker) pieces(n int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		workers := len(*w.deal)
		for k := range workers {
			owner := (w.part + k) % workers
			first, end := n*owner/workers, n*(owner+1)/workers
			taken := &(*w.deal)[owner].taken
			for {
				at := taken.Load()
				left := int64(end-first) - at
				if left <= 0 {
					break
				}
				size := max(1, left/4)
				if !taken.CompareAndSwap(at, at+size) {
					continue
				}
				if from := first + int(at); !yield(from, from+int(size)) {
					return
				}
			}
		}
	}
}
