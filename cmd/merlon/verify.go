package main

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/app"
)

type verifyCommand struct {
	Data      string `help:"Data folder to check." placeholder:"DIR" required:""`
	PublicKey string `help:"PEM file with the public key of the audit journal. Default: the one in the data folder, which whoever can replace the folder can replace." placeholder:"FILE"`
	AuditOnly bool   `help:"Check the audit journal alone."`
}

// Run prints what was checked and fails if anything is wrong.
func (v *verifyCommand) Run(w *world) error {
	report, err := app.Verify(context.Background(), app.VerifyOptions{Data: v.Data, PublicKey: v.PublicKey, AuditOnly: v.AuditOnly})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, report)
	return err
}
