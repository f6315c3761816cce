package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// keep bounds what is not on disk and not signed, and ends the hours, until ctx ends.
func (j *Journal) keep(ctx context.Context) {
	defer close(j.ended)
	ticker := time.NewTicker(j.config.SyncEvery)
	defer ticker.Stop()
	_, signed := j.End()
	due := false // a digest
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if hour := j.config.Now().Truncate(time.Hour); hour.After(j.hour) {
			j.endHour(hour)
			due = true
		}
		if due {
			due = j.digest() != nil
		}
		_, end := j.End()
		if end == signed && !due || j.sync(end.Sequence) != nil {
			continue
		}
		if err := j.digests.sign(end); err != nil {
			j.config.Log.Error("sign the head of the audit journal", "error", err)
			continue
		}
		signed = end
	}
}

// endHour closes the segment of the hour that is over.
func (j *Journal) endHour(hour time.Time) {
	j.token <- struct{}{}
	defer func() { <-j.token }()
	j.hour = hour
	if j.size == 0 {
		return
	}
	if err := j.rotate(); err != nil {
		j.config.Log.Error("end an audit segment", "error", err)
	}
}

// digest signs a digest of the closed segments that no digest lists, also where there are none. Segments that are not as they were
// written end all writing: whoever can change them could change what comes next.
func (j *Journal) digest() error {
	j.mu.Lock()
	start := j.start
	j.mu.Unlock()
	err := j.digests.extend(start)
	switch {
	case errors.Is(err, errChanged):
		j.fail(fmt.Errorf("audit digest: %w", err))
	case err != nil:
		j.config.Log.Error("audit digest", "error", err)
	default:
		_, end := j.End()
		if err = j.sync(end.Sequence); err == nil {
			err = j.digests.sign(end)
		}
	}
	return err
}
