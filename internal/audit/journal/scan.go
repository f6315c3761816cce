package journal

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// MaxRecord is the largest record in bytes; CloudTrail's events end at 256 KB.
const MaxRecord = 256 << 10

// maxLine is more than any line of the journal has.
const maxLine = MaxRecord + frameSize

// Line is one line of a segment with its place.
type Line struct {
	Number int   // from 1
	Offset int64 // of its first byte
	Bytes  []byte
}

// Lines calls visit for every line of a file, the last one perhaps without its line feed. Of a line that is longer than any of the
// journal it is given the beginning. What visit is given is good until it returns.
func Lines(file io.Reader, visit func(Line) error) error {
	reader := bufio.NewReaderSize(file, maxLine+1)
	for line := (Line{Number: 1}); ; line.Number++ {
		text, err := reader.ReadSlice('\n')
		if len(text) > 0 {
			line.Bytes = text
			if err := visit(line); err != nil {
				return err
			}
			line.Offset += int64(len(text))
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			text, err = reader.ReadSlice('\n')
			line.Offset += int64(len(text))
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// lastPoint gives the point behind the last record of a segment, as its last line states it.
func lastPoint(path string) (Point, error) {
	file, err := os.Open(path)
	if err != nil {
		return Point{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Point{}, err
	}
	tail := make([]byte, min(info.Size(), int64(maxLine)))
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && err != io.EOF {
		return Point{}, err
	}
	begin := len(tail) - 1
	for begin > 0 && tail[begin-1] != '\n' {
		begin--
	}
	if begin < 0 {
		return Point{}, errFrame
	}
	frame, err := ParseFrame(tail[begin:])
	return Point{frame.Sequence, frame.Chain}, err
}
