package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

func detected() []Tier {
	var tiers []Tier
	if cpu.ARM64.HasASIMDDP {
		tiers = append(tiers, NEONDot)
	}
	if cpu.ARM64.HasASIMD {
		tiers = append(tiers, NEON)
	}
	return tiers
}

func (s Set) gemmF32(g *gemmArgs, rows, blocks int) {
	switch s.tier {
	case NEON, NEONDot:
		gemmF32NEON(g, rows, blocks)
	default:
		plainGemmF32(g, rows, blocks)
	}
}

func (s Set) gemmInt8(g *gemmArgs, rows, blocks int) {
	switch s.tier {
	case NEON:
		gemmInt8NEON(g, rows, blocks)
	case NEONDot:
		gemmInt8Dot(g, rows, blocks)
	default:
		plainGemmInt8(g, rows, blocks)
	}
}

func (s Set) add(dst, a, b *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		addNEON(dst, a, b, n)
	default:
		plainAdd(floatsAt(dst, n), floatsAt(a, n), floatsAt(b, n))
	}
}

func (s Set) scaleAdd(dst, a *float32, n int, scale float32) {
	switch s.tier {
	case NEON, NEONDot:
		scaleAddNEON(dst, a, n, scale)
	default:
		plainScaleAdd(floatsAt(dst, n), floatsAt(a, n), scale)
	}
}

func (s Set) gelu(dst, x *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		geluNEON(dst, x, n)
	default:
		plainGELU(floatsAt(dst, n), floatsAt(x, n))
	}
}

func (s Set) geluGradient(dst, dy, x *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		geluGradientNEON(dst, dy, x, n)
	default:
		plainGELUGradient(floatsAt(dst, n), floatsAt(dy, n), floatsAt(x, n))
	}
}

func (s Set) geluTanh(dst, x *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		geluTanhNEON(dst, x, n)
	default:
		plainGELUTanh(floatsAt(dst, n), floatsAt(x, n))
	}
}

func (s Set) softmax(x *float32, n, rows, step int, scale float32) {
	switch s.tier {
	case NEON, NEONDot:
		softmaxNEON(x, n, rows, step, scale)
	default:
		plainSoftmaxRows(x, n, rows, step, scale)
	}
}

func (s Set) addNorm(dst, x, res, gamma, beta *float32, n int, size, eps float32) {
	switch s.tier {
	case NEON, NEONDot:
		addNormNEON(dst, x, res, gamma, beta, n, size, eps)
	default:
		plainAddNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(res, n), floatsAt(gamma, n), floatsAt(beta, n), eps)
	}
}

func (s Set) rootNorm(dst, x, gamma *float32, n int, size, eps float32) {
	switch s.tier {
	case NEON, NEONDot:
		rootNormNEON(dst, x, gamma, n, size, eps)
	default:
		plainRootNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(gamma, n), eps)
	}
}

func (s Set) swiGLU(dst, gate, up *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		swiGLUNEON(dst, gate, up, n)
	default:
		plainSwiGLU(floatsAt(dst, n), floatsAt(gate, n), floatsAt(up, n))
	}
}

func (s Set) turn(low, high, cos, sin *float32, n int) {
	switch s.tier {
	case NEON, NEONDot:
		turnNEON(low, high, cos, sin, n)
	default:
		plainTurn(floatsAt(low, n), floatsAt(high, n), floatsAt(cos, n), floatsAt(sin, n))
	}
}

func (s Set) quantise(dst *uint8, x, factor *float32, n int) float32 {
	switch s.tier {
	case NEON, NEONDot:
		return quantiseNEON(dst, x, factor, n)
	default:
		return plainQuantise(unsafe.Slice(dst, n), floatsAt(x, n), floatsAt(factor, n))
	}
}

// transpose writes the rows given as columns of a panel: 8 at a time in assembly, the rest one by one.
func (s Set) transpose(panel []float32, width int, rows Matrix) {
	n, k := rows.Rows&^7, rows.Cols&^3
	if s.Tier() == Plain || n == 0 || k == 0 {
		plainTranspose(panel, width, rows)
		return
	}
	for j := 0; j < n; j += 8 {
		transpose8NEON(&panel[j], width*4, &rows.Data[j*rows.Stride], rows.Stride*4, k)
	}
	if n < rows.Rows {
		plainTranspose(panel[n:], width, rows.Slice(n, rows.Rows))
	}
	if k < rows.Cols {
		plainTranspose(panel[k*width:], width, rows.Columns(k, rows.Cols).Slice(0, n))
	}
}
