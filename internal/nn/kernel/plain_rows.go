package kernel

import (
	"math"
	"unsafe"
)

// lanes16 is the 16 sums that a row is folded from.
type lanes16 [Lanes]float32

// fold adds lane i to lane i+8, then i to i+4, i+2 and i+1, as the vector units do.
func (l lanes16) fold(op func(a, b float32) float32) float32 {
	for h := Lanes / 2; h > 0; h /= 2 {
		for i := range h {
			l[i] = op(l[i], l[i+h])
		}
	}
	return l[0]
}

func sum(a, b float32) float32 { return a + b }

// larger is the maximum as x86 takes it; rows hold no NaN.
func larger(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

func smaller(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

// fma is a*b + c rounded once. The product of two float32 is exact in float64; the sum is rounded to odd there, so
// that rounding it again to float32 is right.
func fma(a, b, c float32) float32 {
	p, q := float64(a)*float64(b), float64(c)
	s := float64(p + q)
	v := float64(s - p)
	lost := float64(p-float64(s-v)) + float64(q-v)
	if (lost > 0 || lost < 0) && math.Float64bits(s)&1 == 0 {
		if (lost > 0) == (s > 0) {
			s = math.Float64frombits(math.Float64bits(s) + 1)
		} else {
			s = math.Float64frombits(math.Float64bits(s) - 1)
		}
	}
	return float32(s)
}

func nearest(x float32) float32 { return float32(math.RoundToEven(float64(x))) }

func plainAdd(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func plainScaleAdd(dst, a []float32, scale float32) {
	for i := range dst {
		dst[i] = fma(a[i], scale, dst[i])
	}
}

// erfOverY is erf(y)/y in powers of 2*(y/3.7)^2 - 1; see tools/kernelgen.
var erfOverY = [...]float32{
	0.3821375370025635, -0.1904677301645279, 0.14078953862190247, -0.11264556646347046, 0.09062488377094269,
	-0.07043662667274475, 0.05147537216544151, -0.03620031476020813, 0.025146115571260452, -0.014151593670248985,
	0.005223257467150688, -0.003647429868578911, 0.0039274003356695175, -0.0015046453336253762,
}

// erf is erf(x/sqrt(2)).
func erf(x float32) float32 {
	y := smaller(larger(float32(x*0.70710678), -3.7), 3.7)
	return polynomial(float32(float32(y*y)*(2/(3.7*3.7)))+-1, erfOverY[:]) * y
}

// polynomial is the sum of c[i]*x^i.
func polynomial(x float32, c []float32) float32 {
	p := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		p = fma(p, x, c[i])
	}
	return p
}

func plainGELU(dst, x []float32) {
	for i, v := range x {
		h := float32(v * 0.5)
		dst[i] = fma(erf(v), h, h)
	}
}

func plainGELUGradient(dst, dy, x []float32) {
	for i, v := range x {
		slope := fma(erf(v), 0.5, 0.5)
		slope += float32(float32(power(float32(float32(v*v)*(-0.5*math.Log2E)))*v) * 0.3989422804)
		dst[i] = slope * dy[i]
	}
}

// exp is e^x for x clamped to [-87, 88].
func exp(x float32) float32 {
	x = smaller(larger(x, -87), 88)
	n := nearest(float32(x * 1.44269504))
	x = fma(-n, 0.693359375, x)
	x = fma(-n, -2.12194440e-4, x)
	z := float32(x * x)
	p := float32(1.9875691500e-4)
	for _, c := range [...]float32{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		p = fma(p, x, c)
	}
	p = fma(p, z, x) + 1
	return p * twoTo(n)
}

func plainGELUTanh(dst, x []float32) {
	const linear = -2 * 0.7978845608
	for i, v := range x {
		y := float32(float32(float32(v*v)*(linear*0.044715)) + linear)
		dst[i] = v / (exp(float32(y*v)) + 1)
	}
}

// powerOfTwo is 2^f in powers of f for |f| <= 1/2; see tools/kernelgen.
var powerOfTwo = [...]float32{1.0000001192092896, 0.6931469440460205, 0.24022120237350464, 0.05550713092088699, 0.009675540961325169, 0.001327647129073739}

// power is 2^x for x of 127 at most, taken as -126 at least.
func power(x float32) float32 {
	x = larger(x, -126)
	n := nearest(x)
	return polynomial(x-n, powerOfTwo[:]) * twoTo(n)
}

func plainSoftmax(x []float32, scale float32) {
	peak := x[0]
	for _, v := range x {
		peak = larger(peak, v)
	}
	var total lanes16
	for i, v := range x {
		x[i] = power(float32((v - peak) * scale))
		total[i%Lanes] += x[i]
	}
	r := 1 / total.fold(sum)
	for i := range x {
		x[i] *= r
	}
}

func plainSoftmaxRows(x *float32, n, rows, step int, scale float32) {
	for i := range rows {
		plainSoftmax(row[float32](unsafe.Add(unsafe.Pointer(x), i*step), n), scale)
	}
}

// twoTo is 2^n for whole n in [-126, 127].
func twoTo(n float32) float32 { return math.Float32frombits(uint32(int32(n)+127) << 23) }

func plainAddNorm(dst, x, res, gamma, beta []float32, eps float32) {
	var total, square lanes16
	for i := range dst {
		dst[i] = x[i] + res[i]
		total[i%Lanes] += dst[i]
	}
	n := float32(len(dst))
	mean := total.fold(sum) / n
	for i, v := range dst {
		d := v - mean
		square[i%Lanes] = fma(d, d, square[i%Lanes])
	}
	r := 1 / float32(math.Sqrt(float64(float32(square.fold(sum)/n)+eps)))
	for i, v := range dst {
		dst[i] = fma(float32((v-mean)*r), gamma[i], beta[i])
	}
}

func plainQuantise(dst []uint8, x, factor []float32) float32 {
	top := float32(1e-30)
	for i, v := range x {
		top = larger(top, float32(math.Abs(float64(float32(v*factor[i])))))
	}
	r := 127 / top
	for i, v := range x {
		dst[i] = uint8(128 + int32(nearest(float32(float32(v*factor[i])*r))))
	}
	return top / 127
}

func plainRootNorm(dst, x, gamma []float32, eps float32) {
	var square lanes16
	for i, v := range x {
		square[i%Lanes] = fma(v, v, square[i%Lanes])
	}
	r := 1 / float32(math.Sqrt(float64(float32(square.fold(sum)/float32(len(x)))+eps)))
	for i, v := range x {
		dst[i] = float32(v*r) * gamma[i]
	}
}

func plainSwiGLU(dst, gate, up []float32) {
	for i, g := range gate {
		dst[i] = float32(g/(exp(-g)+1)) * up[i]
	}
}

func plainTurn(low, high, cos, sin []float32) {
	for k, c := range cos {
		s, a, b := sin[k], low[k], high[k]
		low[k] = float32(a*c) - float32(b*s)
		high[k] = float32(b*c) + float32(a*s)
	}
}

// floatsAt is the slice of n floats at p.
func floatsAt(p *float32, n int) []float32 { return unsafe.Slice(p, n) }
