package app

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/verify"
	"merlon.dev/merlon/internal/store/sqlite"
)

// VerifyOptions say what is checked.
type VerifyOptions struct {
	Data string // the data folder
	// PublicKey is a PEM file with the key that signs the audit journal. Where it is empty the key in the folder is taken, which says
	// nothing about somebody who could replace the folder.
	PublicKey string
	// AuditOnly leaves the store alone, so that it may be in use, or not be there at all.
	AuditOnly bool
}

// shownFindings bounds what one run prints.
const shownFindings = 1000

// Verify checks a data folder while no server has it open, and gives lines that say what was checked. Any problem is an error.
func Verify(ctx context.Context, o VerifyOptions) (string, error) {
	var checked []string
	var problems []error
	if !o.AuditOnly {
		line, err := verifyStore(ctx, o.Data)
		checked, problems = append(checked, line), append(problems, err)
	}
	line, err := verifyAudit(ctx, o)
	checked, problems = append(checked, line), append(problems, err)
	if err := errors.Join(problems...); err != nil {
		return "", err
	}
	return strings.Join(checked, "\n"), nil
}

func verifyStore(ctx context.Context, dir string) (string, error) {
	report, err := sqlite.Verify(ctx, dir)
	if err != nil {
		return "", err
	}
	if len(report.Problems) > 0 {
		return "", fmt.Errorf("%d problems in %s:\n  %s", len(report.Problems), dir, strings.Join(report.Problems, "\n  "))
	}
	line := fmt.Sprintf("ok: %d guardrails with %d numbered versions", report.Guardrails, report.Versions)
	if report.Sealed > 0 {
		line += fmt.Sprintf("; %d configurations are sealed and were not opened", report.Sealed)
	}
	return line, nil
}

func verifyAudit(ctx context.Context, o VerifyOptions) (string, error) {
	dir := filepath.Join(o.Data, auditFolder)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && o.PublicKey == "" && !o.AuditOnly {
		return "ok: no audit journal", nil // a folder that never served
	}
	key, whose, err := auditKey(dir, o.PublicKey)
	if err != nil {
		return "", fmt.Errorf("audit journal: %w", err)
	}
	report, err := verify.Folder(ctx, dir, key)
	if err != nil {
		return "", fmt.Errorf("audit journal: %w", err)
	}
	if n := len(report.Findings); n > 0 {
		lines := make([]string, 0, min(n, shownFindings)+1)
		for _, f := range report.Findings[:min(n, shownFindings)] {
			lines = append(lines, f.String())
		}
		if n > shownFindings {
			lines = append(lines, fmt.Sprintf("and %d more", n-shownFindings))
		}
		return "", fmt.Errorf("audit journal: %d places are not as they were written:\n  %s", n, strings.Join(lines, "\n  "))
	}
	torn := ""
	if report.Torn != nil {
		torn = fmt.Sprintf(" (a crash left part of a record that nobody was answered on: %s line %d)", report.Torn.File, report.Torn.Line)
	}
	return fmt.Sprintf("ok: %d audit records in %d segments, %d digests, up to record %d with chain %s, signed up to record %d with the key %s%s",
		report.Records, report.Segments, report.Digests, report.Last, report.Chain, report.Signed, whose, torn), nil
}

func auditKey(dir, path string) (key *rsa.PublicKey, whose string, err error) {
	if path == "" {
		key, err = verify.PublicKey(dir)
		return key, "of the folder itself (give --public-key to check against one kept elsewhere)", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	key, err = digest.ParsePublicKey(text)
	return key, "in " + path, err
}
