package main

import (
	"fmt"
	"strings"
)

// avx is AVX2 (Y registers) or AVX-512 (Z registers).
type avx struct {
	*text
	wide   bool
	f      frame
	params []param
	temps  int // registers of one vector in hand
	low    int // the first register that constants may take
	spare  int // the highest register that no constant has taken
}

func newAVX(t *text, wide bool) machine { return &avx{text: t, wide: wide} }

var avxPointers = []string{"DI", "SI", "DX", "R8", "R9", "R10"}

func (m *avx) pointer(name string) string {
	i := 0
	for _, p := range m.params {
		if p.name == name {
			return avxPointers[i]
		}
		if p.kind == floats || p.kind == bytes {
			i++
		}
	}
	panic("kernelgen: no pointer " + name)
}

func (m *avx) size() int {
	if m.wide {
		return 64
	}
	return 32
}

func (m *avx) vectors() int { return 64 / m.size() }

// hands is 4 for AVX-512: a multiply-add takes 4 cycles and two are begun in each.
func (m *avx) hands() int {
	if m.wide {
		return 4
	}
	return 2
}

func (m *avx) plan(temps, held int) {
	m.temps, m.low = temps, m.hands()*temps+held
	if m.low > 16 && !m.wide || m.low > 32 {
		panic("kernelgen: a program plans too many registers")
	}
}

func (m *avx) temp(u, i int) string { return m.reg(u*m.temps + i) }
func (m *avx) held(i int) string    { return m.reg(m.hands()*m.temps + i) }

func (m *avx) reg(i int) string {
	if m.wide {
		return fmt.Sprintf("Z%d", i)
	}
	return fmt.Sprintf("Y%d", i)
}

func (m *avx) open(doc, name string, params []param, result kind) {
	suffix := "AVX2"
	if m.wide {
		suffix = "AVX512"
	}
	m.params, m.spare = params, 31
	m.f = m.function(doc, name+suffix, 0, params, result)
}

func (m *avx) ret(reg string) {
	if reg != "" {
		m.op("MOVSS %s, %s", half(reg, "X"), m.f.at("ret"))
	}
	m.ops("VZEROUPPER", "RET")
}

func (m *avx) constant(name string, v float32) string {
	sym := m.float(name, v)
	if !m.wide || m.spare < m.low {
		return sym
	}
	r := m.reg(m.spare)
	m.spare--
	m.op("VMOVUPS %s, %s", sym, r)
	return r
}

func (m *avx) broadcast(d, name string) { m.op("VBROADCASTSS %s, %s", m.f.at(name), d) }

func (m *avx) zero(d string) {
	if m.wide {
		m.op("VPXORD %s, %s, %s", d, d, d)
		return
	}
	m.op("VXORPS %s, %s, %s", d, d, d)
}

func (m *avx) rows(pointer string, body func()) {
	l := m.label("row")
	m.place(l)
	body()
	m.op("MOVQ %s, CX", m.f.at("step"))
	m.op("ADDQ CX, %s", m.f.at(pointer))
	m.op("DECQ %s", m.f.at("rows"))
	m.op("JNZ %s", l)
}

func (m *avx) loop(body func(u int)) {
	for _, p := range m.params {
		if p.kind == floats || p.kind == bytes {
			m.op("MOVQ %s, %s", m.f.at(p.name), m.pointer(p.name))
		}
	}
	m.op("MOVQ %s, CX", m.f.at("n"))
	if m.hands() == m.vectors() {
		l := m.label("loop")
		m.place(l)
		m.turns(m.hands(), body)
		m.ops("SUBQ $16, CX")
		m.op("JNZ %s", l)
		return
	}
	many, few, one, done := m.label("many"), m.label("few"), m.label("one"), m.label("done")
	floats := 16 * m.hands()
	m.op("SUBQ $%d, CX", floats)
	m.op("JLT %s", few)
	m.place(many)
	m.turns(m.hands(), body)
	m.op("SUBQ $%d, CX", floats)
	m.op("JGE %s", many)
	m.place(few)
	m.op("ADDQ $%d, CX", floats)
	m.op("JZ %s", done)
	m.place(one)
	m.turns(1, body)
	m.ops("SUBQ $16, CX")
	m.op("JNZ %s", one)
	m.place(done)
}

// turns runs body for n vectors, an instruction of each at a time, and moves the pointers on.
func (m *avx) turns(n int, body func(u int)) {
	lines := make([][]string, n)
	longest := 0
	before := m.code.String()
	for u := range n {
		m.code.Reset()
		body(u)
		lines[u] = strings.SplitAfter(m.code.String(), "\n")
		longest = max(longest, len(lines[u]))
	}
	m.code.Reset()
	m.code.WriteString(before)
	for i := range longest {
		for _, l := range lines {
			if i < len(l) {
				m.code.WriteString(l[i])
			}
		}
	}
	for _, p := range m.params {
		switch p.kind {
		case floats:
			m.op("ADDQ $%d, %s", n*m.size(), m.pointer(p.name))
		case bytes:
			m.op("ADDQ $%d, %s", n*16, m.pointer(p.name)) // AVX2 stores 16 bits of half as many floats
		}
	}
}

func (m *avx) address(pointer string, u int) string {
	return fmt.Sprintf("%d(%s)", u*m.size(), m.pointer(pointer))
}

func (m *avx) load(d, pointer string, u int)  { m.op("VMOVUPS %s, %s", m.address(pointer, u), d) }
func (m *avx) store(s, pointer string, u int) { m.op("VMOVUPS %s, %s", s, m.address(pointer, u)) }

func (m *avx) storeBytes(u int, s []string, pointer string) {
	p := m.pointer(pointer)
	if m.wide {
		m.op("VPMOVDB %s, %d(%s)", s[u], 16*u, p)
		return
	}
	if u == 1 {
		m.op("VPACKUSDW %s, %s, %s", s[1], s[0], s[0])
		m.op("VPERMQ $0xd8, %s, %s", s[0], s[0])
		m.op("VMOVDQU %s, (%s)", s[0], p)
	}
}

func (m *avx) move(d, a string)   { m.op("VMOVUPS %s, %s", a, d) }
func (m *avx) add(d, a, b string) { m.op("VADDPS %s, %s, %s", b, a, d) }
func (m *avx) sub(d, a, b string) { m.op("VSUBPS %s, %s, %s", b, a, d) }
func (m *avx) mul(d, a, b string) { m.op("VMULPS %s, %s, %s", b, a, d) }
func (m *avx) div(d, a, b string) { m.op("VDIVPS %s, %s, %s", b, a, d) }
func (m *avx) max(d, a, b string) { m.op("VMAXPS %s, %s, %s", b, a, d) }
func (m *avx) min(d, a, b string) { m.op("VMINPS %s, %s, %s", b, a, d) }
func (m *avx) sqrt(d, a string)   { m.op("VSQRTPS %s, %s", a, d) }

func (m *avx) abs(d, a string) {
	mask := m.words("Abs", 0x7fffffff)
	if m.wide {
		m.op("VPANDD %s, %s, %s", mask, a, d)
		return
	}
	m.op("VANDPS %s, %s, %s", mask, a, d)
}

func (m *avx) fma(d, a, b string)    { m.op("VFMADD231PS %s, %s, %s", b, a, d) }
func (m *avx) fnma(d, a, b string)   { m.op("VFNMADD231PS %s, %s, %s", b, a, d) }
func (m *avx) horner(d, a, b string) { m.op("VFMADD213PS %s, %s, %s", b, a, d) }

func (m *avx) round(d, a string) {
	if m.wide {
		m.op("VRNDSCALEPS $8, %s, %s", a, d)
		return
	}
	m.op("VROUNDPS $8, %s, %s", a, d)
}

func (m *avx) integer(d, a string, plus int) {
	m.op("VCVTPS2DQ %s, %s", a, d)
	m.op("VPADDD %s, %s, %s", m.words(fmt.Sprintf("Int%d", plus), uint32(plus)), d, d)
}

func (m *avx) scale(d, n string) {
	if m.wide {
		m.op("VSCALEFPS %s, %s, %s", n, d, d)
		return
	}
	m.integer(n, n, 127)
	m.op("VPSLLD $23, %s, %s", n, n)
	m.mul(d, d, n)
}

func (m *avx) fold(op func(d, a, b string), s []string, tmp string) {
	if m.wide {
		for _, other := range s[1:] {
			op(s[0], s[0], other)
		}
		m.op("VEXTRACTF64X4 $1, %s, %s", s[0], half(tmp, "Y"))
		op(half(s[0], "Y"), half(s[0], "Y"), half(tmp, "Y"))
	} else {
		op(s[0], s[0], s[1])
	}
	x, t := half(s[0], "X"), half(tmp, "X")
	m.op("VEXTRACTF128 $1, %s, %s", half(s[0], "Y"), t)
	op(x, x, t)
	m.op("VPERMILPS $0x0e, %s, %s", x, t)
	op(x, x, t)
	m.op("VPERMILPS $0x01, %s, %s", x, t)
	op(x, x, t)
	m.op("VBROADCASTSS %s, %s", x, s[0])
}

// half names the low part of a vector register.
func half(reg, letter string) string { return letter + strings.TrimLeft(reg, "XYZ") }
