package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/audit/trail"
)

// RunTrails runs the contract of trail.Store. open gives an empty store that the test may close by t.Cleanup.
func RunTrails(t *testing.T, open func(t *testing.T) trail.Store) {
	for name, test := range map[string]func(*testing.T, trail.Store){
		"Rows":              trailRows,
		"ErrorsUndo":        trailErrorsUndo,
		"ViewsRefuseWrites": trailViews,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func trailRow(account, region, name, body string) trail.Row {
	return trail.Row{Account: account, Region: region, Name: name, Body: []byte(body)}
}

func wantTrails(t *testing.T, s trail.Store, account string, want ...trail.Row) {
	t.Helper()
	if err := s.View(context.Background(), func(tx trail.Tx) error {
		got, err := tx.Trails(account)
		if diff := cmp.Diff(want, append([]trail.Row(nil), got...)); diff != "" {
			t.Errorf("trails of %s: %s", account, diff)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func trailRows(t *testing.T, s trail.Store) {
	a, b := trailRow("1", "us-east-1", "b", "x"), trailRow("1", "us-east-1", "a", "y")
	abroad, stranger := trailRow("1", "eu-west-1", "b", "z"), trailRow("2", "us-east-1", "b", "s")
	changed := trailRow("1", "us-east-1", "b", "changed")
	if err := s.Update(context.Background(), func(tx trail.Tx) error {
		return errors.Join(tx.PutTrail(a), tx.PutTrail(b), tx.PutTrail(abroad), tx.PutTrail(stranger), tx.PutTrail(changed))
	}); err != nil {
		t.Fatal(err)
	}
	wantTrails(t, s, "1", abroad, b, changed)
	wantTrails(t, s, "2", stranger)
	wantTrails(t, s, "3")
	if err := s.Update(context.Background(), func(tx trail.Tx) error {
		if err := tx.DeleteTrail("1", "us-west-2", "b"); !errors.Is(err, trail.ErrNoRow) {
			t.Errorf("delete of nothing: %v", err)
		}
		return tx.DeleteTrail("1", "us-east-1", "b")
	}); err != nil {
		t.Fatal(err)
	}
	wantTrails(t, s, "1", abroad, b)
	wantTrails(t, s, "2", stranger)
}

func trailErrorsUndo(t *testing.T, s trail.Store) {
	refused := errors.New("refused")
	if err := s.Update(context.Background(), func(tx trail.Tx) error {
		return errors.Join(tx.PutTrail(trailRow("1", "r", "n", "x")), refused)
	}); !errors.Is(err, refused) {
		t.Errorf("update: %v", err)
	}
	wantTrails(t, s, "1")
}

func trailViews(t *testing.T, s trail.Store) {
	if err := s.View(context.Background(), func(tx trail.Tx) error {
		if tx.PutTrail(trailRow("1", "r", "n", "x")) == nil || tx.DeleteTrail("1", "r", "n") == nil {
			t.Error("a view wrote")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
