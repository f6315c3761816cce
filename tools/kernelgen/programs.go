package main

import "math"

// programs writes every element-wise kernel for one machine. The plain Go twins are in internal/nn/kernel/plain_rows.go;
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
	rootNorm(m)
	swiGLU(m)
	turn(m)
}

func add(m machine) {
	m.open("is dst = a + b over n floats, n a positive multiple of 16.", "add",
		[]param{{"dst", floats}, {"a", floats}, {"b", floats}, {"n", count}}, "")
	m.plan(2, 0)
	m.loop(func(u int) {
		v, w := m.temp(u, 0), m.temp(u, 1)
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
	m.plan(2, 1)
	s := m.held(0)
	m.broadcast(s, "scale")
	m.loop(func(u int) {
		v, w := m.temp(u, 0), m.temp(u, 1)
		m.load(v, "dst", u)
		m.load(w, "a", u)
		m.fma(v, w, s)
		m.store(v, "dst", u)
	})
	m.ret("")
}

func softmax(m machine) {
	m.open("is softmax over n floats of each of rows rows, step bytes apart: x = 2^(scale*(x-max)) / sum; n is a positive multiple of 16, pads hold -Inf.", "softmax",
		[]param{{"x", floats}, {"n", count}, {"rows", count}, {"step", count}, {"scale", scalar}}, "")
	m.plan(3, 2+m.hands())
	tmp, factor, peak, acc := m.temp(0, 0), m.held(0), m.held(1), heldFrom(m, 2)
	lowest, unit := m.constant("Lowest", -math.MaxFloat32), m.constant("One", 1)
	power := newPower(m)
	m.rows("x", func() {
		for i := range acc {
			m.move(acc[i], lowest)
		}
		m.loop(func(u int) {
			v := m.temp(u, 0)
			m.load(v, "x", u)
			m.max(acc[u], acc[u], v)
		})
		m.fold(m.max, acc, tmp)
		m.move(peak, acc[0])
		m.broadcast(factor, "scale")
		sums := acc[:m.vectors()]
		for i := range sums {
			m.zero(sums[i])
		}
		m.loop(func(u int) {
			x, n, p := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2)
			m.load(x, "x", u)
			m.sub(x, x, peak)
			m.mul(x, x, factor)
			power.emit(m, p, x, n)
			m.store(p, "x", u)
			m.add(sums[u%len(sums)], sums[u%len(sums)], p)
		})
		m.fold(m.add, sums, tmp)
		m.move(factor, unit)
		m.div(factor, factor, sums[0])
		m.loop(func(u int) {
			v := m.temp(u, 0)
			m.load(v, "x", u)
			m.mul(v, v, factor)
			m.store(v, "x", u)
		})
	})
	m.ret("")
}

// heldFrom is a held register for each vector in hand.
func heldFrom(m machine, first int) []string {
	r := make([]string, m.hands())
	for i := range r {
		r[i] = m.held(first + i)
	}
	return r
}

func addNorm(m machine) {
	m.open("is dst = LayerNorm(x + res) * gamma + beta over n floats, n a positive multiple of 16; size is n and eps is added to the variance.", "addNorm",
		[]param{{"dst", floats}, {"x", floats}, {"res", floats}, {"gamma", floats}, {"beta", floats}, {"n", count}, {"size", scalar}, {"eps", scalar}}, "")
	m.plan(3, 2+m.vectors())
	mean, r, tmp := m.held(0), m.held(1), m.temp(0, 0)
	acc := heldFrom(m, 2)[:m.vectors()]
	zero(m, acc)
	m.loop(func(u int) {
		v, w := m.temp(u, 0), m.temp(u, 1)
		m.load(v, "x", u)
		m.load(w, "res", u)
		m.add(v, v, w)
		m.store(v, "dst", u)
		m.add(acc[u%len(acc)], acc[u%len(acc)], v)
	})
	m.fold(m.add, acc, tmp)
	m.broadcast(r, "size")
	m.div(mean, acc[0], r)
	zero(m, acc)
	m.loop(func(u int) {
		v := m.temp(u, 0)
		m.load(v, "dst", u)
		m.sub(v, v, mean)
		m.fma(acc[u%len(acc)], v, v)
	})
	m.fold(m.add, acc, tmp)
	inverseRoot(m, r, acc[0])
	m.loop(func(u int) {
		v, w, plus := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2)
		m.load(v, "dst", u)
		m.sub(v, v, mean)
		m.mul(v, v, r)
		m.load(w, "gamma", u)
		m.load(plus, "beta", u)
		m.horner(v, w, plus)
		m.store(v, "dst", u)
	})
	m.ret("")
}

func zero(m machine, acc []string) {
	for _, r := range acc {
		m.zero(r)
	}
}

// inverseRoot leaves 1/sqrt(sum/size + eps) in r, of the parameters size and eps; sum is spent.
func inverseRoot(m machine, r, sum string) {
	tmp := m.temp(0, 0)
	m.broadcast(r, "size")
	m.div(sum, sum, r)
	m.broadcast(r, "eps")
	m.add(sum, sum, r)
	m.sqrt(sum, sum)
	m.move(tmp, m.constant("One", 1))
	m.div(r, tmp, sum)
}

func quantise(m machine) {
	m.open("is dst = 128 + round(y * 127/max|y|) with y = x*factor over n floats, n a positive multiple of 16, and returns max|y|/127.", "quantise",
		[]param{{"dst", bytes}, {"x", floats}, {"factor", floats}, {"n", count}}, scalar)
	m.plan(2, 2+m.hands())
	r, top, acc, tmp := m.held(0), m.held(1), heldFrom(m, 2), m.temp(0, 0)
	tiny := m.constant("Tiny", 1e-30)
	for _, a := range acc {
		m.move(a, tiny)
	}
	scaled := func(u int) string {
		v, w := m.temp(u, 0), m.temp(u, 1)
		m.load(v, "x", u)
		m.load(w, "factor", u)
		m.mul(v, v, w)
		return v
	}
	m.loop(func(u int) {
		v := scaled(u)
		m.abs(v, v)
		m.max(acc[u], acc[u], v)
	})
	m.fold(m.max, acc, tmp)
	m.move(top, m.constant("Top", 127))
	m.div(r, top, acc[0])
	m.div(top, acc[0], top)
	parts := make([]string, m.hands())
	for u := range parts {
		parts[u] = m.temp(u, 0)
	}
	m.loop(func(u int) {
		v := scaled(u)
		m.mul(v, v, r)
		m.integer(v, v, 128)
		m.storeBytes(u, parts, "dst")
	})
	m.ret(top)
}

func rootNorm(m machine) {
	m.open("is dst = gamma * x/sqrt(mean of squares + eps) over n floats, n a positive multiple of 16; size is n.", "rootNorm",
		[]param{{"dst", floats}, {"x", floats}, {"gamma", floats}, {"n", count}, {"size", scalar}, {"eps", scalar}}, "")
	m.plan(2, 1+m.vectors())
	r, acc := m.held(0), heldFrom(m, 1)[:m.vectors()]
	zero(m, acc)
	m.loop(func(u int) {
		v := m.temp(u, 0)
		m.load(v, "x", u)
		m.fma(acc[u%len(acc)], v, v)
	})
	m.fold(m.add, acc, m.temp(0, 0))
	inverseRoot(m, r, acc[0])
	m.loop(func(u int) {
		v, w := m.temp(u, 0), m.temp(u, 1)
		m.load(v, "x", u)
		m.mul(v, v, r)
		m.load(w, "gamma", u)
		m.mul(v, v, w)
		m.store(v, "dst", u)
	})
	m.ret("")
}

func swiGLU(m machine) {
	m.open("is dst = gate/(1 + exp(-gate)) * up over n floats, n a positive multiple of 16.", "swiGLU",
		[]param{{"dst", floats}, {"gate", floats}, {"up", floats}, {"n", count}}, "")
	m.plan(4, 0)
	e, minus := newExponent(m), m.constant("MinusOne", -1)
	m.loop(func(u int) {
		x, n, z, p := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2), m.temp(u, 3)
		m.load(x, "gate", u)
		m.mul(x, x, minus)
		e.emit(m, p, x, n, z)
		m.add(p, p, e.one)
		m.load(x, "gate", u)
		m.div(x, x, p)
		m.load(z, "up", u)
		m.mul(x, x, z)
		m.store(x, "dst", u)
	})
	m.ret("")
}

func turn(m machine) {
	m.open("turns pairs by angles: low, high = low*cos - high*sin, high*cos + low*sin over n floats, n a positive multiple of 16.", "turn",
		[]param{{"low", floats}, {"high", floats}, {"cos", floats}, {"sin", floats}, {"n", count}}, "")
	m.plan(5, 0)
	m.loop(func(u int) {
		a, b, c, s, t := m.temp(u, 0), m.temp(u, 1), m.temp(u, 2), m.temp(u, 3), m.temp(u, 4)
		m.load(a, "low", u)
		m.load(b, "high", u)
		m.load(c, "cos", u)
		m.load(s, "sin", u)
		m.mul(t, b, s)
		m.mul(s, a, s)
		m.mul(a, a, c)
		m.sub(a, a, t)
		m.mul(b, b, c)
		m.add(b, b, s)
		m.store(a, "low", u)
		m.store(b, "high", u)
	})
	m.ret("")
}
