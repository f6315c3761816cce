package main

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/app"
)

type verifyCommand struct {
	Data string `help:"Data folder to check." placeholder:"DIR" required:""`
}

// Run prints what was checked and fails if anything is wrong.
func (v *verifyCommand) Run(w *world) error {
	report, err := app.Verify(context.Background(), v.Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, report)
	return err
}
