package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// pageTokens is how many tokens of one sequence a page holds. It is a multiple of the kernels' lanes.
const pageTokens = 64

// page holds the keys and values of all layers and key heads for pageTokens tokens. Keys lie with a row for each value of the head, so that a
// product with queries reads whole rows; values lie with a row for each token.
type page []float32

// cache is the pages of a session. What a sequence gives back is used again.
type cache struct {
	d     *Decoder
	free  []page
	total int // pages there may be
	made  int
}

func (c *cache) pageLen() int {
	k := c.d.config
	return k.Layers * k.KeyHeads * 2 * k.HeadWidth * pageTokens
}

// take gives a page, or false where all are in use.
func (c *cache) take() (page, bool) {
	if n := len(c.free); n > 0 {
		p := c.free[n-1]
		c.free = c.free[:n-1]
		return p, true
	}
	if c.made == c.total {
		return nil, false
	}
	c.made++
	return make(page, c.pageLen()), true
}

// left is how many pages can be taken.
func (c *cache) left() int { return len(c.free) + c.total - c.made }

// keys is one head's keys in one layer, HeadWidth x pageTokens.
func (d *Decoder) keys(p page, layer, head int) nn.Matrix {
	n := d.config.HeadWidth * pageTokens
	at := (layer*d.config.KeyHeads + head) * 2 * n
	return kernel.Of(p[at:at+n], d.config.HeadWidth, pageTokens)
}

// values is one head's values in one layer, pageTokens x HeadWidth.
func (d *Decoder) values(p page, layer, head int) nn.Matrix {
	n := d.config.HeadWidth * pageTokens
	at := (layer*d.config.KeyHeads+head)*2*n + n
	return kernel.Of(p[at:at+n], pageTokens, d.config.HeadWidth)
}

// Sequence is the place of one text in a session: how many of its tokens were run, and their pages. It belongs to the goroutine that uses the
// session.
type Sequence struct {
	pages  []page // the first of them holds token first*pageTokens
	first  int
	tokens int
}

// Len is the number of tokens that were run.
func (s *Sequence) Len() int { return s.tokens }

// page is the page that holds a token.
func (s *Sequence) page(token int) page { return s.pages[token/pageTokens-s.first] }

// wanted is how many pages have to be taken before n tokens more are run.
func (s *Sequence) wanted(n int) int {
	return max(0, (s.tokens+n+pageTokens-1)/pageTokens-s.first-len(s.pages))
}

// grow takes the pages for n tokens more; the cache has them.
func (s *Sequence) grow(c *cache, n int) {
	for range s.wanted(n) {
		p, ok := c.take()
		if !ok {
			panic("decoder: a cache has fewer pages than it said")
		}
		s.pages = append(s.pages, p)
	}
}

// forget gives back the pages that a window has left behind.
func (s *Sequence) forget(c *cache, window int) {
	if window == 0 {
		return
	}
	n := max(0, (s.tokens-window+1)/pageTokens-s.first)
	if n == 0 {
		return
	}
	c.free = append(c.free, s.pages[:n]...)
	s.pages = append(s.pages[:0], s.pages[n:]...)
	s.first += n
}

// drop gives all pages back.
func (s *Sequence) drop(c *cache) {
	c.free = append(c.free, s.pages...)
	s.pages, s.first, s.tokens = s.pages[:0], 0, 0
}
