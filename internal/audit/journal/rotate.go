package journal

import (
	"errors"
	"fmt"
	"os"

	"merlon.dev/merlon/internal/audit/digest"
)

// rotate closes the open segment, all of it on disk, and begins the next; under token. Where it fails before the old segment is given up
// writing goes on there.
func (j *Journal) rotate() error {
	j.syncing <- struct{}{}
	defer func() { <-j.syncing }()
	if err := j.file.Truncate(j.size); err != nil { // gives back what is reserved
		return err
	}
	j.reserved = 0
	if err := j.file.Sync(); err != nil {
		j.fail(fmt.Errorf("sync: %w", err))
		return err
	}
	j.mu.Lock()
	old, end := j.file, j.written
	j.synced = end.Sequence
	j.mu.Unlock()
	next := Segment{segmentName(end.Sequence + 1), end.Sequence + 1}
	file, err := j.config.OpenFile(j.path(next))
	if err == nil {
		if err = digest.SyncFolder(j.config.Dir); err != nil {
			// An empty segment must not stay behind while writing goes on in the old one.
			err = errors.Join(err, file.Close(), os.Remove(j.path(next)))
		}
	}
	if err != nil {
		return fmt.Errorf("begin a segment: %w", err)
	}
	j.mu.Lock()
	j.file, j.segment, j.start = file, next, end
	j.mu.Unlock()
	j.size = 0
	if err := j.reserve(); err != nil {
		j.config.Log.Error("no space is left for audit records", "error", err)
	}
	if err := old.Close(); err != nil { // it is synced and nothing more is written to it
		j.config.Log.Warn("close audit segment", "error", err)
	}
	return nil
}
