package app

import (
	"context"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/store/sqlite"
)

// Verify checks the data folder dir while no server has it open, and gives a line that says what was checked. Any problem is an error.
func Verify(ctx context.Context, dir string) (string, error) {
	report, err := sqlite.Verify(ctx, dir)
	if err != nil {
		return "", err
	}
	if len(report.Problems) > 0 {
		return "", fmt.Errorf("%d problems in %s:\n  %s", len(report.Problems), dir, strings.Join(report.Problems, "\n  "))
	}
	return fmt.Sprintf("ok: %d guardrails with %d numbered versions", report.Guardrails, report.Versions), nil
}
