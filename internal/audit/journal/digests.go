package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
)

// errChanged says that what is on disk is not what was written there.
var errChanged = errors.New("the audit journal was changed")

// serverAccount stands for the server as a whole: its journal holds the records of every account.
const serverAccount = "000000000000"

// digests is the chain of digests and the head.
type digests struct {
	config Config
	last   *digest.Signed // nil before the first
	end    Point          // behind the segments that digests list
	since  time.Time      // where the next period begins
}

// openDigests finds the end of the chain, which the head must know or be one step behind.
func openDigests(c Config, head digest.Head) (*digests, error) {
	d := &digests{config: c, since: c.Now()}
	names, err := digest.Names(c.Dir)
	if err != nil {
		return nil, err
	}
	known := head.Digest == ""
	for _, name := range names {
		known = known || name == head.Digest
	}
	if !known {
		return nil, fmt.Errorf("%w: %s, which the signed head names, is missing", errChanged, head.Digest)
	}
	if len(names) == 0 {
		return d, nil
	}
	last, err := digest.Read(c.Dir, names[len(names)-1])
	if err != nil {
		return nil, fmt.Errorf("newest audit digest: %w", err)
	}
	if !last.Check(c.Key.Verifier()) || last.Name == head.Digest && last.Hash != head.DigestHash {
		return nil, fmt.Errorf("%w: the signature of %s does not match", errChanged, last.Name)
	}
	d.last = &last
	if d.since, err = time.Parse(time.RFC3339, last.End); err != nil {
		return nil, fmt.Errorf("newest audit digest: %w", err)
	}
	return d, d.findEnd(names)
}

// findEnd reads digests backwards to the newest that lists a segment.
func (d *digests) findEnd(names []string) error {
	for i := len(names) - 1; i >= 0; i-- {
		one, err := digest.Read(d.config.Dir, names[i])
		if err != nil {
			return fmt.Errorf("audit digest: %w", err)
		}
		if n := len(one.Segments); n > 0 {
			chain, ok := ParseHash(one.Segments[n-1].Chain)
			if !ok {
				return fmt.Errorf("%w: %s", errChanged, names[i])
			}
			d.end = Point{one.Segments[n-1].Last, chain}
			return nil
		}
		if one.PreviousLastSequence == 0 {
			return nil
		}
	}
	return nil
}

// sign vouches for everything up to end, which must be on disk.
func (d *digests) sign(end Point) error {
	head := digest.Head{Sequence: end.Sequence, Chain: end.Chain.String()}
	if d.last != nil {
		head.Digest, head.DigestHash = d.last.Name, d.last.Hash
	}
	return digest.WriteHead(d.config.Dir, d.config.Key, head, d.config.Now())
}

// extend signs a digest of the segments between the last one that is listed and until.
func (d *digests) extend(until Point) error {
	now := d.config.Now().Truncate(time.Second)
	if d.last != nil && digest.Name(now) <= d.last.Name {
		return errors.New("the clock has not moved on since the last digest")
	}
	segments, err := Segments(d.config.Dir)
	if err != nil {
		return err
	}
	period := digest.Period{
		Account: serverAccount, Start: d.since, End: now, Bucket: digest.Bucket,
		Object: digest.Folder + "/" + digest.Name(now), LastSequence: d.end.Sequence,
	}
	end := d.end
	for _, s := range segments {
		if s.First <= end.Sequence || s.First > until.Sequence {
			continue
		}
		file, row, err := summarise(filepath.Join(d.config.Dir, s.Name), &end)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		file.Object = s.Name
		period.Files, period.Segments = append(period.Files, file), append(period.Segments, row)
	}
	if end != until {
		return fmt.Errorf("%w: records %d to %d are not as they were written", errChanged, d.end.Sequence+1, until.Sequence)
	}
	signed, content, err := digest.New(d.config.Key, period, d.last)
	if err != nil {
		return err
	}
	if err := digest.Write(d.config.Dir, signed, content); err != nil {
		return err
	}
	d.last, d.end, d.since = &signed, end, now
	return nil
}

// summarise reads a closed segment that begins at at, checks it and moves at behind it.
func summarise(path string, at *Point) (digest.File, digest.Segment, error) {
	reader, err := os.Open(path)
	if err != nil {
		return digest.File{}, digest.Segment{}, err
	}
	defer reader.Close()
	sum := sha256.New()
	file, row := digest.File{}, digest.Segment{First: at.Sequence + 1, Marks: []string{}}
	err = Lines(io.TeeReader(reader, sum), func(line Line) error {
		frame, err := ParseFrame(line.Bytes)
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", errChanged, line.Number, err)
		}
		*at = at.Next(len(frame.Record), Leaf(frame.Record))
		if at.Sequence != frame.Sequence || at.Chain != frame.Chain {
			return fmt.Errorf("%w: line %d, sequence %d", errChanged, line.Number, frame.Sequence)
		}
		if at.Sequence%digest.MarkEvery == 0 {
			row.Marks = append(row.Marks, at.Chain.String())
		}
		if when := EventTime(frame.Record); when != "" {
			if file.Oldest == "" || when < file.Oldest {
				file.Oldest = when
			}
			file.Newest = max(file.Newest, when)
		}
		row.Size += int64(len(line.Bytes))
		return nil
	})
	if err != nil {
		return file, row, err
	}
	file.Hash, row.Last, row.Chain = hex.EncodeToString(sum.Sum(nil)), at.Sequence, at.Chain.String()
	return file, row, nil
}

// EventTime gives a record's member eventTime, which is a plain string, or nothing. Inside another string its quotes would be escaped.
func EventTime(record []byte) string {
	_, after, ok := bytes.Cut(record, []byte(`"eventTime":"`))
	end := bytes.IndexByte(after, '"')
	if !ok || end < 0 {
		return ""
	}
	return string(after[:end])
}
