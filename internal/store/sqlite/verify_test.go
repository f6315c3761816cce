package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/guardrailtest"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/store/sqlite"
)

var scope = guardrail.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}

func newService(s *sqlite.Store) (*guardrail.Service, error) {
	return guardrail.NewService(guardrail.Options{
		Store: s.Guardrails(), Keys: &guardrailtest.Keys{}, CheckRegex: func(string) error { return nil },
		Now: time.Now, NewID: func() string { return ident.Lower(12) },
	})
}

func service(t testing.TB, s *sqlite.Store) *guardrail.Service {
	t.Helper()
	control, err := newService(s)
	if err != nil {
		t.Fatal(err)
	}
	return control
}

func proposal(name string) guardrail.Proposal {
	return guardrail.Proposal{Config: guardrail.Config{
		Name: name, BlockedInput: "no", BlockedOutput: "no",
		Topics: guardrail.TopicPolicy{Topics: []guardrail.Topic{{Name: "Fiduciary Advice", Definition: strings.Repeat("d", 100)}}},
		Content: guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{
			{Category: guardrail.Hate, InputStrength: guardrail.StrengthHigh, OutputStrength: guardrail.StrengthHigh},
			{Category: guardrail.PromptAttack, InputStrength: guardrail.StrengthHigh, OutputStrength: guardrail.StrengthNone},
		}},
		Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Anonymize}}},
	}}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]struct{ statement, problem string }{
		"healthy":             {"SELECT 1", ""},
		"sealed":              {"SELECT 1", ""},
		"unreadable format":   {"UPDATE guardrail SET config = x'03'", "format 3, want 1"},
		"unreadable text":     {"UPDATE guardrail_version SET config = x'017b'", "unexpected EOF"},
		"other name":          {"UPDATE guardrail SET name = 'other'", "differs from the columns"},
		"number not given":    {"UPDATE guardrail SET last_version = 0", "above the last one given out"},
		"version without":     {"PRAGMA foreign_keys = 0; DELETE FROM guardrail", "foreign_key_check: guardrail_version"},
		"index out of step":   {"PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'guardrail_order'", "integrity_check"},
		"enforced of nothing": {"PRAGMA foreign_keys = 0; UPDATE guardrail_enforced SET version = 9", "foreign_key_check: guardrail_enforced"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := openFolder(t, dir)
			control := service(t, s)
			made, err := control.Create(t.Context(), scope, guardrail.CreateInput{Proposal: proposal("one")})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := control.CreateVersion(t.Context(), scope, guardrail.CreateVersionInput{Identifier: made.ID}); err != nil {
				t.Fatal(err)
			}
			if _, err := control.PutEnforced(t.Context(), scope, guardrail.EnforceInput{Identifier: made.ID, Version: 1}); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			raw, err := sql.Open("sqlite", filepath.Join(dir, "merlon.db"))
			if err != nil {
				t.Fatal(err)
			}
			if name != "sealed" { // as an older Merlon has left it
				if _, err := raw.ExecContext(t.Context(), "UPDATE guardrail SET config = ?1; UPDATE guardrail_version SET config = ?1", readable(t, "one")); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := raw.ExecContext(t.Context(), damage.statement); err != nil {
				t.Fatal(err)
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
			report, err := sqlite.Verify(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			problems := strings.Join(report.Problems, "\n")
			if damage.problem == "" && (problems != "" || report.Guardrails != 1 || report.Versions != 1) {
				t.Errorf("report %+v of a healthy folder", report)
			}
			if want := map[bool]int{true: 2}[name == "sealed"]; report.Sealed != want {
				t.Errorf("%d sealed configurations, want %d", report.Sealed, want)
			}
			if !strings.Contains(problems, damage.problem) {
				t.Errorf("problems %q, want one with %q", problems, damage.problem)
			}
		})
	}
}

// readable gives a configuration as it was stored before it was sealed.
func readable(t *testing.T, name string) []byte {
	t.Helper()
	config, err := guardrail.EncodeConfig(proposal(name).Config)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestVerifyNeedsAFolder(t *testing.T) {
	t.Parallel()
	if _, err := sqlite.Verify(t.Context(), t.TempDir()); err == nil {
		t.Error("an empty folder was verified")
	}
	dir := t.TempDir()
	openFolder(t, dir)
	if _, err := sqlite.Verify(t.Context(), dir); err == nil {
		t.Error("a folder in use was verified")
	}
}
