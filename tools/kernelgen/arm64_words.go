package main

import "fmt"

// Go's assembler knows few vector instructions of arm64; these are written as words. Numbers are from the Arm
// Architecture Reference Manual, section C7.2; each is the encoding with all registers zero.
const (
	fadd  = 0x4e20d400
	fsub  = 0x4ea0d400
	fmul  = 0x6e20dc00
	fdiv  = 0x6e20fc00
	fmax  = 0x4e20f400
	fmin  = 0x4ea0f400
	fmla  = 0x4e20cc00
	fmls  = 0x4ea0cc00
	addv  = 0x4ea08400
	addp  = 0x4ea0bc00
	smull = 0x0e20c000
	smlal = 0x0e208000

	fabs   = 0x4ea0f800
	fsqrt  = 0x6ea1f800
	frintn = 0x4e218800
	fcvtns = 0x4e21a800
	scvtf  = 0x4e21d800
	sadalp = 0x4e606800
	xtn4h  = 0x0e612800
	xtn8b  = 0x0e212800
	shl23  = 0x4f375400

	fmlaLane = 0x4f801000
	sdotLane = 0x4f80e000

	upper = 0x40000000 // the form that reads or writes upper halves
)

// three writes op d, n, m.
func (t *text) three(name string, op uint32, d, n, m int) {
	t.op("WORD $%#08x // %s V%d, V%d, V%d", op|uint32(m)<<16|uint32(n)<<5|uint32(d), name, d, n, m)
}

// two writes op d, n.
func (t *text) two(name string, op uint32, d, n int) {
	t.op("WORD $%#08x // %s V%d, V%d", op|uint32(n)<<5|uint32(d), name, d, n)
}

// lane writes op d, n, m[i] for 32-bit lanes.
func (t *text) lane(name string, op uint32, d, n, m, i int) {
	w := op | uint32(i&1)<<21 | uint32(i>>1)<<11 | uint32(m)<<16 | uint32(n)<<5 | uint32(d)
	t.op("WORD $%#08x // %s V%d, V%d, V%d[%d]", w, name, d, n, m, i)
}

// immediate writes a small constant into each 32-bit lane of d.
func (t *text) immediate(d, v int) {
	if v < 0 || v > 255 {
		panic(fmt.Sprint("kernelgen: immediate ", v))
	}
	t.op("WORD $%#08x // MOVI V%d, %d", 0x4f000400|uint32(v>>5)<<16|uint32(v&31)<<5|uint32(d), d, v)
}
