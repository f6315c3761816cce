package main

import "math"

// programs writes every element-wise kernel for one machine. The plain Go twins are in internal/nn/kernel/plain.go;
// the two must do the same operations in the same order.
func programs(m machine) {
	add(m)
	scaleAdd(m)
	gelu(m)
	geluGradient(m)
	geluTanh(m)
	softmax(m)
	addNorm(m)
	quantise(m)
}

func add(m machine) {
	m.open("is dst = a + b over n floats, n a positive multiple of 16.", "add",
		[]param{{"dst", floats}, {"a", floats}, {"b", floats}, {"n", count}}, "")
	m.loop(func(u int) {
		v, w := m.reg(2*u), m.reg(2*u+1)
		m.load(v, "a", u)
		m.load(w, "b", u)
		m.add(v, v, w)
		m.store(v, "dst", u)
	})
	m.ret("")
}

func scaleAdd(m machine) {
	m.open("is dst += scale * a over n floats, n a positive multiple of 16.", "scaleAdd",
		[]param{{"dst", floats}, {"a", floats}, {"n", count}, {"scale", scalar}}, "")
	s := m.reg(15)
	m.broadcast(s, "scale")
	m.loop(func(u int) {
		v, w := m.reg(2*u), m.reg(2*u+1)
		m.load(v, "dst", u)
		m.load(w, "a", u)
		m.fma(v, w, s)
		m.store(v, "dst", u)
	})
	m.ret("")
}

// erfOverY is erf(y)/y for |y| <= 3.7 as a polynomial in 2*(y/3.7)^2 - 1, lowest power first: a weighted
// least-squares fit (Lawson) on Chebyshev points, absolute error of y times it 1.5e-7.
var erfOverY = []float32{0.3821375370025635, -0.1904677301645279, 0.14078953862190247, -0.11264556646347046, 0.09062488377094269,
	-0.07043662667274475, 0.05147537216544151, -0.03620031476020813, 0.025146115571260452, -0.014151593670248985,
	0.005223257467150688, -0.003647429868578911, 0.0039274003356695175, -0.0015046453336253762}

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
	half := m.constant("Half", 0.5)
	e := newErf(m)
	m.loop(func(u int) {
		x, y, t, p := m.reg(4*u%8), m.reg(4*u%8+1), m.reg(4*u%8+2), m.reg(4*u%8+3)
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
	half, square, root := m.constant("Half", 0.5), m.constant("MinusHalfLog2E", -0.5*math.Log2E), m.constant("InverseRoot2Pi", 0.3989422804)
	e, power := newErf(m), newPower(m)
	m.loop(func(u int) {
		x, y, t, p, q := m.reg(5*u%10), m.reg(5*u%10+1), m.reg(5*u%10+2), m.reg(5*u%10+3), m.reg(5*u%10+4)
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
	e := newExponent(m)
	cubic, linear := m.constant("TanhCubic", -2*0.7978845608*0.044715), m.constant("TanhLinear", -2*0.7978845608)
	m.loop(func(u int) {
		x, y, n, z, p := m.reg(5*u%10), m.reg(5*u%10+1), m.reg(5*u%10+2), m.reg(5*u%10+3), m.reg(5*u%10+4)
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

func softmax(m machine) {
	m.open("is softmax over n floats of each of rows rows, step bytes apart: x = 2^(scale*(x-max)) / sum; n is a positive multiple of 16, pads hold -Inf.", "softmax",
		[]param{{"x", floats}, {"n", count}, {"rows", count}, {"step", count}, {"scale", scalar}}, "")
	tmp, factor, peak, one := m.reg(4), m.reg(5), m.reg(10), m.reg(11)
	acc := make([]string, m.vectors())
	for i := range acc {
		acc[i] = m.reg(6 + i)
	}
	lowest, unit := m.constant("Lowest", -math.MaxFloat32), m.constant("One", 1)
	power := newPower(m)
	m.rows("x", func() {
		for i := range acc {
			m.move(acc[i], lowest)
		}
		m.loop(func(u int) {
			m.load(tmp, "x", u)
			m.max(acc[u], acc[u], tmp)
		})
		m.fold(m.max, acc, tmp)
		m.move(peak, acc[0])
		m.broadcast(factor, "scale")
		for i := range acc {
			m.zero(acc[i])
		}
		m.loop(func(u int) {
			x, n, p := m.reg(0), m.reg(1), m.reg(2)
			m.load(x, "x", u)
			m.sub(x, x, peak)
			m.mul(x, x, factor)
			power.emit(m, p, x, n)
			m.store(p, "x", u)
			m.add(acc[u], acc[u], p)
		})
		m.fold(m.add, acc, tmp)
		m.move(one, unit)
		m.div(factor, one, acc[0])
		m.loop(func(u int) {
			m.load(tmp, "x", u)
			m.mul(tmp, tmp, factor)
			m.store(tmp, "x", u)
		})
	})
	m.ret("")
}

func addNorm(m machine) {
	m.open("is dst = LayerNorm(x + res) * gamma + beta over n floats, n a positive multiple of 16; size is n and eps is added to the variance.", "addNorm",
		[]param{{"dst", floats}, {"x", floats}, {"res", floats}, {"gamma", floats}, {"beta", floats}, {"n", count}, {"size", scalar}, {"eps", scalar}}, "")
	v, w, mean, r := m.reg(0), m.reg(1), m.reg(2), m.reg(3)
	acc := make([]string, m.vectors())
	clear := func() {
		for i := range acc {
			acc[i] = m.reg(6 + i)
			m.zero(acc[i])
		}
	}
	clear()
	m.loop(func(u int) {
		m.load(v, "x", u)
		m.load(w, "res", u)
		m.add(v, v, w)
		m.store(v, "dst", u)
		m.add(acc[u], acc[u], v)
	})
	m.fold(m.add, acc, v)
	m.broadcast(r, "size")
	m.div(mean, acc[0], r)
	clear()
	m.loop(func(u int) {
		m.load(v, "dst", u)
		m.sub(v, v, mean)
		m.fma(acc[u], v, v)
	})
	m.fold(m.add, acc, v)
	m.div(acc[0], acc[0], r)
	m.broadcast(r, "eps")
	m.add(acc[0], acc[0], r)
	m.sqrt(acc[0], acc[0])
	m.move(w, m.constant("One", 1))
	m.div(r, w, acc[0])
	m.loop(func(u int) {
		m.load(v, "dst", u)
		m.sub(v, v, mean)
		m.mul(v, v, r)
		m.load(w, "gamma", u)
		m.load(acc[0], "beta", u)
		m.horner(v, w, acc[0])
		m.store(v, "dst", u)
	})
	m.ret("")
}

func quantise(m machine) {
	m.open("is dst = 128 + round(y * 127/max|y|) with y = x*factor over n floats, n a positive multiple of 16, and returns max|y|/127.", "quantise",
		[]param{{"dst", bytes}, {"x", floats}, {"factor", floats}, {"n", count}}, scalar)
	acc := make([]string, m.vectors())
	tiny := m.constant("Tiny", 1e-30)
	for i := range acc {
		acc[i] = m.reg(6 + i)
		m.move(acc[i], tiny)
	}
	v, w := m.reg(0), m.reg(1)
	scaled := func(v string, u int) {
		m.load(v, "x", u)
		m.load(w, "factor", u)
		m.mul(v, v, w)
	}
	m.loop(func(u int) {
		scaled(v, u)
		m.abs(v, v)
		m.max(acc[u], acc[u], v)
	})
	m.fold(m.max, acc, v)
	r, top := m.reg(4), m.reg(5)
	m.move(top, m.constant("Top", 127))
	m.div(r, top, acc[0])
	m.div(acc[0], acc[0], top)
	parts := make([]string, m.vectors())
	m.loop(func(u int) {
		parts[u] = m.reg(10 + u)
		scaled(parts[u], u)
		m.mul(parts[u], parts[u], r)
		m.integer(parts[u], parts[u], 128)
		if u == m.vectors()-1 {
			m.storeBytes(parts, "dst")
		}
	})
	m.ret(acc[0])
}
