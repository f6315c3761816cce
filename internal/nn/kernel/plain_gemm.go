package kernel

import "unsafe"

// The plain kernels do what the assembly does, one value at a time; tests hold every tier against them.

const plainWidth = 8

func row[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }

func plainGemmF32(g *gemmArgs, rows, blocks int) {
	for r := range rows * blocks {
		a := row[float32](unsafe.Add(g.a, r*g.lda), g.k)
		c := row[float32](unsafe.Add(g.c, r*g.ldc), plainWidth)
		b := row[float32](g.b, g.k*plainWidth)
		sum := [plainWidth]float32(row[float32](unsafe.Add(g.init, r*g.ldi), plainWidth))
		for k, x := range a {
			y := b[k*plainWidth : (k+1)*plainWidth]
			for j := range sum {
				sum[j] += float32(x * y[j])
			}
		}
		copy(c, sum[:])
	}
}

func plainGemmInt8(g *gemmArgs, rows, blocks int) {
	rowScale := row[float32](g.rowScale, rows*blocks)
	colScale, bias := row[float32](g.colScale, plainWidth), row[float32](g.bias, plainWidth)
	b := row[int8](g.b, g.k*4*plainWidth)
	for r, scale := range rowScale {
		a := row[uint8](unsafe.Add(g.a, r*g.lda), g.k*4)
		c := row[float32](unsafe.Add(g.c, r*g.ldc), plainWidth)
		sum := [plainWidth]int32(row[int32](g.init, plainWidth))
		for k, x := range a {
			y := b[k/4*4*plainWidth+k%4:]
			for j := range sum {
				sum[j] += int32(x) * int32(y[j*4])
			}
		}
		for j, v := range sum {
			c[j] = float32(float32(float32(v)*scale)*colScale[j]) + bias[j]
		}
	}
}

func plainTranspose(panel []float32, width int, rows Matrix) {
	for j := range rows.Rows {
		for k, v := range rows.Row(j) {
			panel[k*width+j] = v
		}
	}
}
