package peak

// Float is the f32 loop of a tier, Int8 the int8 loop; ok is false for a tier that has none here. Only call the loops
// of a tier that the machine runs.
func Float(tier string) (l Loop, ok bool) {
	switch tier {
	case "avx512":
		return Loop{floatAVX512, 24 * 16 * 2}, true
	case "avx2":
		return Loop{floatAVX2, 12 * 8 * 2}, true
	}
	return Loop{}, false
}

// Int8 is like Float for the int8 multiply-adds that the tier's kernel is made of.
func Int8(tier string) (l Loop, ok bool) {
	switch tier {
	case "avx512":
		return Loop{int8AVX512, 24 * 64 * 2}, true
	case "avx2":
		return Loop{int8AVX2, 12 * 16 * 2}, true
	}
	return Loop{}, false
}
