package app

import (
	"context"
	"errors"
	"os"
	"time"

	"merlon.dev/merlon/internal/api/bedrock"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
)

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
