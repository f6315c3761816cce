package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

func detected() []Tier {
	var tiers []Tier
	x := &cpu.X86
	if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VNNI {
		tiers = append(tiers, AVX512)
	}
	if x.HasAVX2 && x.HasFMA {
		tiers = append(tiers, AVX2)
	}
	return tiers
}

func (s Set) gemmF32(g *gemmArgs, rows, blocks int) {
	switch s.tier {
	case AVX512:
		gemmF32AVX512(g, rows, blocks)
	case AVX2:
		gemmF32AVX2(g, rows, blocks)
	default:
		plainGemmF32(g, rows, blocks)
	}
}

func (s Set) gemmInt8(g *gemmArgs, rows, blocks int) {
	switch s.tier {
	case AVX512:
		gemmInt8AVX512(g, rows, blocks)
	case AVX2:
		gemmInt8AVX2(g, rows, blocks)
	default:
		plainGemmInt8(g, rows, blocks)
	}
}

func (s Set) add(dst, a, b *float32, n int) {
	switch s.tier {
	case AVX512:
		addAVX512(dst, a, b, n)
	case AVX2:
		addAVX2(dst, a, b, n)
	default:
		plainAdd(floatsAt(dst, n), floatsAt(a, n), floatsAt(b, n))
	}
}

func (s Set) scaleAdd(dst, a *float32, n int, scale float32) {
	switch s.tier {
	case AVX512:
		scaleAddAVX512(dst, a, n, scale)
	case AVX2:
		scaleAddAVX2(dst, a, n, scale)
	default:
		plainScaleAdd(floatsAt(dst, n), floatsAt(a, n), scale)
	}
}

func (s Set) gelu(dst, x *float32, n int) {
	switch s.tier {
	case AVX512:
		geluAVX512(dst, x, n)
	case AVX2:
		geluAVX2(dst, x, n)
	default:
		plainGELU(floatsAt(dst, n), floatsAt(x, n))
	}
}

func (s Set) geluGradient(dst, dy, x *float32, n int) {
	switch s.tier {
	case AVX512:
		geluGradientAVX512(dst, dy, x, n)
	case AVX2:
		geluGradientAVX2(dst, dy, x, n)
	default:
		plainGELUGradient(floatsAt(dst, n), floatsAt(dy, n), floatsAt(x, n))
	}
}

func (s Set) geluTanh(dst, x *float32, n int) {
	switch s.tier {
	case AVX512:
		geluTanhAVX512(dst, x, n)
	case AVX2:
		geluTanhAVX2(dst, x, n)
	default:
		plainGELUTanh(floatsAt(dst, n), floatsAt(x, n))
	}
}

func (s Set) softmax(x *float32, n, rows, step int, scale float32) {
	switch s.tier {
	case AVX512:
		softmaxAVX512(x, n, rows, step, scale)
	case AVX2:
		softmaxAVX2(x, n, rows, step, scale)
	default:
		plainSoftmaxRows(x, n, rows, step, scale)
	}
}

func (s Set) addNorm(dst, x, res, gamma, beta *float32, n int, size, eps float32) {
	switch s.tier {
	case AVX512:
		addNormAVX512(dst, x, res, gamma, beta, n, size, eps)
	case AVX2:
		addNormAVX2(dst, x, res, gamma, beta, n, size, eps)
	default:
		plainAddNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(res, n), floatsAt(gamma, n), floatsAt(beta, n), eps)
	}
}

func (s Set) rootNorm(dst, x, gamma *float32, n int, size, eps float32) {
	switch s.tier {
	case AVX512:
		rootNormAVX512(dst, x, gamma, n, size, eps)
	case AVX2:
		rootNormAVX2(dst, x, gamma, n, size, eps)
	default:
		plainRootNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(gamma, n), eps)
	}
}

func (s Set) swiGLU(dst, gate, up *float32, n int) {
	switch s.tier {
	case AVX512:
		swiGLUAVX512(dst, gate, up, n)
	case AVX2:
		swiGLUAVX2(dst, gate, up, n)
	default:
		plainSwiGLU(floatsAt(dst, n), floatsAt(gate, n), floatsAt(up, n))
	}
}

func (s Set) turn(low, high, cos, sin *float32, n int) {
	switch s.tier {
	case AVX512:
		turnAVX512(low, high, cos, sin, n)
	case AVX2:
		turnAVX2(low, high, cos, sin, n)
	default:
		plainTurn(floatsAt(low, n), floatsAt(high, n), floatsAt(cos, n), floatsAt(sin, n))
	}
}

func (s Set) quantise(dst *uint8, x, factor *float32, n int) float32 {
	switch s.tier {
	case AVX512:
		return quantiseAVX512(dst, x, factor, n)
	case AVX2:
		return quantiseAVX2(dst, x, factor, n)
	default:
		return plainQuantise(unsafe.Slice(dst, n), floatsAt(x, n), floatsAt(factor, n))
	}
}

// transpose writes the rows given as columns of a panel: 8 by 8 in assembly, the rest one by one.
func (s Set) transpose(panel []float32, width int, rows Matrix) {
	n, k := rows.Rows&^7, rows.Cols&^7
	if s.Tier() == Plain || n == 0 || k == 0 {
		plainTranspose(panel, width, rows)
		return
	}
	for j := 0; j < n; j += 8 {
		transpose8AVX2(&panel[j], width*4, &rows.Data[j*rows.Stride], rows.Stride*4, k)
	}
	if n < rows.Rows {
		plainTranspose(panel[n:], width, rows.Slice(n, rows.Rows))
	}
	if k < rows.Cols {
		plainTranspose(panel[k*width:], width, rows.Columns(k, rows.Cols).Slice(0, n))
	}
}
