package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/guardrail"
)

var (
	home      = guardrail.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	elsewhere = guardrail.Scope{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
	stranger  = guardrail.Scope{Partition: "aws", Region: "us-east-1", Account: "210987654321"}
	noon      = time.Date(2026, 1, 2, 12, 0, 0, 123456000, time.UTC)
)

// RunGuardrails runs the contract of guardrail.Store. open gives an empty store that the test may close by t.Cleanup.
func RunGuardrails(t *testing.T, open func(t *testing.T) guardrail.Store) {
	for name, test := range map[string]func(*testing.T, guardrail.Store){
		"Drafts":              drafts,
		"DraftOrder":          draftOrder,
		"Versions":            versions,
		"Tokens":              tokens,
		"Tags":                tags,
		"ResourcePolicies":    resourcePolicies,
		"Enforced":            enforced,
		"ScopesAreSeparate":   scopesAreSeparate,
		"ErrorsUndo":          errorsUndo,
		"PanicsUndo":          panicsUndo,
		"ViewsRefuseWrites":   viewsRefuseWrites,
		"EndedContext":        endedContext,
		"UpdatesAreSerial":    updatesAreSerial,
		"ViewsAreConsistent":  viewsAreConsistent,
		"UnusualText":         unusualText,
		"DeletionTakesAll":    deletionTakesAll,
		"NamesAreUnique":      namesAreUnique,
		"VersionsNeedADraft":  versionsNeedADraft,
		"EnforcedHoldsOn":     enforcedHoldsOn,
		"LargeConfigurations": largeConfigurations,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func update(t *testing.T, s guardrail.Store, write func(guardrail.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), write); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s guardrail.Store, read func(guardrail.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
}

func draft(scope guardrail.Scope, id string) guardrail.Row {
	return guardrail.Row{Config: []byte("config of " + id), Summary: guardrail.Summary{
		Scope: scope, ID: id, Name: "name-" + id, Description: "description", ProfileID: "us.guardrail.v1:0",
		KMSKeyARN: "arn:aws:kms:us-east-1:123456789012:key/1", CreatedAt: noon, UpdatedAt: noon.Add(time.Microsecond), Revision: 1,
	}}
}

func version(scope guardrail.Scope, id string, number guardrail.Version) guardrail.Row {
	row := draft(scope, id)
	row.Version, row.Config = number, fmt.Appendf(nil, "config of %s version %d", id, number)
	return row
}

// insert adds guardrails with these ids to scope.
func insert(t *testing.T, s guardrail.Store, scope guardrail.Scope, ids ...string) {
	t.Helper()
	update(t, s, func(tx guardrail.Tx) error {
		for _, id := range ids {
			if err := tx.InsertDraft(draft(scope, id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// want fails the test where got, as a function gave it, is not what was expected.
func want[T any](t *testing.T, expected T) func(got T, err error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// absent fails the test where err does not say that there is no row.
func absent[T any](t *testing.T) func(_ T, err error) {
	t.Helper()
	return func(_ T, err error) {
		t.Helper()
		if !errors.Is(err, guardrail.ErrNoRow) {
			t.Errorf("error %v, want ErrNoRow", err)
		}
	}
}

func missing(t *testing.T, err error) {
	t.Helper()
	absent[struct{}](t)(struct{}{}, err)
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
