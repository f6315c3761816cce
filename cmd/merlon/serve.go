package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
)

type serveCommand struct {
	Config string `help:"YAML configuration file. Variables MERLON_* win over it." placeholder:"FILE"`
	Data   string `help:"Folder that holds all state; it is made if it is not there." placeholder:"DIR"`
	Listen string `help:"Address of the API; port 0 picks a free one." placeholder:"HOST:PORT"`
	Dev    bool   `help:"One account 123456789012 with access key test and secret test, on loopback only."`
	Demo   bool   `help:"With --dev and an empty data folder: make a guardrail and show it at work."`
}

// Run serves until the first SIGTERM or interrupt, then drains; a second signal ends the process at once.
func (s *serveCommand) Run(w *world) error {
	c, err := config.Load(s.Config, w.environ)
	if err != nil {
		return err
	}
	if s.Data != "" {
		c.Data = s.Data
	}
	if s.Listen != "" {
		c.Listen = s.Listen
	}
	resolved, err := config.Resolve(c, s.Dev)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // from here on a signal has its default effect
	return app.Run(ctx, app.Options{Config: resolved, Stdout: w.stdout, Stderr: w.stderr, Demo: s.Demo && s.Dev})
}
