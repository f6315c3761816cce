package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func read(b []byte) (*File, error) { return Read(bytes.NewReader(b), int64(len(b))) }

func TestRefusesWhatTheFormatForbids(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		header string
		data   int
		want   string
	}{
		"not an object":         {`[]`, 0, "not a JSON object"},
		"empty header":          {``, 0, "not a JSON object"},
		"space first":           {` {}`, 0, "not a JSON object"},
		"cut off":               {`{"a":{"dtype":"F32"`, 0, "expected"},
		"text behind":           {`{} {}`, 0, "text follows"},
		"duplicate name":        {`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, "comes twice"},
		"duplicate field":       {`{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, "comes twice"},
		"unknown field":         {`{"a":{"dtype":"U8","Shape":[1],"data_offsets":[0,1]}}`, 1, "unknown field"},
		"missing field":         {`{"a":{"dtype":"U8","shape":[1]}}`, 1, "2 fields"},
		"unknown type":          {`{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,1]}}`, 1, "unknown type"},
		"negative shape":        {`{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 1, "out of range"},
		"fraction":              {`{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}`, 1, "out of range"},
		"rank":                  {`{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}`, 1, "more than 8"},
		"overflow":              {`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0, "too large"},
		"size and shape":        {`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, "takes 8 bytes"},
		"ends before it starts": {`{"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}}`, 4, "lies at"},
		"three offsets":         {`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}`, 1, "more than 2"},
		"one offset":            {`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}`, 1, "has 1 numbers"},
		"gap":                   {`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2, "ends at 0"},
		"overlap":               {`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3, "ends at 2"},
		"data left over":        {`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 2, "1 bytes of 2"},
		"data missing":          {`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`, 2, "4 bytes of 2"},
		"metadata of numbers":   {`{"__metadata__":{"a":1}}`, 0, "string was expected"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(file(c.header, c.data))
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Read = %v, want an ErrFormat with %q", err, c.want)
			}
		})
	}
	for _, b := range [][]byte{nil, make([]byte, 7), binary.LittleEndian.AppendUint64(nil, 1), binary.LittleEndian.AppendUint64(nil, math.MaxUint64)} {
		if _, err := read(b); !errors.Is(err, ErrFormat) {
			t.Errorf("Read of %v = %v", b, err)
		}
	}
}

func TestWriteThenRead(t *testing.T) {
	t.Parallel()
	entries := []Entry{
		{Name: "b", Shape: []int{3}, Int8: []int8{-127, 0, 5}},
		{Name: "a", Shape: []int{2, 2}, Float32: []float32{1, -2.5, 0, 1e-30}},
		{Name: "c", Shape: []int{}, Float32: []float32{7}},
	}
	var b bytes.Buffer
	if err := Write(&b, map[string]string{"format": "merlon"}, entries); err != nil {
		t.Fatal(err)
	}
	f, err := read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, f.Names()); diff != "" {
		t.Error(diff)
	}
	if f.Metadata("format") != "merlon" || f.Metadata("other") != "" {
		t.Error("metadata is lost")
	}
	for _, e := range entries {
		tensor, ok := f.Tensor(e.Name)
		if !ok || !cmp.Equal(append([]int{}, tensor.Shape...), e.Shape) || tensor.DType != e.dtype() {
			t.Errorf("tensor %s is %v", e.Name, tensor)
		}
		if e.Int8 != nil {
			if got, err := f.Int8s(e.Name); err != nil || !cmp.Equal(got, e.Int8) {
				t.Errorf("Int8s(%s) = %v, %v", e.Name, got, err)
			}
			if _, err := f.Float32s(e.Name); !errors.Is(err, ErrFormat) {
				t.Errorf("Float32s of int8 = %v", err)
			}
			continue
		}
		if got, err := f.Float32s(e.Name); err != nil || !cmp.Equal(got, e.Float32) {
			t.Errorf("Float32s(%s) = %v, %v", e.Name, got, err)
		}
	}
	if err := Write(&b, nil, []Entry{{Name: "a", Shape: []int{2}, Int8: []int8{1}}}); err == nil {
		t.Error("Write takes a shape that does not fit")
	}
}

func TestHalfPrecision(t *testing.T) {
	t.Parallel()
	for bits, want := range map[uint16]float32{0: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 1: 1.0 / (1 << 24), 0x8001: -1.0 / (1 << 24), 0x0400: 1.0 / (1 << 14), 0x3555: 0.333251953125} {
		if got := half(bits); got != want {
			t.Errorf("half(%#x) = %v, want %v", bits, got, want)
		}
	}
	header := `{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"h":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}}`
	b := append(file(header, 0), 0x80, 0x3f, 0x20, 0xc0, 0x00, 0x7c)
	f, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Float32s("b"); err != nil || !cmp.Equal(got, []float32{1, -2.5}) {
		t.Errorf("bfloat16 = %v, %v", got, err)
	}
	if _, err := f.Float32s("h"); !errors.Is(err, ErrFormat) {
		t.Errorf("an infinite weight is read: %v", err)
	}
}

// FuzzRead: whatever Read accepts can be read tensor by tensor, and every tensor that can be decoded has as many
// elements as its shape says.
func FuzzRead(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(file(`{"__metadata__":{"k":"v"},"a":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[],"data_offsets":[2,4]}}`, 4))
	f.Add(file(`{"a":{"dtype":"I64","shape":[0],"data_offsets":[0,0]}}  `, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := read(b)
		if err != nil {
			return
		}
		total := int64(0)
		for _, name := range w.Names() {
			tensor, _ := w.Tensor(name)
			total += tensor.end - tensor.begin
			if v, err := w.Float32s(name); err == nil && len(v) != tensor.Len() {
				t.Errorf("%q has %d floats of %d", name, len(v), tensor.Len())
			}
			if v, err := w.Int8s(name); err == nil && len(v) != tensor.Len() {
				t.Errorf("%q has %d int8 of %d", name, len(v), tensor.Len())
			}
		}
		if total != int64(len(b))-w.data {
			t.Errorf("tensors cover %d of %d bytes", total, int64(len(b))-w.data)
		}
	})
}
