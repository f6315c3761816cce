package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/eval"
	"merlon.dev/merlon/internal/guardrail"
)

type evalCommand struct {
	Rows                string  `arg:"" help:"File of labelled JSON lines: {\"text\": ..., \"labels\": [...]}. docs/eval.md says more." placeholder:"ROWS"`
	Guardrail           string  `help:"JSON file with the body of a CreateGuardrail request. Default: the guard model by itself, at each strength." placeholder:"FILE" xor:"where"`
	Source              string  `help:"Side of the model that the texts are on." enum:"INPUT,OUTPUT" default:"INPUT"`
	Model               string  `help:"Folder of a guard model to measure instead of the one in this binary." placeholder:"DIR"`
	Endpoint            string  `help:"Measure a guardrail of the server at this URL. Credentials and Region come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION." placeholder:"URL" xor:"where"`
	GuardrailIdentifier string  `help:"With --endpoint: id or ARN of the guardrail." placeholder:"ID"`
	GuardrailVersion    string  `help:"With --endpoint: its version, a number or DRAFT." default:"DRAFT" placeholder:"VERSION"`
	Region              string  `help:"With --endpoint: the Region to sign for instead of AWS_REGION." placeholder:"REGION"`
	Compare             string  `help:"What to compare with on the same rows: a guardrail's file, a folder of a guard model, a file that --out wrote, or with --endpoint another version." placeholder:"WITH"`
	Concurrency         int     `help:"Texts at a time. Latency is only of use with one." default:"1"`
	MaxFalsePositives   float64 `help:"Share of texts without a label that may be flagged by the strength that is advised." default:"0.02" placeholder:"SHARE"`
	Out                 string  `help:"Write the figures and the verdict on each row to this file as JSON." placeholder:"FILE"`
	Plot                string  `help:"Draw ROC and reliability curves into this file as SVG." placeholder:"FILE"`
}

// Run prints the figures as Markdown.
func (e *evalCommand) Run(w *world) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	o, err := e.options(w.environ)
	if err != nil {
		return err
	}
	evaluation, err := app.Eval(ctx, o)
	if err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	if err := e.write(evaluation); err != nil {
		return err
	}
	return evaluation.Report.WriteMarkdown(w.stdout)
}

// options reads what the flags name.
func (e *evalCommand) options(environ []string) (o app.EvalOptions, err error) {
	if e.Concurrency < 1 || !(e.MaxFalsePositives >= 0 && e.MaxFalsePositives <= 1) {
		return o, errors.New("--concurrency is at least 1, --max-false-positives from 0 to 1")
	}
	o = app.EvalOptions{Source: guardrail.Direction(e.Source), Concurrency: e.Concurrency, Tolerated: e.MaxFalsePositives}
	if o.Rows, err = os.ReadFile(e.Rows); err != nil {
		return o, err
	}
	if o.Subject, err = e.subject(environ); err != nil {
		return o, err
	}
	if e.Compare != "" {
		err = e.compare(&o)
	}
	return o, err
}

func (e *evalCommand) subject(environ []string) (s app.EvalSubject, err error) {
	switch {
	case e.Endpoint != "":
		c := eval.EndpointConfig{URL: e.Endpoint, Identifier: e.GuardrailIdentifier, Version: e.GuardrailVersion}
		c.Credentials, c.Region = fromEnvironment(environ)
		if e.Region != "" {
			c.Region = e.Region
		}
		return behind(c), nil
	case e.Guardrail != "":
		s = app.EvalSubject{Name: "guardrail " + e.Guardrail, Model: e.Model}
		s.Guardrail, err = os.ReadFile(e.Guardrail)
		return s, err
	case e.Model != "":
		return app.EvalSubject{Name: "guard model " + e.Model, Model: e.Model}, nil
	default:
		return app.EvalSubject{Name: "guard model"}, nil
	}
}

func (e *evalCommand) write(evaluation app.Evaluation) error {
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{e.Out, evaluation.Report.WriteJSON},
		{e.Plot, func(w io.Writer) error { return evaluation.Report.WriteSVG(w, evaluation.Other) }},
	} {
		if f.path == "" {
			continue
		}
		file, err := os.Create(f.path)
		if err != nil {
			return err
		}
		if err := errors.Join(f.write(file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}
