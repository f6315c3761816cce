package main

import "fmt"

// scaleOut turns the int32 sums, two vectors a row, into f32 and stores them: V24 to V28 are free by then.
func (t neonTile) scaleOut(rows int, acc func(r, j int) int) {
	t.field("colScale", "R11")
	t.ops("VLD1 (R11), [V24.S4, V25.S4]")
	t.field("bias", "R11")
	t.ops("VLD1 (R11), [V26.S4, V27.S4]")
	t.field("ldc", "R11")
	for r := range rows {
		t.ops("FMOVS.P 4(R16), F28", "VDUP V28.S[0], V28.S4")
		for j := range 2 {
			a := acc(r, j)
			t.two("SCVTF", scvtf, a, a)
			t.three("FMUL", fmul, a, a, 28)
			t.three("FMUL", fmul, a, a, 24+j)
			t.three("FADD", fadd, a, a, 26+j)
			t.op("FMOVQ F%d, %d(R15)", a, 16*j)
		}
		t.ops("ADD R11, R15, R15")
	}
}

func (t neonTile) clear(n int) {
	for i := range n {
		t.op("VEOR V%d.B16, V%d.B16, V%d.B16", i, i, i)
	}
	t.ops("VMOVI $128, V31.B16")
}

// gemmInt8NEON writes the 4x8 kernel for every arm64: products of bytes are taken in pairs into 16 bits, which they
// cannot leave since neither side ever holds -128, and pairs are added into 32 bits.
func gemmInt8NEON(x *text) {
	t := neonTile{x}
	t.open(int8Doc, "gemmInt8NEON", 4, "rowScale")
	for rows := 1; rows <= 4; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.clear(4 * rows)
		t.start(rows)
		loop := t.label("k")
		t.place(loop)
		t.ops("VLD1.P 64(R8), [V16.B16, V17.B16, V18.B16, V19.B16]")
		for r := range rows {
			t.op("VLD1R.P 4(R%d), [V20.S4]", r)
			t.op("VLD1R.P 4(R%d), [V21.S4]", r)
			t.ops("VEOR V31.B16, V20.B16, V20.B16", "VEOR V31.B16, V21.B16, V21.B16")
			for j := range 4 {
				half := uint32(j%2) * upper
				t.three("SMULL", smull|half, 22+j, 20, 16+j/2)
				t.three("SMLAL", smlal|half, 22+j, 21, 18+j/2)
				t.two("SADALP", sadalp, 4*r+j, 22+j)
			}
		}
		t.ops("SUBS $2, R9, R9")
		t.op("BNE %s", loop)
		for r := range rows {
			t.three("ADDP", addp, 4*r, 4*r, 4*r+1)
			t.three("ADDP", addp, 4*r+2, 4*r+2, 4*r+3)
		}
		t.scaleOut(rows, func(r, j int) int { return 4*r + 2*j })
		t.next(rows)
	}
}

// gemmDotNEON writes the 8x8 kernel on SDOT.
func gemmDotNEON(x *text) {
	t := neonTile{x}
	t.open(int8Doc, "gemmInt8Dot", 8, "rowScale")
	for rows := 1; rows <= 8; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.clear(2 * rows)
		t.start(rows)
		loop := t.label("k")
		t.place(loop)
		for r := range rows {
			t.op("VLD1.P 16(R%d), [V%d.B16]", r, 16+r)
			t.op("VEOR V31.B16, V%d.B16, V%d.B16", 16+r, 16+r)
		}
		for q := range 4 {
			b := 24 + q%2*2
			t.op("VLD1.P 32(R8), [V%d.B16, V%d.B16]", b, b+1)
			for r := range rows {
				t.lane("SDOT", sdotLane, 2*r, b, 16+r, q)
				t.lane("SDOT", sdotLane, 2*r+1, b+1, 16+r, q)
			}
		}
		t.ops("SUBS $4, R9, R9")
		t.op("BNE %s", loop)
		t.scaleOut(rows, func(r, j int) int { return 2*r + j })
		t.next(rows)
	}
}
