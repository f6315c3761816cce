// Package eval measures how well detection does on labelled texts: what is found, what is missed, what is flagged wrongly, and how sure
// these figures are.
//
// Judge asks a scorer about every row, Measure makes a Report of what it said, and Compare sets two such answers side by side.
package eval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"merlon.dev/merlon/internal/detect"
)

// Verdict is what detection says of one label of a text.
type Verdict struct {
	Detected   *bool    `json:"detected,omitempty"`   // as configured; nil where nothing is
	Confidence string   `json:"confidence,omitempty"` // NONE, LOW, MEDIUM or HIGH, of what is graded
	Score      *float64 `json:"score,omitempty"`      // probability that the label is right, where detection gives one
}

// rank orders verdicts of one label from least to most sure: by score, else by confidence, else detected after not detected.
func (v Verdict) rank() float64 {
	switch {
	case v.Score != nil:
		return *v.Score
	case v.Confidence != "":
		return float64(v.confidence()) / float64(detect.High)
	case v.Detected != nil && *v.Detected:
		return 1
	default:
		return 0
	}
}

func (v Verdict) confidence() detect.Confidence {
	for _, c := range []detect.Confidence{detect.Low, detect.Medium, detect.High} {
		if v.Confidence == c.String() {
			return c
		}
	}
	return detect.None
}

// flags tells whether the verdict is over a line.
func (v Verdict) flags(point string) bool {
	switch point {
	case StrengthLow:
		return v.confidence() >= detect.High
	case StrengthMedium:
		return v.confidence() >= detect.Medium
	case StrengthHigh:
		return v.confidence() >= detect.Low
	default:
		return v.Detected != nil && *v.Detected
	}
}

// Reading is what detection says of one row.
type Reading struct {
	Verdicts map[string]Verdict // by label; a label that is missing was looked for in vain
	// Hidden says that a block hides what would have been masked: of a label that is missing nothing is known.
	Hidden   bool
	Entities []Span        // the personal data that was reported
	Took     time.Duration // by the detection
}

// Scorer is the detection that is measured. It is safe for concurrent use.
type Scorer interface {
	// Score judges a row. A Failure leaves the row out; every other error ends the run.
	Score(ctx context.Context, row Row) (Reading, error)
}

// Failure is the error of a row that could not be judged while others may be. It never stands for a clean text.
type Failure struct {
	Code string // in the words of the API, such as ThrottlingException
	Err  error
}

func (f *Failure) Error() string { return f.Code + ": " + f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Outcome is a reading as a report keeps it, without words of the text.
type Outcome struct {
	Line     int                `json:"line"` // of the row in its file
	Verdicts map[string]Verdict `json:"verdicts,omitempty"`
	Entities map[string]Matches `json:"entities,omitempty"` // by type, of a row with spans
	Failure  string             `json:"failure,omitempty"`  // code of why there is no verdict
	Hidden   bool               `json:"hidden,omitempty"`   // as in Reading
	took     time.Duration
}

// knows tells whether something can be said of a label.
func (o Outcome) knows(label string) bool {
	_, told := o.Verdicts[label]
	return o.Failure == "" && (told || !o.Hidden)
}

// hopeless is how many rows may fail while none was judged before a run gives up.
const hopeless = 10

// Judge scores every row, concurrency of them at a time, and gives their outcomes in the order of the rows. It is an error if no row at
// all could be judged.
func Judge(ctx context.Context, rows []Row, s Scorer, concurrency int) ([]Outcome, error) {
	outcomes := make([]Outcome, len(rows))
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(max(concurrency, 1))
	var mu sync.Mutex
	failed, judged := 0, 0 // under mu
	for i, row := range rows {
		if running.Err() != nil {
			break
		}
		group.Go(func() error {
			reading, err := s.Score(running, row)
			var failure *Failure
			if err != nil && !errors.As(err, &failure) {
				return fmt.Errorf("line %d: %w", row.Line, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if failure == nil {
				judged++
				outcomes[i] = outcome(row, reading)
				return nil
			}
			failed++
			outcomes[i] = Outcome{Line: row.Line, Failure: failure.Code}
			if judged == 0 && failed >= min(hopeless, len(rows)) {
				return fmt.Errorf("none of %d rows could be judged; line %d: %w", failed, row.Line, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return outcomes, ctx.Err()
}

func outcome(row Row, r Reading) Outcome {
	o := Outcome{Line: row.Line, Verdicts: r.Verdicts, Hidden: r.Hidden, Entities: match(row.Spans, r.Entities), took: r.Took}
	maps.DeleteFunc(o.Entities, func(label string, _ Matches) bool { return !o.knows(label) })
	return o
}
