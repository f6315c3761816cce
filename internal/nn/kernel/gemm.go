package kernel

import "unsafe"

// Panels is the right-hand side of a product, K x N, cut into panels of as many columns as the set's tiles are wide.
// It belongs to the tier that packed it.
type Panels struct {
	K, N  int
	width int
	pitch int // steps of K from a panel to the next
	data  []float32
}

// Whole is the same panels with the columns that fill the last one, which are zero.
func (p Panels) Whole() Panels {
	p.N = len(p.data) / p.pitch
	return p
}

// Columns is the view of columns [from, to); from is the first of a panel.
func (p Panels) Columns(from, to int) Panels {
	must(from%p.width == 0 && from <= to && to <= p.N, "columns begin with a panel")
	p.data, p.N = p.data[from*p.pitch:(to+p.width-1)/p.width*p.width*p.pitch], to-from
	return p
}

// Top is the view of the first k rows.
func (p Panels) Top(k int) Panels {
	must(0 < k && k <= p.K, "panels hold the rows of a view")
	p.K = k
	return p
}

// SetRow writes row i, all columns of it.
func (p Panels) SetRow(i int, values []float32) {
	must(i < p.K && len(values) == p.N, "SetRow takes a row")
	for at := 0; at < p.N; at += p.width {
		copy(p.data[at*p.pitch+i*p.width:][:p.width], values[at:])
	}
}

// SetColumn writes column j, all rows of it.
func (p Panels) SetColumn(j int, values []float32) {
	must(j < p.N && len(values) == p.K, "SetColumn takes a column")
	panel := p.data[j/p.width*p.width*p.pitch+j%p.width:]
	for i, v := range values {
		panel[i*p.width] = v
	}
}

// Lay lays K x N in panels over dst, which holds PackedLen floats; they keep what dst holds, in the order of panels.
func (s Set) Lay(dst []float32, k, n int) Panels {
	return Panels{k, n, s.shape().width, k, dst[:s.PackedLen(k, n)]}
}

// First is the panels of the first n columns, at most N.
func (p Panels) First(n int) Panels {
	must(n <= p.N, "there are no more columns")
	p.N = n
	return p
}

// gemmArgs is what the assembly reads; tools/kernelgen mirrors the offsets. Strides are in bytes. An f32 product starts
// from init: the bias (ldi 0), or what earlier steps of K left in c (ldi ldc); the others are for int8.
type gemmArgs struct {
	a                        unsafe.Pointer
	lda                      int
	b, c                     unsafe.Pointer
	ldc                      int
	init                     unsafe.Pointer
	ldi                      int
	k                        int
	rowScale, colScale, bias unsafe.Pointer
	next                     int // from this panel to the next, for prefetching
}

// noBias is what a product without a bias starts from; nothing writes it.
var noBias [maxWidth]float32

// depth is how much of K one pass takes, so that a tile's rows of A stay in the nearest cache.
const depth = 384

// PackedLen is the number of floats that K x N takes in panels.
func (s Set) PackedLen(k, n int) int { return s.Padded(n) * k }

// Padded rounds a number of columns up to whole panels.
func (s Set) Padded(n int) int {
	w := s.shape().width
	return (n + w - 1) / w * w
}

// Pack cuts b, K x N, into panels that lie in dst, which holds PackedLen floats.
func (s Set) Pack(dst []float32, b Matrix) Panels {
	b.check()
	w, k, n := s.shape().width, b.Rows, b.Cols
	dst = dst[:s.PackedLen(k, n)]
	for p := 0; p < n; p += w {
		used := min(w, n-p)
		for i := range k {
			row := dst[p*k+i*w : p*k+(i+1)*w]
			copy(row, b.Data[i*b.Stride+p:i*b.Stride+p+used])
			clear(row[used:])
		}
	}
	return Panels{k, n, w, k, dst}
}

// PackTransposed cuts the transpose of b into panels: b is N x K, as the weights of a linear layer are stored.
func (s Set) PackTransposed(dst []float32, b Matrix) Panels {
	b.check()
	w, n, k := s.shape().width, b.Rows, b.Cols
	dst = dst[:s.PackedLen(k, n)]
	for p := 0; p < n; p += w {
		panel := dst[p*k : (p+w)*k]
		used := min(w, n-p)
		if used < w {
			clear(panel)
		}
		s.transpose(panel, w, b.Slice(p, p+used))
	}
	return Panels{k, n, w, k, dst}
}

// MatMul is c = a*b + bias. A nil bias is zero; otherwise it is padded to whole panels. c may be a view, but not of a.
func (s Set) MatMul(c, a Matrix, b Panels, bias []float32) {
	c.check()
	a.check()
	must(a.Cols == b.K && c.Cols == b.N && a.Rows == c.Rows, "MatMul takes (M x K) * (K x N) = (M x N)")
	must(bias == nil || len(bias) >= s.Padded(b.N), "a bias is padded to whole panels")
	if a.Rows == 0 || b.N == 0 {
		return
	}
	s.product(c, a, b, bias, false)
}

// MatMulAdd is c += a*b, otherwise like MatMul: the chain of multiply-adds starts from what c holds.
func (s Set) MatMulAdd(c, a Matrix, b Panels) {
	c.check()
	a.check()
	must(a.Cols == b.K && c.Cols == b.N && a.Rows == c.Rows, "MatMulAdd takes (M x K) * (K x N) = (M x N)")
	if a.Rows > 0 && b.N > 0 {
		s.product(c, a, b, nil, true)
	}
}

func (s Set) product(c, a Matrix, b Panels, bias []float32, more bool) {
	width := s.shape().width
	must(b.K > 0 && b.width == width, "panels are of the tier that packed them, and not empty")
	whole := b.N / width * width
	s.wholePanels(c, a, b, bias, whole, more)
	if whole < b.N {
		s.lastPanel(c, a, b, bias, whole, more)
	}
}

// wholePanels does the columns before whole, depth steps of K at a time.
func (s Set) wholePanels(c, a Matrix, b Panels, bias []float32, whole int, more bool) {
	width := s.shape().width
	for k := 0; k < b.K; k += depth {
		for p := 0; p < whole; p += width {
			g := gemmArgs{
				a: unsafe.Pointer(&a.Data[k]), lda: a.Stride * 4, b: unsafe.Pointer(&b.data[p*b.pitch+k*width]),
				c: unsafe.Pointer(&c.Data[p]), ldc: c.Stride * 4, init: unsafe.Pointer(&noBias), k: min(depth, b.K-k),
				next: b.pitch * width * 4,
			}
			switch {
			case more || k > 0:
				g.init, g.ldi = g.c, g.ldc
			case bias != nil:
				g.init = unsafe.Pointer(&bias[p])
			}
			s.floatTiles(&g, a.Rows)
		}
	}
}

// lastPanel does the columns that do not fill a panel, by way of a tile of its own.
func (s Set) lastPanel(c, a Matrix, b Panels, bias []float32, from int, more bool) {
	var tile [maxRows * maxWidth]float32
	sh := s.shape()
	for i := 0; i < a.Rows; i += sh.rows {
		rows := min(sh.rows, a.Rows-i)
		g := gemmArgs{
			a: unsafe.Pointer(&a.Data[i*a.Stride]), lda: a.Stride * 4, b: unsafe.Pointer(&b.data[from*b.pitch]),
			c: unsafe.Pointer(&tile), ldc: sh.width * 4, init: unsafe.Pointer(&noBias), k: b.K,
		}
		if bias != nil {
			g.init = unsafe.Pointer(&bias[from])
		}
		if more {
			for r := range rows {
				copy(tile[r*sh.width:], c.Row(i + r)[from:])
			}
			g.init, g.ldi = g.c, g.ldc
		}
		s.gemmF32(&g, rows, 1)
		for r := range rows {
			copy(c.Row(i + r)[from:], tile[r*sh.width:])
		}
	}
}

// floatTiles runs one panel over all rows, in tiles of heights that differ by one at most.
func (s Set) floatTiles(g *gemmArgs, rows int) {
	tall, talls, shorts := split(rows, s.shape().rows)
	s.gemmF32(g, tall, talls)
	if shorts > 0 {
		done := tall * talls
		g.a, g.c = unsafe.Add(g.a, done*g.lda), unsafe.Add(g.c, done*g.ldc)
		g.init = unsafe.Add(g.init, done*g.ldi)
		s.gemmF32(g, tall-1, shorts)
	}
}

// split cuts rows into tiles of height tall and tall-1, as few as the tallest allows.
func split(rows, tallest int) (tall, talls, shorts int) {
	blocks := (rows + tallest - 1) / tallest
	tall = (rows + blocks - 1) / blocks
	shorts = tall*blocks - rows
	return tall, blocks - shorts, shorts
}
