package main

// transposeAVX writes the 8x8 transposition that turns rows of K into a GEMM panel.
func transposeAVX(t *text) {
	f := t.function("turns 8 rows of src into 8 columns of dst, k floats long, k a positive multiple of 8; ld and step are bytes between rows.", "transpose8AVX2", 0,
		[]param{{"dst", floats}, {"step", count}, {"src", floats}, {"ld", count}, {"k", count}}, "")
	for _, p := range [][2]string{{"dst", "DI"}, {"step", "BX"}, {"src", "SI"}, {"ld", "R11"}, {"k", "CX"}} {
		t.op("MOVQ %s, %s", f.at(p[0]), p[1])
	}
	g := tile{t, "Y", 0, 8}
	l := t.label("loop")
	g.bases(aRegs, "R11", 8)
	t.place(l)
	g.bases(cRegs, "BX", 8)
	for r := range 8 {
		t.op("VMOVUPS %s, Y%d", g.a(r, 0), r)
	}
	for i := 0; i < 8; i += 2 {
		t.op("VUNPCKLPS Y%d, Y%d, Y%d", i+1, i, 8+i)
		t.op("VUNPCKHPS Y%d, Y%d, Y%d", i+1, i, 9+i)
	}
	// Y8..Y15 hold pairs of rows; quads go to Y0..Y7.
	for _, q := range [2]int{0, 4} {
		t.op("VUNPCKLPD Y%d, Y%d, Y%d", 10+q, 8+q, q)
		t.op("VUNPCKHPD Y%d, Y%d, Y%d", 10+q, 8+q, q+1)
		t.op("VUNPCKLPD Y%d, Y%d, Y%d", 11+q, 9+q, q+2)
		t.op("VUNPCKHPD Y%d, Y%d, Y%d", 11+q, 9+q, q+3)
	}
	for i := range 4 {
		t.op("VPERM2F128 $0x20, Y%d, Y%d, Y%d", i+4, i, 8+i)
		t.op("VPERM2F128 $0x31, Y%d, Y%d, Y%d", i+4, i, 12+i)
	}
	for r := range 8 {
		t.op("VMOVUPS Y%d, %s", 8+r, g.c(r, 0))
	}
	t.op("LEAQ (DI)(BX*8), DI")
	for i := range 3 {
		t.op("ADDQ $32, %s", aRegs[i])
	}
	t.ops("SUBQ $8, CX")
	t.op("JNZ %s", l)
	t.ops("VZEROUPPER", "RET")
}

// peakAVX writes the loops that measure what a core can do: multiply-adds on registers alone.
func peakAVX(t *text, wide bool) {
	regs, n, name := "Y", 12, "AVX2"
	if wide {
		regs, n, name = "Z", 24, "AVX512"
	}
	for _, k := range []struct {
		name string
		emit func(acc int)
	}{
		{"float" + name, func(acc int) { t.op("VFMADD231PS %s%d, %s%d, %s%d", regs, n, regs, n+1, regs, acc) }},
		{"int8" + name, func(acc int) {
			if wide {
				t.op("VPDPBUSD Z%d, Z%d, Z%d", n, n+1, acc)
				return
			}
			t.op("VPMADDWD Y13, Y12, Y14")
			t.op("VPADDD Y14, Y%d, Y%d", acc, acc)
		}},
	} {
		f := t.function("runs n rounds of independent multiply-adds on registers.", k.name, 0, []param{{"n", count}}, "")
		for i := range n + 2 {
			if wide {
				t.op("VPXORD Z%d, Z%d, Z%d", i, i, i)
			} else {
				t.op("VXORPS Y%d, Y%d, Y%d", i, i, i)
			}
		}
		t.op("MOVQ %s, CX", f.at("n"))
		t.place("loop")
		for i := range n {
			k.emit(i)
		}
		t.ops("DECQ CX", "JNZ loop", "VZEROUPPER", "RET")
	}
}
