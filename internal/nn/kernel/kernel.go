// Package kernel multiplies matrices and maps rows for the neural network engine, in Go assembly where the processor allows.
//
// A Set is one implementation of every kernel. All sets but Plain give the same bits for the same input: a product is
// one chain of fused multiply-adds in order of K, and element-wise kernels take a row 16 floats at a time and fold sums
// in one order. Plain rounds products of MatMul before it adds them, so there it differs by rounding; its int8
// products and its element-wise kernels are the same bits as everywhere.
//
// Kernels trust their caller with values and check shapes: a wrong shape is a broken invariant and panics.
package kernel

import (
	"fmt"
	"slices"
)

//go:generate go run ../../../tools/kernelgen -out .

// Tier names a processor ability that a Set is written for.
type Tier string

// The tiers. AVX512 needs F, BW, DQ, VL and VNNI; AVX2 needs FMA too; NEONDot is NEON with the dot product of ARMv8.2.
const (
	Plain   Tier = "plain"
	AVX2    Tier = "avx2"
	AVX512  Tier = "avx512"
	NEON    Tier = "neon"
	NEONDot Tier = "neondot"
)

// ParseTier reads the name of a tier.
func ParseTier(s string) (Tier, error) {
	if t := Tier(s); slices.Contains([]Tier{Plain, AVX2, AVX512, NEON, NEONDot}, t) {
		return t, nil
	}
	return "", fmt.Errorf("parse tier: %q is none of plain, avx2, avx512, neon, neondot", s)
}

// Set is an immutable set of kernels; copies are alike and may be used concurrently. The zero Set is Plain.
type Set struct{ tier Tier }

// Available lists the tiers that this machine can run, the fastest first; Plain is always last.
func Available() []Tier { return append(detected(), Plain) }

// Best is the fastest Set of this machine.
func Best() Set { return Set{Available()[0]} }

// Select is the Set of one tier, or an error if this machine cannot run it.
func Select(t Tier) (Set, error) {
	if !slices.Contains(Available(), t) {
		return Set{}, fmt.Errorf("select kernels: this machine runs %v, not %q", Available(), string(t))
	}
	return Set{t}, nil
}

// Tier tells which tier the set is.
func (s Set) Tier() Tier {
	if s.tier == "" {
		return Plain
	}
	return s.tier
}

// Lanes is the row granule: element-wise kernels take rows whose length is a multiple of it.
const Lanes = 16

// shape holds the tile sizes of a tier.
type shape struct {
	width    int // columns of a panel
	rows     int // rows of the tallest f32 tile
	int8Rows int // rows of the tallest int8 tile
	group    int // steps of K that an int8 kernel takes together
	size     int // bytes of a quantised activation
}

func (s Set) shape() shape {
	switch s.tier {
	case AVX512:
		return shape{32, 12, 12, 4, 1}
	case AVX2:
		return shape{16, 6, 5, 2, 2}
	case NEON:
		return shape{8, 8, 4, 4, 1}
	case NEONDot:
		return shape{8, 8, 8, 4, 1}
	default:
		return shape{8, 8, 8, 4, 1}
	}
}

// Largest values of shape over all tiers.
const (
	maxWidth = 32
	maxRows  = 12
)

// must panics if a shape rule is broken.
func must(fact bool, rule string) {
	if !fact {
		panic("kernel: " + rule)
	}
}
