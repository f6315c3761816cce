package safetensors

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Entry is a tensor to write: its name, its shape, and its elements in exactly one of Float32 and Int8.
type Entry struct {
	Name    string
	Shape   []int
	Float32 []float32
	Int8    []int8
}

func (e Entry) dtype() DType {
	if e.Int8 != nil {
		return I8
	}
	return F32
}

type headerEntry struct {
	DType       DType    `json:"dtype"`
	Shape       []int    `json:"shape"`
	DataOffsets [2]int64 `json:"data_offsets"`
}

// Write writes a file with the given entries and free text. Wide elements come first, so that all are aligned; the same
// entries give the same bytes. An entry whose shape does not fit its elements, or two of one name, is an error.
func Write(w io.Writer, metadata map[string]string, entries []Entry) error {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int {
		if a.dtype() != b.dtype() {
			return int(b.dtype().size() - a.dtype().size())
		}
		return strings.Compare(a.Name, b.Name)
	})
	head := map[string]any{}
	if len(metadata) > 0 {
		head["__metadata__"] = metadata
	}
	var at int64
	for _, e := range entries {
		n := max(len(e.Float32), len(e.Int8))
		if (Tensor{Shape: e.Shape}).Len() != n || (e.Float32 != nil) == (e.Int8 != nil) || head[e.Name] != nil {
			return fmt.Errorf("write tensor %q: shape %v, %d elements; a name comes once and the shape fits", e.Name, e.Shape, n)
		}
		size := e.dtype().size() * int64(n)
		head[e.Name] = headerEntry{e.dtype(), append([]int{}, e.Shape...), [2]int64{at, at + size}}
		at += size
	}
	text, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	text = append(text, strings.Repeat(" ", (8-len(text)%8)%8)...)
	b := bufio.NewWriterSize(w, 1<<16)
	_, _ = b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))) // bufio keeps the error for Flush
	_, _ = b.Write(text)
	for _, e := range entries {
		e.write(b)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	return nil
}

func (e Entry) write(b *bufio.Writer) {
	for _, v := range e.Float32 {
		_, _ = b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), math.Float32bits(v)))
	}
	for _, v := range e.Int8 {
		_ = b.WriteByte(byte(v))
	}
}
