package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/model/profile"
)

// RunProfiles runs the contract of profile.Store. open gives an empty store that the test may close by t.Cleanup.
func RunProfiles(t *testing.T, open func(t *testing.T) profile.Store) {
	for name, test := range map[string]func(*testing.T, profile.Store){
		"Rows":              profileRows,
		"ErrorsUndo":        profileErrorsUndo,
		"ViewsRefuseWrites": profileViews,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func profileRow(account, id, token, body string) profile.Row {
	return profile.Row{Account: account, Region: "us-east-1", ID: id, Token: token, Body: []byte(body)}
}

func wantProfiles(t *testing.T, s profile.Store, account string, limit int, want ...profile.Row) (last int64) {
	t.Helper()
	if err := s.View(context.Background(), func(tx profile.Tx) error {
		got, err := tx.Profiles(account, "us-east-1", 0, limit)
		if diff := cmp.Diff(want, append([]profile.Row(nil), got...), cmpopts.IgnoreFields(profile.Row{}, "Seq")); diff != "" {
			t.Errorf("profiles of %s: %s", account, diff)
		}
		if len(got) > 0 {
			last = got[len(got)-1].Seq
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	return last
}

func profileRows(t *testing.T, s profile.Store) {
	a, b, stranger := profileRow("1", "b", "t", "x"), profileRow("1", "a", "", "y"), profileRow("2", "b", "t", "s")
	other := profileRow("1", "c", "", "z")
	if err := s.Update(context.Background(), func(tx profile.Tx) error {
		return errors.Join(tx.AddProfile(a), tx.AddProfile(b), tx.AddProfile(stranger), tx.AddProfile(other))
	}); err != nil {
		t.Fatal(err)
	}
	wantProfiles(t, s, "1", 9, a, b, other)
	wantProfiles(t, s, "2", 9, stranger)
	last := wantProfiles(t, s, "1", 2, a, b)
	if err := s.View(context.Background(), func(tx profile.Tx) error {
		behind, err := tx.Profiles("1", "us-east-1", last, 9)
		if err != nil || len(behind) != 1 || behind[0].ID != "c" {
			t.Errorf("behind %d: %v, %v", last, behind, err)
		}
		found, err := tx.ProfileByToken("1", "us-east-1", "t")
		if err != nil || found.ID != "b" {
			t.Errorf("by token: %v, %v", found, err)
		}
		if _, err := tx.ProfileByToken("1", "us-east-1", ""); !errors.Is(err, profile.ErrNoRow) {
			t.Errorf("by no token: %v", err)
		}
		if _, err := tx.Profile("1", "eu-west-1", "b"); !errors.Is(err, profile.ErrNoRow) {
			t.Errorf("abroad: %v", err)
		}
		n, err := tx.CountProfiles("1", "us-east-1")
		if n != 3 {
			t.Errorf("%d profiles", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	changed := profileRow("1", "a", "", "changed")
	if err := s.Update(context.Background(), func(tx profile.Tx) error {
		if err := tx.ChangeProfile(profileRow("1", "nobody", "", "x")); !errors.Is(err, profile.ErrNoRow) {
			t.Errorf("change of nothing: %v", err)
		}
		if err := tx.DeleteProfile("3", "us-east-1", "b"); !errors.Is(err, profile.ErrNoRow) {
			t.Errorf("delete of nothing: %v", err)
		}
		return errors.Join(tx.ChangeProfile(changed), tx.DeleteProfile("1", "us-east-1", "b"))
	}); err != nil {
		t.Fatal(err)
	}
	wantProfiles(t, s, "1", 9, changed, other)
	wantProfiles(t, s, "2", 9, stranger)
}

func profileErrorsUndo(t *testing.T, s profile.Store) {
	refused := errors.New("refused")
	if err := s.Update(context.Background(), func(tx profile.Tx) error {
		return errors.Join(tx.AddProfile(profileRow("1", "a", "", "x")), refused)
	}); !errors.Is(err, refused) {
		t.Errorf("update: %v", err)
	}
	wantProfiles(t, s, "1", 9)
}

func profileViews(t *testing.T, s profile.Store) {
	if err := s.View(context.Background(), func(tx profile.Tx) error {
		row := profileRow("1", "a", "", "x")
		if tx.AddProfile(row) == nil || tx.ChangeProfile(row) == nil || tx.DeleteProfile("1", "us-east-1", "a") == nil {
			t.Error("a view wrote")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
