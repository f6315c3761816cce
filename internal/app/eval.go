package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"merlon.dev/merlon/internal/api/bedrock"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/eval"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
)

// EvalOptions say what is measured.
type EvalOptions struct {
	Rows      io.Reader           // labelled JSON lines
	Guardrail []byte              // body of a CreateGuardrail request; nil measures the guard model by itself
	Source    guardrail.Direction // side of the model that the texts are on, for a guardrail
	Model     string              // folder of a guard model to take instead of the one in the binary
}

// Eval measures detection in this process, without a server.
func Eval(ctx context.Context, o EvalOptions) (_ eval.Report, err error) {
	rows, err := eval.ReadRows(o.Rows)
	if err != nil {
		return eval.Report{}, err
	}
	models, err := openDetectorModels(o.Model)
	if err != nil {
		return eval.Report{}, err
	}
	defer models.close()
	var guard *guardmodel.Model
	if models != nil {
		guard = models.guard
	}
	var scorer eval.Scorer
	switch {
	case o.Guardrail != nil:
		compiled, err := compileAlone(ctx, o.Guardrail, models)
		if err != nil {
			return eval.Report{}, fmt.Errorf("guardrail: %w", err)
		}
		scorer = eval.NewGuardrail(evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), compiled, o.Source, guard)
	case guard == nil:
		return eval.Report{}, errors.New("this build has no guard model to measure; give a guardrail that needs none")
	default:
		scorer = eval.NewModel(guard)
	}
	return eval.Run(ctx, rows, scorer)
}

// compileAlone makes a guardrail in a store of its own, so that a file is held to the rules that the API has, and compiles it.
func compileAlone(ctx context.Context, body []byte, models *detectorModels) (_ *evaluate.Compiled, err error) {
	proposal, err := bedrock.ParseProposal(body)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "merlon-eval-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := sqlite.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	keyring, err := openKeyring(ctx, store, config.Resolved{Config: config.Config{Data: dir}, Dev: true})
	if err != nil {
		return nil, err
	}
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: keyring, Now: time.Now})
	if err != nil {
		return nil, err
	}
	guardrailKeys, err := newGuardrailKeys(keys, keyring, 0)
	if err != nil {
		return nil, err
	}
	guardrails, err := guardrail.NewService(guardrail.Options{
		Store: store.Guardrails(), Keys: guardrailKeys, CheckRegex: evaluate.CheckRegex, Now: time.Now,
		NewID: func() string { return ident.Lower(12) },
	})
	if err != nil {
		return nil, err
	}
	scope := guardrail.Scope{Account: "123456789012", Region: "us-east-1"}
	made, err := guardrails.Create(ctx, scope, guardrail.CreateInput{Proposal: proposal})
	if err != nil {
		return nil, err
	}
	g, err := guardrails.Get(ctx, scope, made.ID, guardrail.Draft)
	if err != nil {
		return nil, err
	}
	return evaluate.Compile(g, models.factories())
}
