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

func (t tile) a(r int) string      { return rowAddress(aRegs, "R11", r, 0) }
func (t tile) c(r, j int) string   { return rowAddress(cRegs, "BX", r, j*t.row) }
func (t tile) acc(r, j int) string { return fmt.Sprintf("%s%d", t.reg, 2*r+j) }
func (t tile) v(i int) string      { return fmt.Sprintf("%s%d", t.reg, i) }

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

// step moves A on by four bytes and the panel by one step.
func (t tile) step(rows, panel int, loop string) {
	t.op("ADDQ $%d, DX", panel)
	for i := range (rows + 2) / 3 {
		t.op("ADDQ $4, %s", aRegs[i])
	}
	t.ops("DECQ CX")
	t.op("JNZ %s", loop)
}

// prefetch fetches the next panel, BX bytes away, into the second-level cache while this one is used: the weights of a
// model are more than that cache holds.
func (t tile) prefetch() {
	t.ops("PREFETCHT1 (DX)(BX*1)")
	if t.row == 64 {
		t.ops("PREFETCHT1 64(DX)(BX*1)")
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
		loop := t.label("k")
		t.place(loop)
		t.prefetch()
		t.op("VMOVUPS (DX), %s", t.v(b))
		t.op("VMOVUPS %d(DX), %s", t.row, t.v(b+1))
		for r := range rows {
			s := t.v(spare + r%turns)
			t.op("VBROADCASTSS %s, %s", t.a(r), s)
			t.op("VFMADD231PS %s, %s, %s", t.v(b), s, t.acc(r, 0))
			t.op("VFMADD231PS %s, %s, %s", t.v(b+1), s, t.acc(r, 1))
		}
		t.step(rows, 2*t.row, loop)
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
