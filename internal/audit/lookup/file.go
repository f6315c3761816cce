package lookup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

// ensure opens the index file of a closed segment, which it makes where it is missing or not of that segment.
func (x *Index) ensure(s journal.Segment) (*os.File, int, error) {
	path := filepath.Join(x.journal.Dir(), folder, s.Name[:len(s.Name)-len(filepath.Ext(s.Name))])
	info, err := os.Stat(filepath.Join(x.journal.Dir(), s.Name))
	if err != nil {
		return nil, 0, err
	}
	x.building.Lock()
	defer x.building.Unlock()
	if file, count, err := openFile(path, info.Size()); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return file, count, err
	}
	if err := x.make(path, s, info.Size()); err != nil {
		return nil, 0, fmt.Errorf("index %s: %w", s.Name, err)
	}
	return openFile(path, info.Size())
}

// openFile opens an index file of a segment of size bytes; any other file is like none.
func openFile(path string, size int64) (*os.File, int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	head := make([]byte, headSize)
	info, statErr := file.Stat()
	_, readErr := file.ReadAt(head, 0)
	if statErr != nil || readErr != nil || binary.LittleEndian.Uint64(head) != format || binary.LittleEndian.Uint64(head[8:]) != uint64(size) || (info.Size()-headSize)%entrySize != 0 {
		return nil, 0, errors.Join(fs.ErrNotExist, file.Close())
	}
	return file, int((info.Size() - headSize) / entrySize), nil
}

func (x *Index) make(path string, s journal.Segment, size int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.Open(filepath.Join(x.journal.Dir(), s.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	content := binary.LittleEndian.AppendUint64(nil, format)
	content = binary.LittleEndian.AppendUint64(content, uint64(size))
	err = journal.Lines(file, func(l journal.Line) error {
		e, ok, err := indexLine(l, 0)
		if ok {
			content = e.append(content)
		}
		return err
	})
	if err != nil {
		return err
	}
	return digest.WriteFile(path, content)
}
