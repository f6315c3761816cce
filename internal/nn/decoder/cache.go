package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// pageTokens is how many tokens of one sequence a page holds. It is a multiple of the kernels' lanes.
const pageTokens = 64

// page holds the keys and values of all layers and key heads for pageTokens tokens. While it fills, keys lie with a row for each value of the head and
// values with a row for each token; when it is full, both are put into panels once, so that later passes multiply with them as they are.
type page struct {
	data   []float32
	panels []kernel.Panels // keys and values of each layer and head, once the page is full
	full   bool
}

// cache is the pages of a session. What a sequence gives back is used again.
type cache struct {
	d       *Decoder
	free    []*page
	total   int // pages there may be
	made    int
	scratch []float32 // of fill
}

// places is how many keys and values a page holds: each layer and key head has one of both.
func (d *Decoder) places() int { return d.config.Layers * d.config.KeyHeads * 2 }

// placeLen is the room of one head's keys or values, in rows or in panels.
func (d *Decoder) placeLen() int {
	return max(d.set.PackedLen(d.config.HeadWidth, pageTokens), d.set.PackedLen(pageTokens, d.config.HeadWidth))
}

// take gives a page, or false where all are in use.
func (c *cache) take() (*page, bool) {
	if n := len(c.free); n > 0 {
		p := c.free[n-1]
		c.free, p.full = c.free[:n-1], false
		return p, true
	}
	if c.made == c.total {
		return nil, false
	}
	c.made++
	return &page{data: make([]float32, c.d.places()*c.d.placeLen()), panels: make([]kernel.Panels, c.d.places())}, true
}

// left is how many pages can be taken.
func (c *cache) left() int { return len(c.free) + c.total - c.made }

// keysAt and valuesAt number the places of a page.
func (d *Decoder) keysAt(layer, head int) int   { return 2 * (layer*d.config.KeyHeads + head) }
func (d *Decoder) valuesAt(layer, head int) int { return d.keysAt(layer, head) + 1 }

// rows is one place of a page that is not full: HeadWidth x pageTokens for keys, the other way round for values.
func (d *Decoder) rows(p *page, place int) nn.Matrix {
	n, width := d.placeLen(), d.config.HeadWidth
	if place%2 == 0 {
		return kernel.Of(p.data[place*n:], width, pageTokens)
	}
	return kernel.Of(p.data[place*n:], pageTokens, width)
}

// fill puts a page that is full into panels.
func (c *cache) fill(p *page) {
	d, n := c.d, c.d.placeLen()
	if c.scratch == nil {
		c.scratch = make([]float32, n)
	}
	for place := range p.panels {
		rows := d.rows(p, place)
		copy(c.scratch, rows.Data)
		p.panels[place] = d.set.Pack(p.data[place*n:(place+1)*n], kernel.Of(c.scratch, rows.Rows, rows.Cols))
	}
	p.full = true
}

// panels is one place of a page as a right-hand side, made in scratch unless the page is full. n is how many tokens of it count for values.
func (d *Decoder) panels(p *page, place, n int, scratch []float32) kernel.Panels {
	if p.full {
		return p.panels[place]
	}
	rows := d.rows(p, place)
	if place%2 == 1 {
		rows = rows.Slice(0, n)
	}
	return d.set.Pack(scratch, rows)
}

// Sequence is the place of one text in a session: how many of its tokens were run, and their pages. It belongs to the goroutine that uses the
// session.
type Sequence struct {
	pages  []*page // the first of them holds token first*pageTokens
	first  int
	tokens int
}

// Len is the number of tokens that were run.
func (s *Sequence) Len() int { return s.tokens }

// page is the page that holds a token.
func (s *Sequence) page(token int) *page { return s.pages[token/pageTokens-s.first] }

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

// advance notes that n tokens more were run, and fills the pages that they completed.
func (s *Sequence) advance(c *cache, n int) {
	before := s.tokens / pageTokens
	s.tokens += n
	for i := before; i < s.tokens/pageTokens; i++ {
		c.fill(s.pages[i-s.first])
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
