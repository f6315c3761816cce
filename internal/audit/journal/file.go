package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// File is the open segment. Calls of Write, Truncate, Reserve and Close follow each other; Sync may run beside Write.
type File interface {
	// Write appends.
	io.Writer
	Sync() error
	// Truncate cuts the file, and what is reserved behind it, to size bytes.
	Truncate(size int64) error
	// Reserve makes sure that the file can grow to end bytes, where the file system can say so; the size of the file stays.
	Reserve(end int64) error
	Close() error
}

// OpenFile opens a segment of the file system for appending, and makes it where it is missing.
func OpenFile(path string) (File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{file}, nil
}

type osFile struct{ *os.File }

// Reserve asks the file system for blocks.
func (f osFile) Reserve(end int64) error { return reserve(f.File, end) }

const (
	segmentPrefix = "segment-"
	segmentSuffix = ".jsonl"
	segmentDigits = 20
)

// Segment is a file of the journal.
type Segment struct {
	Name  string
	First uint64 // the sequence of its first record, as the name says
}

func segmentName(first uint64) string {
	return fmt.Sprintf("%s%0*d%s", segmentPrefix, segmentDigits, first, segmentSuffix)
}

// Segments lists the segments in dir in their order.
func Segments(dir string) ([]Segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list audit segments: %w", err)
	}
	var segments []Segment
	for _, e := range entries {
		if first, ok := parseSegmentName(e.Name()); ok {
			segments = append(segments, Segment{e.Name(), first})
		}
	}
	slices.SortFunc(segments, func(a, b Segment) int { return strings.Compare(a.Name, b.Name) })
	return segments, nil
}

func parseSegmentName(name string) (uint64, bool) {
	digits, ok := strings.CutPrefix(filepath.Base(name), segmentPrefix)
	digits, whole := strings.CutSuffix(digits, segmentSuffix)
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, ok && whole && err == nil && len(digits) == segmentDigits
}
