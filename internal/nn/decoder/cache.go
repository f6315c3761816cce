package decoder

import "merlon.dev/merlon/internal/nn/kernel"

// pageTokens is how many tokens of one sequence a page holds. It is a multiple of the kernels' lanes.
const pageTokens = 64

// page holds the keys and values of all layers and key heads for pageTokens tokens, as right-hand sides of products: keys are HeadWidth x pageTokens,
// values the other way round.
type page []kernel.Panels

// cache is the pages of a session. What a sequence gives back is used again.
type cache struct {
	d     *Decoder
	free  []page
	total int // pages there may be
	made  int
}

// places is how many keys and values a page holds: each layer and key head has one of both.
func (d *Decoder) places() int { return d.config.Layers * d.config.KeyHeads * 2 }

// placeLen is the room of one head's keys or values.
func (d *Decoder) placeLen() int {
	return max(d.set.PackedLen(d.config.HeadWidth, pageTokens), d.set.PackedLen(pageTokens, d.config.HeadWidth))
}

// take gives a page, or false where all are in use. What it holds is of a sequence that was.
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
	return c.d.newPage(), true
}

func (d *Decoder) newPage() page {
	p, n, width := make(page, d.places()), d.placeLen(), d.config.HeadWidth
	data := make([]float32, len(p)*n)
	for i := range p {
		rows, columns := width, pageTokens
		if i%2 == 1 {
			rows, columns = columns, rows
		}
		p[i] = d.set.Lay(data[i*n:(i+1)*n], rows, columns)
	}
	return p
}

// left is how many pages can be taken.
func (c *cache) left() int { return len(c.free) + c.total - c.made }

// keysAt and valuesAt number the places of a page.
func (d *Decoder) keysAt(layer, head int) int   { return 2 * (layer*d.config.KeyHeads + head) }
func (d *Decoder) valuesAt(layer, head int) int { return d.keysAt(layer, head) + 1 }

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
