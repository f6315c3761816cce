//go:build !amd64 && !arm64

package kernel

import "unsafe"

func detected() []Tier { return nil }

func (s Set) transpose(panel []float32, width int, rows Matrix) { plainTranspose(panel, width, rows) }

func (s Set) gemmF32(g *gemmArgs, rows, blocks int) { plainGemmF32(g, rows, blocks) }

func (s Set) gemmInt8(g *gemmArgs, rows, blocks int) { plainGemmInt8(g, rows, blocks) }

func (s Set) add(dst, a, b *float32, n int) {
	plainAdd(floatsAt(dst, n), floatsAt(a, n), floatsAt(b, n))
}

func (s Set) scaleAdd(dst, a *float32, n int, scale float32) {
	plainScaleAdd(floatsAt(dst, n), floatsAt(a, n), scale)
}

func (s Set) gelu(dst, x *float32, n int) { plainGELU(floatsAt(dst, n), floatsAt(x, n)) }

func (s Set) geluGradient(dst, dy, x *float32, n int) {
	plainGELUGradient(floatsAt(dst, n), floatsAt(dy, n), floatsAt(x, n))
}

func (s Set) geluTanh(dst, x *float32, n int) { plainGELUTanh(floatsAt(dst, n), floatsAt(x, n)) }

func (s Set) softmax(x *float32, n, rows, step int, scale float32) {
	plainSoftmaxRows(x, n, rows, step, scale)
}

func (s Set) addNorm(dst, x, res, gamma, beta *float32, n int, _, eps float32) {
	plainAddNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(res, n), floatsAt(gamma, n), floatsAt(beta, n), eps)
}

func (s Set) rootNorm(dst, x, gamma *float32, n int, _, eps float32) {
	plainRootNorm(floatsAt(dst, n), floatsAt(x, n), floatsAt(gamma, n), eps)
}

func (s Set) swiGLU(dst, gate, up *float32, n int) {
	plainSwiGLU(floatsAt(dst, n), floatsAt(gate, n), floatsAt(up, n))
}

func (s Set) turn(low, high, cos, sin *float32, n int) {
	plainTurn(floatsAt(low, n), floatsAt(high, n), floatsAt(cos, n), floatsAt(sin, n))
}

func (s Set) quantise(dst *uint8, x, factor *float32, n int) float32 {
	return plainQuantise(unsafe.Slice(dst, n), floatsAt(x, n), floatsAt(factor, n))
}
