package main

// machine is a vector unit that the element-wise programs are written for. A row is taken 16 floats at a time on
// every machine, in 16/lanes vectors, and sums fold in one fixed order: so results are the same bits on all of them.
// An operand is a register, or a constant wherever it stands last among the inputs.
type machine interface {
	// vectors is how many registers make 16 floats.
	vectors() int
	// plan shares out the registers before constants take the others: temps for each vector that a loop has in hand, and held ones.
	plan(temps, held int)
	// temp is register i of vector u of a loop; held is one that stays.
	temp(u, i int) string
	held(i int) string
	// hands is how many vectors a loop has in hand at most, vectors or a multiple of it.
	hands() int
	// open starts a function; its pointers and its count (named n) sit in registers until ret.
	open(doc, name string, params []param, result kind)
	// ret ends the function; a non-empty reg is the result, taken from lane 0.
	ret(reg string)
	// constant gives an operand that holds v in each lane; a machine that can spare registers loads it here.
	constant(name string, v float32) string
	// broadcast fills d with a scalar parameter.
	broadcast(d, name string)
	zero(d string)
	// rows runs body for each of the rows (parameter rows) of a pointer, step bytes apart (parameter step).
	rows(pointer string, body func())
	// loop runs body for all vectors of n floats, in order. Pointers are rewound first. Body has no jumps; u, from 0 to hands-1, is
	// the vector's place among those in hand, whose instructions take turns, so that one need not wait for the last one's result.
	loop(body func(u int))
	load(d, pointer string, u int)
	store(s, pointer string, u int)
	// storeBytes stores integers in [0, 255] as the int8 kernel reads them: in bytes, for AVX2 in 16 bits. s is the registers of all
	// vectors in hand; it is called for each of them in turn and may wait for the last.
	storeBytes(u int, s []string, pointer string)

	move(d, a string)
	add(d, a, b string)
	sub(d, a, b string)
	mul(d, a, b string)
	div(d, a, b string)
	max(d, a, b string)
	min(d, a, b string)
	sqrt(d, a string)
	abs(d, a string)
	// fma is d += a*b; fnma is d -= a*b; horner is d = d*a + b. Each rounds once.
	fma(d, a, b string)
	fnma(d, a, b string)
	horner(d, a, b string)
	// round rounds to the nearest whole number, ties to even.
	round(d, a string)
	// integer converts to int32, ties to even, and adds a small constant.
	integer(d, a string, plus int)
	// scale is d = d * 2^n for whole n in [-126, 127]; n is spent.
	scale(d, n string)
	// fold leaves the sum (or maximum) over the registers' lanes in every lane of s[0]; tmp is spent. A sum is of one register for each
	// of vectors, a maximum may be of one for each of hands.
	fold(op func(d, a, b string), s []string, tmp string)
}
