package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/guardrail"
)

type evalCommand struct {
	Rows      string `arg:"" help:"File of labelled JSON lines: {\"text\": ..., \"labels\": [...]}. docs/eval.md says more." placeholder:"ROWS"`
	Guardrail string `help:"JSON file with the body of a CreateGuardrail request. Default: the guard model by itself, at each confidence." placeholder:"FILE"`
	Source    string `help:"Side of the model that the texts are on." enum:"INPUT,OUTPUT" default:"INPUT"`
	Model     string `help:"Folder of a guard model to measure instead of the one in this binary." placeholder:"DIR"`
	Out       string `help:"Write the figures to this file as JSON." placeholder:"FILE"`
}

// Run prints the figures as Markdown.
func (e *evalCommand) Run(w *world) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	o := app.EvalOptions{Source: guardrail.Direction(e.Source), Model: e.Model}
	rows, err := os.Open(e.Rows)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // only read
	o.Rows = rows
	if e.Guardrail != "" {
		if o.Guardrail, err = os.ReadFile(e.Guardrail); err != nil {
			return err
		}
	}
	report, err := app.Eval(ctx, o)
	if err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	if e.Out != "" {
		text, err := json.MarshalIndent(report, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(e.Out, append(text, '\n'), 0o644); err != nil { //nolint:gosec // figures are no secret
			return err
		}
	}
	return report.WriteMarkdown(w.stdout)
}
