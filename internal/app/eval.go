package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/eval"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// EvalSubject is what is measured: a guardrail behind an endpoint, else a guardrail in this process, else the guard model by itself.
type EvalSubject struct {
	Name      string // in the report
	Endpoint  *eval.EndpointConfig
	Guardrail []byte // body of a CreateGuardrail request; nil for none
	Model     string // folder of a guard model to take instead of the one in the binary
}

// EvalOptions say what is measured and how.
type EvalOptions struct {
	Rows    []byte // labelled JSON lines
	Subject EvalSubject
	// Against is what the subject is compared with: something to measure on the same rows, or a report of these rows that an earlier run
	// has written. At most one of the two.
	Against      *EvalSubject
	AgainstSaved []byte
	Source       guardrail.Direction // side of the model that the texts are on, for a guardrail
	Concurrency  int                 // texts at a time; 0 means 1
	Tolerated    float64             // false positive rate up to which a strength is advised
}

// Evaluation is what Eval measured.
type Evaluation struct {
	Report eval.Report
	Other  *eval.Report // of what the subject was compared with; nil for none
}

// Eval measures detection.
func Eval(ctx context.Context, o EvalOptions) (Evaluation, error) {
	rows, err := eval.ReadRows(bytes.NewReader(o.Rows))
	if err != nil {
		return Evaluation{}, err
	}
	var out Evaluation
	sum := sha256.Sum256(o.Rows)
	measured := hex.EncodeToString(sum[:])
	if o.AgainstSaved != nil { // first: what is wrong with it shall not be found out after a long run
		if out.Other, err = eval.ReadReport(o.AgainstSaved); err != nil {
			return Evaluation{}, err
		}
		if out.Other.RowsSHA256 != measured || len(out.Other.Outcomes) != len(rows) {
			return Evaluation{}, errors.New("the report to compare with is of other rows; measure both on the same file")
		}
	}
	run := func(s EvalSubject) (eval.Report, error) {
		outcomes, err := judge(ctx, rows, s, o)
		if err != nil {
			return eval.Report{}, fmt.Errorf("%s: %w", s.Name, err)
		}
		r := eval.Measure(rows, outcomes, o.Tolerated)
		r.Subject, r.RowsSHA256 = s.Name, measured
		return r, nil
	}
	if o.Against != nil {
		other, err := run(*o.Against)
		if err != nil {
			return Evaluation{}, err
		}
		out.Other = &other
	}
	if out.Report, err = run(o.Subject); err != nil || out.Other == nil {
		return out, err
	}
	c, err := eval.Compare(rows, out.Other.Outcomes, out.Report.Outcomes)
	if err != nil {
		return Evaluation{}, err
	}
	c.With = out.Other.Subject
	out.Report.Comparison = &c
	return out, nil
}

// judge asks one subject about every row.
func judge(ctx context.Context, rows []eval.Row, s EvalSubject, o EvalOptions) ([]eval.Outcome, error) {
	if s.Endpoint != nil {
		c := *s.Endpoint
		c.Source = o.Source
		scorer, err := eval.NewEndpoint(c)
		if err != nil {
			return nil, err
		}
		return eval.Judge(ctx, rows, scorer, o.Concurrency)
	}
	models, err := openDetectorModels(s.Model)
	if err != nil {
		return nil, err
	}
	defer models.close()
	var guard *guardmodel.Model
	if models != nil {
		guard = models.guard
	}
	var scorer eval.Scorer
	switch {
	case s.Guardrail != nil:
		compiled, err := compileAlone(ctx, s.Guardrail, models)
		if err != nil {
			return nil, fmt.Errorf("guardrail: %w", err)
		}
		scorer = eval.NewGuardrail(evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), compiled, o.Source, guard)
	case guard == nil:
		return nil, errors.New("this build has no guard model to measure; give a guardrail that needs none")
	default:
		scorer = eval.NewModel(guard)
	}
	return eval.Judge(ctx, rows, scorer, o.Concurrency)
}
