package main

import (
	"fmt"
	"math"
	"strings"
)

// text collects one assembly file and the Go declarations that go with it.
type text struct {
	code, data, decl strings.Builder
	known            map[string]bool
	labels           int
	name             string
}

func newText() *text { return &text{known: map[string]bool{}} }

// op writes one instruction.
func (t *text) op(format string, args ...any) {
	t.code.WriteByte('\t')
	fmt.Fprintf(&t.code, format, args...)
	t.code.WriteByte('\n')
}

// ops writes several instructions that need no formatting.
func (t *text) ops(lines ...string) {
	for _, l := range lines {
		t.op("%s", l)
	}
}

// label makes a label name that is free in the current function.
func (t *text) label(stem string) string {
	t.labels++
	return fmt.Sprintf("%s%d", stem, t.labels)
}

func (t *text) place(label string) { fmt.Fprintf(&t.code, "%s:\n", label) }

// kind is the Go type of a parameter.
type kind string

const (
	floats kind = "*float32"
	bytes  kind = "*uint8"
	count  kind = "int"
	scalar kind = "float32"
)

func (k kind) size() int {
	if k == scalar {
		return 4
	}
	return 8
}

// param is one parameter of an assembly function.
type param struct {
	name string
	kind kind
}

// frame says where each parameter lies above FP.
type frame struct {
	offset map[string]int
	kinds  map[string]kind
	size   int
}

// function opens an assembly function and declares it in Go; a non-empty result is the type of its only result, named ret.
func (t *text) function(doc, name string, locals int, params []param, result kind) frame {
	f := frame{offset: map[string]int{}, kinds: map[string]kind{}}
	var list []string
	for _, p := range params {
		size := p.kind.size()
		f.size = (f.size + size - 1) / size * size
		f.offset[p.name], f.kinds[p.name] = f.size, p.kind
		f.size += size
		list = append(list, p.name+" "+string(p.kind))
	}
	ret := ""
	if result != "" {
		f.size = (f.size + 7) / 8 * 8
		f.offset["ret"], f.kinds["ret"] = f.size, result
		f.size += result.size()
		ret = " " + string(result)
	}
	t.labels, t.name = 0, name
	fmt.Fprintf(&t.code, "\n// func %s(%s)%s\nTEXT ·%s(SB), NOSPLIT, $%d-%d\n", name, strings.Join(list, ", "), ret, name, locals, f.size)
	fmt.Fprintf(&t.decl, "\n// %s %s\n//\n//go:noescape\nfunc %s(%s)%s\n", name, doc, name, strings.Join(list, ", "), ret)
	return f
}

// at is the operand of a parameter.
func (f frame) at(name string) string { return fmt.Sprintf("%s+%d(FP)", name, f.offset[name]) }

// words declares a read-only table of 16 equal 32-bit words and returns its symbol.
func (t *text) words(name string, bits uint32) string {
	sym := "c" + name + "<>"
	if !t.known[sym] {
		t.known[sym] = true
		for i := 0; i < 64; i += 8 {
			fmt.Fprintf(&t.data, "DATA %s+%d(SB)/8, $%#x\n", sym, i, uint64(bits)<<32|uint64(bits))
		}
		fmt.Fprintf(&t.data, "GLOBL %s(SB), RODATA|NOPTR, $64\n", sym)
	}
	return sym + "(SB)"
}

func (t *text) float(name string, v float32) string { return t.words(name, math.Float32bits(v)) }

func (t *text) assembly() string {
	return header + "\n#include \"textflag.h\"\n\n" + t.data.String() + t.code.String()
}

func (t *text) stubs(pkg string) string {
	return header + "\npackage " + pkg + "\n" + t.decl.String()
}
