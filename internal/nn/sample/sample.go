// Package sample picks the next token from logits, and finds where a text has to stop.
package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
)

// Config says how tokens are picked. The zero value takes the most likely one, always.
type Config struct {
	Temperature float64 // by which logits are divided; 0 takes the most likely token
	TopK        int     // only the TopK most likely tokens; 0 for all
	TopP        float64 // only the most likely tokens whose probabilities reach TopP together; 0 or 1 for all
	MinP        float64 // only tokens at least MinP times as likely as the first; 0 for all
	Repetition  float64 // logits of tokens that were there are divided by it where positive and multiplied where negative; 0 or 1 for none
	Seed        uint64  // equal seeds give equal picks
}

// Check gives an error that names the value that is out of range.
func (c Config) Check() error {
	switch {
	case !(c.Temperature >= 0 && c.Temperature <= 100):
		return fmt.Errorf("temperature %v is not between 0 and 100", c.Temperature)
	case c.TopK < 0:
		return fmt.Errorf("top-k %d is less than 0", c.TopK)
	case !(c.TopP >= 0 && c.TopP <= 1):
		return fmt.Errorf("top-p %v is not between 0 and 1", c.TopP)
	case !(c.MinP >= 0 && c.MinP <= 1):
		return fmt.Errorf("min-p %v is not between 0 and 1", c.MinP)
	case c.Repetition != 0 && !(c.Repetition > 0 && c.Repetition <= 100):
		return fmt.Errorf("repetition penalty %v is not above 0 and at most 100", c.Repetition)
	}
	return nil
}

// Sampler picks the tokens of one text. It belongs to one goroutine; it allocates nothing once it has grown.
type Sampler struct {
	config Config
	random *rand.Rand
	seen   map[int32]bool
	top    float32     // the highest logit
	near   []candidate // those that may be kept; a heap where they are kept by rank
	kept   []candidate
}

type candidate struct {
	id    int32
	logit float32
}

// compare orders the more likely before, and of equals the lower id, so that picks do not depend on a sort.
func (a candidate) compare(b candidate) int {
	return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id))
}

// New makes a sampler with a valid Config.
func New(c Config) *Sampler {
	return &Sampler{config: c, random: rand.New(rand.NewPCG(c.Seed, c.Seed^0x9e3779b97f4a7c15)), seen: map[int32]bool{}}
}

// Seen notes a token of the text, for the repetition penalty. Pick notes what it picks.
func (s *Sampler) Seen(id int32) {
	if s.penalised() {
		s.seen[id] = true
	}
}

func (s *Sampler) penalised() bool { return s.config.Repetition != 0 && s.config.Repetition != 1 }

// Pick picks a token. It overwrites logits where tokens were seen and repetition is penalised. A logit that is no number is never picked, unless
// all are: then the pick is 0.
func (s *Sampler) Pick(logits []float32) int32 {
	if s.penalised() {
		p := float32(s.config.Repetition)
		for id := range s.seen {
			if v := &logits[id]; *v > 0 {
				*v /= p
			} else {
				*v *= p
			}
		}
	}
	id := s.pick(logits)
	s.Seen(id)
	return id
}

func (s *Sampler) pick(logits []float32) int32 {
	if s.config.Temperature == 0 || s.config.TopK == 1 {
		best, at := float32(math.Inf(-1)), 0
		for i, v := range logits {
			if v > best {
				best, at = v, i
			}
		}
		return int32(at)
	}
	s.keep(logits)
	if len(s.kept) == 0 {
		return 0
	}
	var sum float64
	for _, c := range s.kept {
		sum += s.weight(c)
	}
	target := s.random.Float64() * sum
	for _, c := range s.kept {
		if target -= s.weight(c); target < 0 {
			return c.id
		}
	}
	return s.kept[len(s.kept)-1].id
}

// weight is a candidate's probability over that of the most likely token.
func (s *Sampler) weight(c candidate) float64 {
	return math.Exp(float64(c.logit-s.top) / s.config.Temperature)
}

// negligible is the probability, over that of the most likely token, below which tokens are not considered: all of a million together are less likely
// than what float32 can tell from nothing.
const negligible = 1e-14

// keep leaves in kept the tokens to pick from. Only as many are put in order as are kept by rank, so that a large vocabulary takes little more than one
// look at each logit.
func (s *Sampler) keep(logits []float32) {
	c := s.config
	s.top = float32(math.Inf(-1))
	for _, v := range logits {
		if v > s.top { // false for NaN
			s.top = v
		}
	}
	floor := float64(s.top) + math.Log(max(negligible, c.MinP))*c.Temperature
	s.near, s.kept = s.near[:0], s.kept[:0]
	var whole float64 // of all probabilities, over that of the first
	for i, v := range logits {
		if float64(v) >= floor {
			one := candidate{int32(i), v}
			s.near = append(s.near, one)
			whole += s.weight(one)
		}
	}
	if c.TopK == 0 && (c.TopP == 0 || c.TopP == 1) {
		s.kept = append(s.kept, s.near...)
		return
	}
	for i := len(s.near)/2 - 1; i >= 0; i-- {
		s.sink(i)
	}
	var reached float64
	share := c.TopP * whole
	if c.TopK > 0 && c.TopK < len(s.near) || c.TopP == 0 {
		share = math.Inf(1) // known only when TopK tokens are
	}
	for len(s.near) > 0 && (c.TopK == 0 || len(s.kept) < c.TopK) && reached < share {
		one := s.near[0]
		last := len(s.near) - 1
		s.near[0], s.near = s.near[last], s.near[:last]
		s.sink(0)
		s.kept = append(s.kept, one)
		reached += s.weight(one)
	}
	if c.TopP == 0 || !math.IsInf(share, 1) {
		return
	}
	share, whole = c.TopP*reached, 0
	for i, one := range s.kept {
		if whole += s.weight(one); whole >= share {
			s.kept = s.kept[:i+1]
			return
		}
	}
}

// sink restores the heap near below i.
func (s *Sampler) sink(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(s.near); child++ {
			if s.near[child].compare(s.near[first]) < 0 {
				first = child
			}
		}
		if first == i {
			return
		}
		s.near[i], s.near[first] = s.near[first], s.near[i]
		i = first
	}
}
