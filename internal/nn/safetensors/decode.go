package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
)

// chunk is how many bytes are read at a time while decoding.
const chunk = 1 << 20

// Float32s reads a tensor of type F32, F16 or BF16 as float32. A missing name, another type, or a value that is not
// finite is an error.
func (f *File) Float32s(name string) ([]float32, error) {
	t, ok := f.tensors[name]
	if !ok {
		return nil, malformed("no tensor %.80q", name)
	}
	var decode func(b []byte) float32
	switch t.DType {
	case F32:
		decode = func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case F16:
		decode = func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) }
	case BF16:
		decode = func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) }
	default:
		return nil, malformed("tensor %.80q is %s, not a float", name, t.DType)
	}
	out, size := make([]float32, 0, t.Len()), int(t.DType.size())
	err := f.each(name, t, func(b []byte) error {
		for ; len(b) > 0; b = b[size:] {
			v := decode(b)
			if v-v != 0 {
				return malformed("tensor %.80q holds a value that is not finite", name)
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// Int8s reads a tensor of type I8.
func (f *File) Int8s(name string) ([]int8, error) {
	t, ok := f.tensors[name]
	if !ok || t.DType != I8 {
		return nil, malformed("no int8 tensor %.80q", name)
	}
	out := make([]int8, 0, t.Len())
	err := f.each(name, t, func(b []byte) error {
		for _, v := range b {
			out = append(out, int8(v))
		}
		return nil
	})
	return out, err
}

// each reads a tensor's bytes in pieces of whole elements.
func (f *File) each(name string, t Tensor, use func(b []byte) error) error {
	buf := make([]byte, min(chunk, t.end-t.begin))
	for at := t.begin; at < t.end; at += int64(len(buf)) {
		buf = buf[:min(int64(len(buf)), t.end-at)]
		if err := readAt(f.r, buf, f.data+at); err != nil {
			return fmt.Errorf("read tensor %q: %w", name, err)
		}
		if err := use(buf); err != nil {
			return err
		}
	}
	return nil
}

// half widens an IEEE binary16.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h&0x8000)<<16, uint32(h>>10)&31, uint32(h&1023)
	switch exponent {
	case 0:
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	default:
		return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
	}
}
