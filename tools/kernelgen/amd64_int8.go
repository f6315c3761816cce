package main

import "fmt"

const int8Doc = "computes blocks tiles of rows rows each: c = (a-128)*b * rowScale * colScale + bias."

// scaleOut turns the int32 sums of a tile into f32 and stores them. v is the first of five free vectors.
func (t tile) scaleOut(rows, v int) {
	t.ops("MOVQ c-24(SP), DI")
	t.field("ldc", "BX")
	t.bases(cRegs, "BX", rows)
	t.field("colScale", "CX")
	t.op("VMOVUPS (CX), %s", t.v(v))
	t.op("VMOVUPS %d(CX), %s", t.row, t.v(v+1))
	t.field("bias", "CX")
	t.op("VMOVUPS (CX), %s", t.v(v+2))
	t.op("VMOVUPS %d(CX), %s", t.row, t.v(v+3))
	t.op("MOVQ scale-40(SP), CX")
	for r := range rows {
		t.op("VBROADCASTSS %d(CX), %s", 4*r, t.v(v+4))
		for j := range 2 {
			acc := t.acc(r, j)
			t.op("VCVTDQ2PS %s, %s", acc, acc)
			t.op("VMULPS %s, %s, %s", t.v(v+4), acc, acc)
			t.op("VMULPS %s, %s, %s", t.v(v+j), acc, acc)
			t.op("VADDPS %s, %s, %s", t.v(v+2+j), acc, acc)
			t.op("VMOVUPS %s, %s", acc, t.c(r, j))
		}
	}
	t.op("ADDQ $%d, CX", 4*rows)
	t.op("MOVQ CX, scale-40(SP)")
}

// openInt8 is open plus a running pointer to the row scales.
func (t tile) openInt8(name string) {
	f := t.function(int8Doc, name, 40, []param{{"args", "*gemmArgs"}, {"rows", count}, {"blocks", count}}, "")
	t.op("MOVQ %s, AX", f.at("args"))
	t.op("MOVQ %s, CX", f.at("blocks"))
	t.op("MOVQ CX, blocks-8(SP)")
	for _, s := range []struct {
		field string
		slot  string
	}{{"a", "a-16(SP)"}, {"c", "c-24(SP)"}, {"rowScale", "scale-40(SP)"}} {
		t.field(s.field, "CX")
		t.op("MOVQ CX, %s", s.slot)
	}
	t.op("MOVQ %s, CX", f.at("rows"))
	for r := t.max; r > 1; r-- {
		t.op("CMPQ CX, $%d", r)
		t.op("JEQ rows%d", r)
	}
}

func (t tile) startInt8() {
	t.ops("MOVQ a-16(SP), SI")
	t.field("lda", "R11")
	t.field("b", "DX")
	t.field("k", "CX")
}

// gemmVNNI writes the 12x32 kernel on VPDPBUSD, which multiplies unsigned by signed bytes.
func gemmVNNI(x *text) {
	t := tile{x, "Z", 64, 12}
	t.openInt8("gemmInt8AVX512")
	for rows := 1; rows <= t.max; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.startSums(rows, "VMOVDQU32")
		t.startInt8()
		t.bases(aRegs, "R11", rows)
		t.field("next", "BX")
		t.loop(rows, 128, true, func(ahead int) { // K is a multiple of 16 bytes
			t.prefetch(128 * ahead)
			t.op("VMOVDQU32 %s, Z26", panel(128*ahead))
			t.op("VMOVDQU32 %s, Z27", panel(128*ahead+64))
			for r := range rows {
				s := t.v(28 + r%4)
				t.op("VPBROADCASTD %s, %s", t.a(r, ahead), s)
				t.op("VPDPBUSD Z26, %s, %s", s, t.acc(r, 0))
				t.op("VPDPBUSD Z27, %s, %s", s, t.acc(r, 1))
			}
		})
		t.scaleOut(rows, 24)
		t.advance(rows, "a", "c")
	}
}

// gemmInt8AVX2 writes the 5x16 kernel for machines without VNNI: weights are widened to 16 bits as they are loaded,
// activations lie in memory as 16 bits, and VPMADDWD adds two products exactly.
func gemmInt8AVX2(x *text) {
	t := tile{x, "Y", 32, 5}
	t.openInt8("gemmInt8AVX2")
	for rows := 1; rows <= t.max; rows++ {
		t.place(fmt.Sprintf("rows%d", rows))
		t.startSums(rows, "VMOVDQU")
		t.startInt8()
		t.bases(aRegs, "R11", rows)
		t.field("next", "BX")
		t.loop(rows, 32, true, func(ahead int) {
			t.prefetch(32 * ahead)
			t.op("VPMOVSXBW %s, Y10", panel(32*ahead))
			t.op("VPMOVSXBW %s, Y11", panel(32*ahead+16))
			for r := range rows {
				t.op("VPBROADCASTD %s, Y12", t.a(r, ahead))
				t.ops("VPMADDWD Y10, Y12, Y13", "VPMADDWD Y11, Y12, Y14")
				t.op("VPADDD Y13, %s, %s", t.acc(r, 0), t.acc(r, 0))
				t.op("VPADDD Y14, %s, %s", t.acc(r, 1), t.acc(r, 1))
			}
		})
		t.scaleOut(rows, 10)
		t.advance(rows, "a", "c")
	}
}

// startSums sets the sums to -128 times the column sums (init), which takes the offset of a out again.
func (t tile) startSums(rows int, move string) {
	t.field("init", "DI")
	t.op("%s (DI), %s", move, t.acc(0, 0))
	t.op("%s %d(DI), %s", move, t.row, t.acc(0, 1))
	for r := 1; r < rows; r++ {
		t.op("%s %s, %s", move, t.acc(0, 0), t.acc(r, 0))
		t.op("%s %s, %s", move, t.acc(0, 1), t.acc(r, 1))
	}
}
