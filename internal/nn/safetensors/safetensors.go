// Package safetensors reads and writes weight files in the safetensors format, strictly and within limits.
//
// A file is the length of its header (8 bytes, little endian), a JSON header that names each tensor's type, shape and
// place, and the data. Source: the format section of github.com/huggingface/safetensors, README. Beyond its rules
// this reader refuses duplicate names, unknown fields and tensors that overlap or leave gaps.
package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Limits of a header. Files of the largest open models stay below them by far.
const (
	maxHeader  = 16 << 20 // bytes
	maxTensors = 1 << 16
	maxRank    = 8
)

// ErrFormat is wrapped by every error about the content of a file, so that callers can tell it from a failed read.
var ErrFormat = errors.New("not a valid safetensors file")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// DType is the element type of a tensor, as the header spells it.
type DType string

// The types that this package decodes. Others are accepted in a header, since files carry buffers that no one reads.
const (
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
	I8   DType = "I8"
	U8   DType = "U8"
)

// size is the bytes of an element, 0 for a type that the format does not know.
func (d DType) size() int64 {
	switch d {
	case U8, I8, "BOOL", "F8_E4M3", "F8_E5M2":
		return 1
	case F16, BF16, "I16", "U16":
		return 2
	case F32, "I32", "U32":
		return 4
	case "F64", "I64", "U64":
		return 8
	default:
		return 0
	}
}

// Tensor says what one tensor is and where it lies.
type Tensor struct {
	DType      DType
	Shape      []int
	begin, end int64 // in the data, which starts at File.data
}

// Len is the number of elements.
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// File is an open weight file. It may be used concurrently if its reader may be.
type File struct {
	r        io.ReaderAt
	data     int64
	tensors  map[string]Tensor
	metadata map[string]string
}

// Read checks the header of a file of size bytes and returns its table. The data stays in r, which the caller closes
// when it needs no more tensors.
func Read(r io.ReaderAt, size int64) (*File, error) {
	var prefix [8]byte
	if size < int64(len(prefix)) {
		return nil, malformed("%d bytes are too few", size)
	}
	if err := readAt(r, prefix[:], 0); err != nil {
		return nil, fmt.Errorf("read header length: %w", err)
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, malformed("a header of %d bytes in a file of %d; the limit is %d", n, size, maxHeader)
	}
	header := make([]byte, n)
	if err := readAt(r, header, 8); err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	f := &File{r: r, data: 8 + int64(n)}
	var err error
	if f.tensors, f.metadata, err = parseHeader(header); err != nil {
		return nil, err
	}
	return f, checkLayout(f.tensors, size-f.data)
}

// readAt fills b. A reader may report the end of the file together with the last bytes; that is no error.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		return err
	}
	return nil
}

// checkLayout sees that the tensors cover the data from end to end, each byte once.
func checkLayout(tensors map[string]Tensor, size int64) error {
	spans := make([]Tensor, 0, len(tensors))
	for _, t := range tensors {
		spans = append(spans, t)
	}
	slices.SortFunc(spans, func(a, b Tensor) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	var at int64
	for _, t := range spans {
		if t.begin != at {
			return malformed("a tensor starts at byte %d where the one before ends at %d", t.begin, at)
		}
		at = t.end
	}
	if at != size {
		return malformed("the tensors take %d bytes of %d", at, size)
	}
	return nil
}

// Names lists the tensors in order of name.
func (f *File) Names() []string {
	names := make([]string, 0, len(f.tensors))
	for n := range f.tensors {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Metadata is the value of a key of the free text that a file may carry, "" if there is none.
func (f *File) Metadata(key string) string { return f.metadata[key] }

// Tensor looks a tensor up.
func (f *File) Tensor(name string) (t Tensor, ok bool) {
	t, ok = f.tensors[name]
	return t, ok
}
