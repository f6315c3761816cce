package main

import "fmt"

// tile describes the register file that one amd64 GEMM kernel uses.
type tile struct {
	*text
	reg string // "Z" or "Y"
	row int    // bytes between the two vectors of a row
	max int    // rows of the tallest tile
}

// Registers: SI, R8, R9, R10 rows 0, 3, 6, 9 of A; R11 its stride; DX the panel; DI, R12, R13, R15 rows of C or of
// the initial values; BX their stride; CX what is left of K; AX the arguments. Four bases reach 12 rows because an
// x86 address can scale the stride by 2 but not by 3.
func (t tile) bases(regs [4]string, stride string, rows int) {
	for i := 1; i < 4; i++ {
		if rows > 3*i {
			t.op("LEAQ (%s)(%s*2), %s", regs[i-1], stride, regs[i])
			t.op("ADDQ %s, %s", stride, regs[i])
		}
	}
}

var (
	aRegs = [4]string{"SI", "R8", "R9", "R10"}
	cRegs = [4]string{"DI", "R12", "R13", "R15"}
)

func rowAddress(regs [4]string, stride string, r, off int) string {
	o := ""
	if off != 0 {
		o = fmt.Sprint(off)
	}
	if r%3 == 0 {
		return fmt.Sprintf("%s(%s)", o, regs[r/3])
	}
	return fmt.Sprintf("%s(%s)(%s*%d)", o, regs[r/3], stride, r%3)
}

// a is row r of A, so many steps of four bytes ahead.
func (t tile) a(r, ahead int) string { return rowAddress(aRegs, "R11", r, 4*ahead) }
func (t tile) c(r, j int) string     { return rowAddress(cRegs, "BX", r, j*t.row) }
func (t tile) acc(r, j int) string   { return fmt.Sprintf("%s%d", t.reg, 2*r+j) }
func (t tile) v(i int) string        { return fmt.Sprintf("%s%d", t.reg, i) }

// open starts a kernel: it jumps to the code for the tile height asked for. Running pointers live in the frame,
// since the registers are all taken inside.
func (t tile) open(doc, name string) {
	f := t.function(doc, name, 32, []param{{"args", "*gemmArgs"}, {"rows", count}, {"blocks", count}}, "")
	t.op("MOVQ %s, AX", f.at("args"))
	t.op("MOVQ %s, CX", f.at("blocks"))
	t.op("MOVQ CX, blocks-8(SP)")
	for i, field := range []string{"a", "c", "init"} {
		t.op("MOVQ %d(AX), CX", field2offset[field])
		t.op("MOVQ CX, %s-%d(SP)", field, 16+8*i)
	}
	t.op("MOVQ %s, CX", f.at("rows"))
	for r := t.max; r > 1; r-- {
		t.op("CMPQ CX, $%d", r)
		t.op("JEQ rows%d", r)
	}
}

// field2offset mirrors kernel.gemmArgs.
var field2offset = map[string]int{"a": 0, "lda": 8, "b": 16, "c": 24, "ldc": 32, "init": 40, "ldi": 48, "k": 56, "rowScale": 64, "colScale": 72, "bias": 80, "next": 88}

func (t tile) field(name, reg string) { t.op("MOVQ %d(AX), %s", field2offset[name], reg) }

// advance moves the running pointers down by one tile and loops while blocks are left.
func (t tile) advance(rows int, fields ...string) {
	strides := map[string]string{"a": "lda", "c": "ldc", "init": "ldi"}
	for i, f := range []string{"a", "c", "init"} {
		for _, want := range fields {
			if want == f {
				t.field(strides[f], "CX")
				t.op("IMULQ $%d, CX", rows)
				t.op("ADDQ CX, %s-%d(SP)", f, 16+8*i)
			}
		}
	}
	t.op("DECQ blocks-8(SP)")
	t.op("JNZ rows%d", rows)
	t.ops("VZEROUPPER", "RET")
}

// unrolled is how many steps of K a loop takes at a time, so that little but multiply-adds is left to decode.
const unrolled = 4

// loop runs body for CX steps, each of so many bytes of the panel; body is told how many steps the pointers are behind. If whole, CX is a
// multiple of unrolled.
func (t tile) loop(rows, panel int, whole bool, body func(ahead int)) {
	many, one, rest, done := t.label("many"), t.label("one"), t.label("rest"), t.label("done")
	if !whole {
		t.op("SUBQ $%d, CX", unrolled)
		t.op("JLT %s", rest)
	}
	t.place(many)
	for i := range unrolled {
		body(i)
	}
	t.step(rows, panel, unrolled)
	t.op("SUBQ $%d, CX", unrolled)
	if whole {
		t.op("JNZ %s", many)
		return
	}
	t.op("JGE %s", many)
	t.place(rest)
	t.op("ADDQ $%d, CX", unrolled)
	t.op("JZ %s", done)
	t.place(one)
	body(0)
	t.step(rows, panel, 1)
	t.ops("DECQ CX")
	t.op("JNZ %s", one)
	t.place(done)
}

// step moves A and the panel on by so many steps.
func (t tile) step(rows, panel, steps int) {
	t.op("ADDQ $%d, DX", panel*steps)
	for i := range (rows + 2) / 3 {
		t.op("ADDQ $%d, %s", 4*steps, aRegs[i])
	}
}

// panel is the address of a byte of the panel, so many bytes behind its pointer.
func panel(off int) string {
	if off == 0 {
		return "(DX)"
	}
	return fmt.Sprintf("%d(DX)", off)
}

// prefetch fetches a step of the next panel, BX bytes away, into the second-level cache while this one is used: the weights of a model are
// more than that cache holds.
func (t tile) prefetch(off int) {
	t.op("PREFETCHT1 %s(BX*1)", panel(off))
	if t.row == 64 {
		t.op("PREFETCHT1 %s(BX*1)", panel(off+64))
	}
}

// gemmF32 writes the f32 kernel: 12x32 in Z registers or 6x16 in Y registers.
func gemmF32(x *text, wide bool) {
	t := tile{x, "Y", 32, 6}
	name, b, spare, turns := "gemmF32AVX2", 12, 14, 2
	if wide {
		t = tile{x, "Z", 64, 12}
		name, b, spare, turns = "gemmF32AVX512", 26, 28, 4
	}
	t.open("computes blocks tiles of rows rows each: c = init + a*b.", name)
	for rows := 1; rows <= t.max; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.ops("MOVQ init-32(SP), DI")
		t.field("ldi", "BX")
		t.bases(cRegs, "BX", rows)
		for r := range rows {
			t.op("VMOVUPS %s, %s", t.c(r, 0), t.acc(r, 0))
			t.op("VMOVUPS %s, %s", t.c(r, 1), t.acc(r, 1))
		}
		t.ops("MOVQ a-16(SP), SI")
		t.field("lda", "R11")
		t.field("b", "DX")
		t.field("k", "CX")
		t.bases(aRegs, "R11", rows)
		t.field("next", "BX")
		t.loop(rows, 2*t.row, false, func(ahead int) {
			off := 2 * t.row * ahead
			t.prefetch(off)
			t.op("VMOVUPS %s, %s", panel(off), t.v(b))
			t.op("VMOVUPS %s, %s", panel(off+t.row), t.v(b+1))
			for r := range rows {
				s := t.v(spare + r%turns)
				t.op("VBROADCASTSS %s, %s", t.a(r, ahead), s)
				t.op("VFMADD231PS %s, %s, %s", t.v(b), s, t.acc(r, 0))
				t.op("VFMADD231PS %s, %s, %s", t.v(b+1), s, t.acc(r, 1))
			}
		})
		t.ops("MOVQ c-24(SP), DI")
		t.field("ldc", "BX")
		t.bases(cRegs, "BX", rows)
		for r := range rows {
			t.op("VMOVUPS %s, %s", t.acc(r, 0), t.c(r, 0))
			t.op("VMOVUPS %s, %s", t.acc(r, 1), t.c(r, 1))
		}
		t.advance(rows, "a", "c", "init")
	}
}
