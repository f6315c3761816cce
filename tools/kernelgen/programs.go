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
