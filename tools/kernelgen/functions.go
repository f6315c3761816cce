package main

import "math"

// erfOverY is erf(y)/y for |y| <= 3.7 as a polynomial in 2*(y/3.7)^2 - 1, lowest power first: a weighted
// least-squares fit (Lawson) on Chebyshev points, absolute error of y times it 1.5e-7.
var erfOverY = []float32{
	0.3821375370025635, -0.1904677301645279, 0.14078953862190247, -0.11264556646347046, 0.09062488377094269,
	-0.07043662667274475, 0.05147537216544151, -0.03620031476020813, 0.025146115571260452, -0.014151593670248985,
	0.005223257467150688, -0.003647429868578911, 0.0039274003356695175, -0.0015046453336253762,
}

// erf holds the constants of erf(x/sqrt(2)).
type erf struct {
	root, lo, hi, slope, minus string
	c                          []string
}

func newErf(m machine) erf {
	e := erf{
		root: m.constant("RootHalf", 0.70710678), lo: m.constant("ErfLo", -3.7), hi: m.constant("ErfHi", 3.7),
		slope: m.constant("ErfSlope", 2/(3.7*3.7)), minus: m.constant("MinusOne", -1),
	}
	for i, v := range erfOverY {
		e.c = append(e.c, m.constant("Erf"+string(rune('A'+i)), v))
	}
	return e
}

// emit leaves erf(x/sqrt(2)) in p; y and t are spent.
func (e erf) emit(m machine, p, x, y, t string) {
	m.mul(y, x, e.root)
	m.max(y, y, e.lo)
	m.min(y, y, e.hi)
	m.mul(t, y, y)
	m.mul(t, t, e.slope)
	m.add(t, t, e.minus)
	polynomial(m, p, t, e.c)
	m.mul(p, p, y)
}

// polynomial leaves the sum of c[i]*x^i in p.
func polynomial(m machine, p, x string, c []string) {
	m.move(p, c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		m.horner(p, x, c[i])
	}
}

func gelu(m machine) {
	m.open("is dst = x * Phi(x), the exact GELU, over n floats, n a positive multiple of 16.", "gelu",
		[]param{{"dst", floats}, {"x", floats}, {"n", count}}, "")
	m.plan(4, 0)
	half := m.constant("Half", 0.5)
	e := newErf(m)
	m.loop(func(u int) {
		x, y, t, p := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2), m.temp(u, 3)
		m.load(x, "x", u)
		e.emit(m, p, x, y, t)
		m.mul(x, x, half)
		m.horner(p, x, x)
		m.store(p, "dst", u)
	})
	m.ret("")
}

func geluGradient(m machine) {
	m.open("is dst = dy * (Phi(x) + x*phi(x)), the gradient of the exact GELU, over n floats, n a positive multiple of 16.", "geluGradient",
		[]param{{"dst", floats}, {"dy", floats}, {"x", floats}, {"n", count}}, "")
	m.plan(5, 0)
	half, square, root := m.constant("Half", 0.5), m.constant("MinusHalfLog2E", -0.5*math.Log2E), m.constant("InverseRoot2Pi", 0.3989422804)
	e, power := newErf(m), newPower(m)
	m.loop(func(u int) {
		x, y, t, p, q := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2), m.temp(u, 3), m.temp(u, 4)
		m.load(x, "x", u)
		e.emit(m, p, x, y, t)
		m.move(y, half)
		m.horner(p, y, y)
		m.mul(y, x, x)
		m.mul(y, y, square)
		power.emit(m, q, y, t)
		m.mul(q, q, x)
		m.mul(q, q, root)
		m.add(p, p, q)
		m.load(x, "dy", u)
		m.mul(p, p, x)
		m.store(p, "dst", u)
	})
	m.ret("")
}

// exponent holds the constants of e^x.
type exponent struct {
	lo, hi, log2e, ln2hi, ln2lo, one string
	p                                []string
}

// The reduction and the polynomial of e^r are those of the Cephes library (expf): relative error 1.2e-7.
func newExponent(m machine) exponent {
	e := exponent{
		lo: m.constant("ExpLo", -87), hi: m.constant("ExpHi", 88), log2e: m.constant("Log2E", 1.44269504),
		ln2hi: m.constant("Ln2Hi", 0.693359375), ln2lo: m.constant("Ln2Lo", -2.12194440e-4), one: m.constant("One", 1),
	}
	for i, v := range []float32{1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		e.p = append(e.p, m.constant("Exp"+string(rune('A'+i)), v))
	}
	return e
}

// emit leaves e^x in p; x, n and z are spent.
func (e exponent) emit(m machine, p, x, n, z string) {
	m.max(x, x, e.lo)
	m.min(x, x, e.hi)
	m.mul(n, x, e.log2e)
	m.round(n, n)
	m.fnma(x, n, e.ln2hi)
	m.fnma(x, n, e.ln2lo)
	m.mul(z, x, x)
	m.move(p, e.p[0])
	for _, c := range e.p[1:] {
		m.horner(p, x, c)
	}
	m.horner(p, z, x)
	m.add(p, p, e.one)
	m.scale(p, n)
}

func geluTanh(m machine) {
	m.open("is dst = x / (1 + exp(-2u)) with u = sqrt(2/pi) * (x + 0.044715*x^3), the GELU by tanh, over n floats, n a positive multiple of 16.", "geluTanh",
		[]param{{"dst", floats}, {"x", floats}, {"n", count}}, "")
	m.plan(5, 0)
	e := newExponent(m)
	cubic, linear := m.constant("TanhCubic", -2*0.7978845608*0.044715), m.constant("TanhLinear", -2*0.7978845608)
	m.loop(func(u int) {
		x, y, n, z, p := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2), m.temp(u, 3), m.temp(u, 4)
		m.load(x, "x", u)
		m.mul(z, x, x)
		m.mul(y, z, cubic)
		m.add(y, y, linear)
		m.mul(y, y, x)
		e.emit(m, p, y, n, z)
		m.add(p, p, e.one)
		m.div(x, x, p)
		m.store(x, "dst", u)
	})
	m.ret("")
}

// powerOfTwo is 2^f for |f| <= 1/2 in powers of f, lowest first: a weighted least-squares fit (Lawson), relative error 7.5e-8.
var powerOfTwo = []float32{1.0000001192092896, 0.6931469440460205, 0.24022120237350464, 0.05550713092088699, 0.009675540961325169, 0.001327647129073739}

// power holds the constants of 2^x.
type power struct {
	least string
	c     []string
}

func newPower(m machine) power {
	p := power{least: m.constant("PowerLo", -126)}
	for i, v := range powerOfTwo {
		p.c = append(p.c, m.constant("Power"+string(rune('A'+i)), v))
	}
	return p
}

// emit leaves 2^x in p for x of 127 at most; x and n are spent.
func (e power) emit(m machine, p, x, n string) {
	m.max(x, x, e.least)
	m.round(n, x)
	m.sub(x, x, n)
	polynomial(m, p, x, e.c)
	m.scale(p, n)
}
