package main

import (
	"fmt"
	"strconv"
)

// neon is the 128-bit vector unit of arm64: four vectors make 16 floats.
type neon struct {
	*text
	f      frame
	params []param
	temps  int // registers of one vector in hand
	low    int // how many registers the program has planned
	spare  int // the highest register that no constant has taken; it is scratch
}

func newNEON(t *text) machine { return &neon{text: t} }

func (m *neon) pointer(name string) int {
	i := 0
	for _, p := range m.params {
		if p.name == name {
			return i
		}
		if p.kind == floats || p.kind == bytes {
			i++
		}
	}
	panic("kernelgen: no pointer " + name)
}

// number is the number of a register.
func number(reg string) int {
	n, err := strconv.Atoi(reg[1:])
	if err != nil {
		panic("kernelgen: no register " + reg)
	}
	return n
}

func (m *neon) vectors() int     { return 4 }
func (m *neon) hands() int       { return 4 }
func (m *neon) reg(i int) string { return fmt.Sprintf("V%d", i) }

// plan keeps the first registers. Vectors in hand go one after another, so that they share their temporaries but the first.
func (m *neon) plan(temps, held int) {
	m.temps, m.low = temps, m.hands()+temps-1+held
	if m.low > 12 {
		panic("kernelgen: a program plans too many registers")
	}
}

func (m *neon) temp(u, i int) string {
	if i == 0 {
		return m.reg(u)
	}
	return m.reg(m.hands() + i - 1)
}

func (m *neon) held(i int) string { return m.reg(m.hands() + m.temps - 1 + i) }

func (m *neon) open(doc, name string, params []param, result kind) {
	m.params, m.spare = params, 31
	m.f = m.function(doc, name+"NEON", 0, params, result)
}

func (m *neon) ret(reg string) {
	if reg != "" {
		m.op("FMOVS F%d, %s", number(reg), m.f.at("ret"))
	}
	m.ops("RET")
}

func (m *neon) constant(name string, v float32) string {
	sym := m.float(name, v)
	if m.spare < 12 { // 10 and 11 are scratch then
		if m.low > 10 {
			panic("kernelgen: a program with that many constants plans too many registers")
		}
		return sym
	}
	r := m.spare
	m.spare--
	m.op("MOVD $%s, R8", sym)
	m.op("FMOVQ (R8), F%d", r)
	return m.reg(r)
}

func (m *neon) broadcast(d, name string) {
	m.op("FMOVS %s, F%d", m.f.at(name), number(d))
	m.op("VDUP %s.S[0], %s.S4", d, d)
}

func (m *neon) zero(d string) { m.op("VEOR %s.B16, %s.B16, %s.B16", d, d, d) }

func (m *neon) rows(pointer string, body func()) {
	l := m.label("row")
	m.place(l)
	body()
	m.op("MOVD %s, R7", m.f.at("step"))
	m.op("MOVD %s, R8", m.f.at(pointer))
	m.op("ADD R7, R8, R8")
	m.op("MOVD R8, %s", m.f.at(pointer))
	m.op("MOVD %s, R7", m.f.at("rows"))
	m.op("SUBS $1, R7, R7")
	m.op("MOVD R7, %s", m.f.at("rows"))
	m.op("BNE %s", l)
}

func (m *neon) loop(body func(u int)) {
	for _, p := range m.params {
		if p.kind == floats || p.kind == bytes {
			m.op("MOVD %s, R%d", m.f.at(p.name), m.pointer(p.name))
		}
	}
	m.op("MOVD %s, R6", m.f.at("n"))
	l := m.label("loop")
	m.place(l)
	for u := range m.vectors() {
		body(u)
	}
	for _, p := range m.params {
		switch r := m.pointer(p.name); p.kind {
		case floats:
			m.op("ADD $64, R%d", r)
		case bytes:
			m.op("ADD $16, R%d", r)
		}
	}
	m.ops("SUBS $16, R6, R6")
	m.op("BNE %s", l)
}

func (m *neon) load(d, pointer string, u int) {
	m.op("FMOVQ %d(R%d), F%d", 16*u, m.pointer(pointer), number(d))
}

func (m *neon) store(s, pointer string, u int) {
	m.op("FMOVQ F%d, %d(R%d)", number(s), 16*u, m.pointer(pointer))
}

func (m *neon) storeBytes(u int, s []string, pointer string) {
	if u < 3 {
		return
	}
	a, b, c, d := number(s[0]), number(s[1]), number(s[2]), number(s[3])
	m.two("XTN", xtn4h, a, a)
	m.two("XTN2", xtn4h|upper, a, b)
	m.two("XTN", xtn4h, c, c)
	m.two("XTN2", xtn4h|upper, c, d)
	m.two("XTN", xtn8b, a, a)
	m.two("XTN2", xtn8b|upper, a, c)
	m.op("FMOVQ F%d, (R%d)", a, m.pointer(pointer))
}

func (m *neon) binary(name string, op uint32, d, a, b string) {
	m.three(name, op, number(d), number(a), number(m.in(b)))
}

// in is the register of an operand; a constant in memory is loaded into V10 first.
func (m *neon) in(operand string) string {
	if operand[0] == 'V' {
		return operand
	}
	m.op("MOVD $%s, R8", operand)
	m.op("FMOVQ (R8), F10")
	return "V10"
}

func (m *neon) move(d, a string) {
	a = m.in(a)
	m.op("VORR %s.B16, %s.B16, %s.B16", a, a, d)
}

func (m *neon) add(d, a, b string)  { m.binary("FADD", fadd, d, a, b) }
func (m *neon) sub(d, a, b string)  { m.binary("FSUB", fsub, d, a, b) }
func (m *neon) mul(d, a, b string)  { m.binary("FMUL", fmul, d, a, b) }
func (m *neon) div(d, a, b string)  { m.binary("FDIV", fdiv, d, a, b) }
func (m *neon) max(d, a, b string)  { m.binary("FMAX", fmax, d, a, b) }
func (m *neon) min(d, a, b string)  { m.binary("FMIN", fmin, d, a, b) }
func (m *neon) fma(d, a, b string)  { m.binary("FMLA", fmla, d, a, b) }
func (m *neon) fnma(d, a, b string) { m.binary("FMLS", fmls, d, a, b) }
func (m *neon) sqrt(d, a string)    { m.two("FSQRT", fsqrt, number(d), number(a)) }
func (m *neon) abs(d, a string)     { m.two("FABS", fabs, number(d), number(a)) }
func (m *neon) round(d, a string)   { m.two("FRINTN", frintn, number(d), number(a)) }
func (m *neon) horner(d, a, b string) {
	s := m.reg(m.spare)
	m.move(s, b)
	m.fma(s, d, a)
	m.move(d, s)
}

func (m *neon) integer(d, a string, plus int) {
	m.two("FCVTNS", fcvtns, number(d), number(a))
	m.immediate(m.spare, plus)
	m.three("ADD", addv, number(d), number(d), m.spare)
}

func (m *neon) scale(d, n string) {
	m.integer(n, n, 127)
	m.two("SHL 23", shl23, number(n), number(n))
	m.mul(d, d, n)
}

func (m *neon) fold(op func(d, a, b string), s []string, tmp string) {
	op(s[0], s[0], s[2])
	op(s[1], s[1], s[3])
	op(s[0], s[0], s[1])
	for _, bytes := range []int{8, 4} {
		m.op("VEXT $%d, %s.B16, %s.B16, %s.B16", bytes, s[0], s[0], tmp)
		op(s[0], s[0], tmp)
	}
}
