package main

import "fmt"

// Registers: R0 to R7 the rows of A; R8 the panel; R9 what is left of K; R10 a running row of C or of the initial
// values; R11 a stride; R12 the arguments; R13 blocks left; R14, R15, R16 where the tile starts in A, in C and in the
// initial values (or the row scales).
type neonTile struct{ *text }

func (t neonTile) field(name, reg string) { t.op("MOVD %d(R12), %s", field2offset[name], reg) }

func (t neonTile) open(doc, name string, tallest int, third string) {
	f := t.function(doc, name, 0, []param{{"args", "*gemmArgs"}, {"rows", count}, {"blocks", count}}, "")
	t.op("MOVD %s, R12", f.at("args"))
	t.op("MOVD %s, R13", f.at("blocks"))
	t.field("a", "R14")
	t.field("c", "R15")
	t.field(third, "R16")
	t.op("MOVD %s, R10", f.at("rows"))
	for r := tallest; r > 1; r-- {
		t.op("CMP $%d, R10", r)
		t.op("BEQ rows%d", r)
	}
}

// start points R0 and on at the rows of A, R8 at the panel, and loads K.
func (t neonTile) start(rows int) {
	t.field("lda", "R11")
	t.ops("MOVD R14, R0")
	for r := 1; r < rows; r++ {
		t.op("ADD R11, R%d, R%d", r-1, r)
	}
	t.op("ADD R11, R%d, R14", rows-1)
	t.field("b", "R8")
	t.field("k", "R9")
}

func (t neonTile) next(rows int) {
	t.ops("SUBS $1, R13, R13")
	t.op("BNE rows%d", rows)
	t.ops("RET")
}

// gemmF32NEON writes the 8x8 kernel: four steps of K at a time, each value of A a lane.
func gemmF32NEON(x *text) {
	t := neonTile{x}
	t.open("computes blocks tiles of rows rows each: c = init + a*b.", "gemmF32NEON", 8, "init")
	for rows := 1; rows <= 8; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.field("ldi", "R11")
		for r := range rows {
			t.op("VLD1 (R16), [V%d.S4, V%d.S4]", 2*r, 2*r+1)
			t.ops("ADD R11, R16, R16")
		}
		t.start(rows)
		four, tail, done := t.label("four"), t.label("tail"), t.label("done")
		step := func(kk int) {
			b := 24 + kk%2*2
			t.op("VLD1.P 32(R8), [V%d.S4, V%d.S4]", b, b+1)
			for r := range rows {
				t.lane("FMLA", fmlaLane, 2*r, b, 16+r, kk)
				t.lane("FMLA", fmlaLane, 2*r+1, b+1, 16+r, kk)
			}
		}
		t.ops("SUBS $4, R9, R9")
		t.op("BLT %s", tail)
		t.place(four)
		for r := range rows {
			t.op("VLD1.P 16(R%d), [V%d.S4]", r, 16+r)
		}
		for kk := range 4 {
			step(kk)
		}
		t.ops("SUBS $4, R9, R9")
		t.op("BGE %s", four)
		t.place(tail)
		t.ops("ADDS $4, R9, R9")
		t.op("BEQ %s", done)
		one := t.label("one")
		t.place(one)
		for r := range rows {
			t.op("FMOVS.P 4(R%d), F%d", r, 16+r)
		}
		step(0)
		t.ops("SUBS $1, R9, R9")
		t.op("BNE %s", one)
		t.place(done)
		t.field("ldc", "R11")
		for r := range rows {
			t.op("VST1 [V%d.S4, V%d.S4], (R15)", 2*r, 2*r+1)
			t.ops("ADD R11, R15, R15")
		}
		t.next(rows)
	}
}

// transposeNEON writes the transposition that turns rows of K into a GEMM panel, in 4x4 squares.
func transposeNEON(t *text) {
	f := t.function("turns 8 rows of src into 8 columns of dst, k floats long, k a positive multiple of 4; ld and step are bytes between rows.", "transpose8NEON", 0,
		[]param{{"dst", floats}, {"step", count}, {"src", floats}, {"ld", count}, {"k", count}}, "")
	for i, p := range []string{"dst", "step", "src", "ld", "k"} {
		t.op("MOVD %s, R%d", f.at(p), i)
	}
	t.place("loop")
	t.ops("MOVD R2, R5")
	for r := range 8 {
		t.op("VLD1 (R5), [V%d.S4]", r)
		t.ops("ADD R3, R5, R5")
	}
	for h := 0; h < 8; h += 4 {
		t.op("VZIP1 V%d.S4, V%d.S4, V%d.S4", h+2, h, 16)
		t.op("VZIP2 V%d.S4, V%d.S4, V%d.S4", h+2, h, 17)
		t.op("VZIP1 V%d.S4, V%d.S4, V%d.S4", h+3, h+1, 18)
		t.op("VZIP2 V%d.S4, V%d.S4, V%d.S4", h+3, h+1, 19)
		// Column k of both halves lies side by side: V20+2k and V21+2k.
		for i := range 2 {
			t.op("VZIP1 V%d.S4, V%d.S4, V%d.S4", 18+i, 16+i, 20+4*i+h/4)
			t.op("VZIP2 V%d.S4, V%d.S4, V%d.S4", 18+i, 16+i, 22+4*i+h/4)
		}
	}
	for k := range 4 {
		t.op("VST1 [V%d.S4, V%d.S4], (R0)", 20+2*k, 21+2*k)
		t.ops("ADD R1, R0, R0")
	}
	t.ops("ADD $16, R2, R2", "SUBS $4, R4, R4", "BNE loop", "RET")
}
