package kernel

import (
	"math"
	"unsafe"
)

// Weights is the int8 right-hand side of a product, K x N, in panels of the tier that packed it: the value of element
// (k, n) is an integer in [-127, 127] times a scale of its column.
type Weights struct {
	K, N  int
	by    shape // of the tier that packed it
	data  []int8
	scale []float32
	bias  []float32
	start []int32 // where sums begin: minus 128 times the column sums, since activations carry an offset of 128
}

// PackInt8 packs q, N x K as linear layers are stored, with one scale and one bias for each of the N columns; a nil bias
// is zero. K is a positive multiple of Lanes and no element is -128.
func (s Set) PackInt8(q []int8, n, k int, scale, bias []float32) Weights {
	must(k > 0 && k%Lanes == 0 && len(q) == n*k && len(scale) == n && (bias == nil || len(bias) == n), "PackInt8 takes N x K weights with N scales")
	padded, width, group := s.Padded(n), s.shape().width, s.shape().group
	w := Weights{
		K: k, N: n, by: s.shape(), data: make([]int8, padded*k), scale: make([]float32, padded), bias: make([]float32, padded),
		start: make([]int32, padded),
	}
	copy(w.scale, scale)
	copy(w.bias, bias)
	for j := range n { // a panel has width columns; of each in turn, group elements after one another
		panel, row := w.data[j/width*width*k+j%width*group:], q[j*k:(j+1)*k]
		for i := 0; i < k; i += group {
			copy(panel[i*width:i*width+group], row[i:])
		}
		for _, v := range row {
			must(v != math.MinInt8, "a weight is at least -127")
			w.start[j] -= 128 * int32(v)
		}
	}
	return w
}

// Columns is the view of columns [from, to); from is the first of a panel.
func (w Weights) Columns(from, to int) Weights {
	must(from%w.by.width == 0 && from <= to && to <= w.N, "columns begin with a panel")
	whole := (to + w.by.width - 1) / w.by.width * w.by.width
	w.data, w.scale, w.bias, w.start = w.data[from*w.K:whole*w.K], w.scale[from:whole], w.bias[from:whole], w.start[from:whole]
	w.N = to - from
	return w
}

// Quantise multiplies each row of x by factor, element by element, and rounds it to int8 with one scale for the row,
// max|x*factor|/127, into dst. Cols is a multiple of Lanes.
func (s Set) Quantise(dst Bytes, x Matrix, factor []float32) {
	x.check()
	must(dst.Rows == x.Rows && dst.Cols == x.Cols && len(factor) == x.Cols, "Quantise keeps the shape")
	stride := dst.Cols * s.shape().size
	for i := range x.Rows {
		dst.Scale[i] = s.quantise(&dst.data[i*stride], span(x.Row(i)), &factor[0], x.Cols)
	}
}

// MatMulInt8 is c = a*w + bias. The integer sums are exact, and scaling rounds alike on every tier.
func (s Set) MatMulInt8(c Matrix, a Bytes, w Weights) {
	c.check()
	must(a.Cols == w.K && c.Cols == w.N && a.Rows == c.Rows, "MatMulInt8 takes (M x K) * (K x N) = (M x N)")
	if a.Rows == 0 {
		return
	}
	sh := s.shape()
	must(w.by == sh, "weights are of the tier that packed them")
	for p := 0; p < w.N; p += sh.width {
		g := gemmArgs{
			a: unsafe.Pointer(&a.data[0]), lda: a.Cols * sh.size, b: unsafe.Pointer(&w.data[p*w.K]), c: unsafe.Pointer(&c.Data[p]), ldc: c.Stride * 4,
			init: unsafe.Pointer(&w.start[p]), k: w.K / sh.group,
			rowScale: unsafe.Pointer(&a.Scale[0]), colScale: unsafe.Pointer(&w.scale[p]), bias: unsafe.Pointer(&w.bias[p]),
			next: w.K * sh.width,
		}
		if p+sh.width <= w.N {
			s.int8Tiles(&g, a.Rows)
		} else {
			s.lastInt8(c, g, p)
		}
	}
}

// lastInt8 does the columns that do not fill a panel, by way of a tile of its own.
func (s Set) lastInt8(c Matrix, g gemmArgs, from int) {
	var tile [maxRows * maxWidth]float32
	sh := s.shape()
	g.c, g.ldc = unsafe.Pointer(&tile), sh.width*4
	for i := 0; i < c.Rows; i += sh.int8Rows {
		rows := min(sh.int8Rows, c.Rows-i)
		at := g
		at.a, at.rowScale = unsafe.Add(g.a, i*g.lda), unsafe.Add(g.rowScale, i*4)
		s.gemmInt8(&at, rows, 1)
		for r := range rows {
			copy(c.Row(i + r)[from:], tile[r*sh.width:])
		}
	}
}

// int8Tiles runs one panel over all rows.
func (s Set) int8Tiles(g *gemmArgs, rows int) {
	tall, talls, shorts := split(rows, s.shape().int8Rows)
	s.gemmInt8(g, tall, talls)
	if shorts > 0 {
		done := tall * talls
		g.a, g.c, g.rowScale = unsafe.Add(g.a, done*g.lda), unsafe.Add(g.c, done*g.ldc), unsafe.Add(g.rowScale, done*4)
		s.gemmInt8(g, tall-1, shorts)
	}
}
