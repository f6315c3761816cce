package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"merlon.dev/merlon/internal/iam"
)

func iamKeys(t *testing.T, s iam.Store) {
	key := func(id, owner string) iam.AccessKey {
		return iam.AccessKey{ID: id, Account: home.Account, Owner: owner, Status: iam.Active, CreatedAt: noon}
	}
	iamUpdate(t, s, func(tx iam.Tx) error {
		return errors.Join(tx.InsertKey(key("K2", "U1"), []byte{0, 2}), tx.InsertKey(key("K1", "U1"), []byte{0, 1}), tx.InsertKey(key("K3", ""), []byte{0, 3}))
	})
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.InsertKey(key("K1", "U2"), nil) }); err == nil {
		t.Error("a key id was given twice")
	}
	iamView(t, s, func(tx iam.Tx) error {
		sealed := func(sequence int64, id string) iam.SealedSecret {
			return iam.SealedSecret{Sequence: sequence, Account: home.Account, ID: id, Sealed: []byte{0, id[1] - '0'}}
		}
		want(t, []iam.SealedSecret{sealed(1, "K2"), sealed(2, "K1")})(tx.AllKeys(0, 2))
		want(t, []iam.SealedSecret{sealed(3, "K3")})(tx.AllKeys(2, 2))
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error {
		noRow(t, tx.SetKeyStatus("K9", iam.Active))
		noRow(t, tx.DeleteKey("K9"))
		noRow(t, tx.ReplaceKeySecret("K9", nil))
		if err := tx.ReplaceKeySecret("K1", []byte{0, 7}); err != nil {
			return err
		}
		return errors.Join(tx.SetKeyStatus("K1", iam.Inactive), tx.DeleteKey("K3"))
	})
	if err := s.TouchKey(t.Context(), "K1", noon.Add(time.Second), "eu-west-1", "iam"); err != nil {
		t.Fatal(err)
	}
	if err := s.TouchKey(t.Context(), "K9", noon, "eu-west-1", "iam"); err != nil {
		t.Errorf("the use of a key that is gone: %v", err)
	}
	one := key("K1", "U1")
	one.Status, one.LastUsedAt, one.LastRegion, one.LastFor = iam.Inactive, noon.Add(time.Second), "eu-west-1", "iam"
	iamView(t, s, func(tx iam.Tx) error {
		got, sealed, err := tx.Key("K1")
		want(t, one)(got, err)
		if !bytes.Equal(sealed, []byte{0, 7}) {
			t.Errorf("sealed %v", sealed)
		}
		want(t, []iam.AccessKey{key("K2", "U1"), one})(tx.Keys(home.Account, "U1"))
		want(t, []iam.AccessKey{})(tx.Keys(home.Account, ""))
		_, _, err = tx.Key("K3")
		noRow(t, err)
		return nil
	})
}

func iamServiceCredentials(t *testing.T, s iam.Store) {
	iamInsert(t, s, iamUser("U1", "ann"), iamUser("U2", "bob"))
	made := func(id, owner, alias string) iam.ServiceCredential {
		return iam.ServiceCredential{
			ID: id, Account: home.Account, Owner: owner, Service: "bedrock.amazonaws.com", Alias: alias, Status: iam.Active, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		}
	}
	one, two := made("C1", "U1", "a"), made("C2", "U2", "b")
	two.ExpiresAt = time.Time{}
	iamUpdate(t, s, func(tx iam.Tx) error {
		return errors.Join(tx.InsertServiceCredential(two, []byte{2}), tx.InsertServiceCredential(one, []byte{1}))
	})
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.InsertServiceCredential(made("C3", "U1", "b"), nil) }); err == nil {
		t.Error("an alias was given twice")
	}
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.DeletePrincipal("U1") }); err == nil {
		t.Error("a user went and left a credential behind")
	}
	iamUpdate(t, s, func(tx iam.Tx) error {
		noRow(t, tx.SetServiceCredentialStatus("C9", iam.Active))
		noRow(t, tx.ReplaceServiceSecret("C9", nil))
		noRow(t, tx.DeleteServiceCredential("C9"))
		return errors.Join(tx.SetServiceCredentialStatus("C1", iam.Inactive), tx.ReplaceServiceSecret("C1", []byte{9}))
	})
	one.Status = iam.Inactive
	iamView(t, s, func(tx iam.Tx) error {
		want(t, one)(tx.ServiceCredential("C1"))
		got, sealed, err := tx.ServiceCredentialByAlias("a")
		want(t, one)(got, err)
		if !bytes.Equal(sealed, []byte{9}) {
			t.Errorf("sealed %v", sealed)
		}
		want(t, []iam.ServiceCredential{one})(tx.ServiceCredentials(home.Account, "U1"))
		want(t, []iam.ServiceCredential{two, one})(tx.ServiceCredentials(home.Account, ""))
		want(t, []iam.ServiceCredential{})(tx.ServiceCredentials("999999999999", ""))
		all, err := tx.AllServiceCredentials(1, 5)
		if len(all) != 1 || all[0].ID != "C1" || !bytes.Equal(all[0].Sealed, []byte{9}) || err != nil {
			t.Errorf("all credentials after the first: %+v, %v", all, err)
		}
		_, _, err = tx.ServiceCredentialByAlias("c")
		noRow(t, err)
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error { return tx.DeleteServiceCredential("C1") })
}

// iamChanges: the count rises with every update, and with nothing else.
func iamChanges(t *testing.T, s iam.Store) {
	before := s.Changes()
	iamInsert(t, s, iamUser("U1", "ann"))
	after := s.Changes()
	if after <= before {
		t.Errorf("an update took the count from %d to %d", before, after)
	}
	iamView(t, s, func(tx iam.Tx) error {
		_, err := tx.PrincipalByID("U1")
		return err
	})
	if err := s.TouchKey(t.Context(), "K", noon, "", ""); err != nil {
		t.Fatal(err)
	}
	if now := s.Changes(); now != after {
		t.Errorf("a view and a use took the count from %d to %d", after, now)
	}
}

func iamViewsRefuseWrites(t *testing.T, s iam.Store) {
	iamInsert(t, s, iamUser("U1", "ann"))
	for name, write := range map[string]func(iam.Tx) error{
		"InsertAccount":    func(tx iam.Tx) error { return tx.InsertAccount(iam.Account{ID: "1"}) },
		"InsertPrincipal":  func(tx iam.Tx) error { return tx.InsertPrincipal(iamUser("U2", "bob")) },
		"ReplacePrincipal": func(tx iam.Tx) error { return tx.ReplacePrincipal(iamUser("U1", "bob")) },
		"DeletePrincipal":  func(tx iam.Tx) error { return tx.DeletePrincipal("U1") },
		"PutInline":        func(tx iam.Tx) error { return tx.PutInline("U1", iam.Inline{Name: "p"}) },
		"Attach":           func(tx iam.Tx) error { return tx.Attach("U1", "arn:p") },
		"PutTag":           func(tx iam.Tx) error { return tx.PutTag("U1", iam.Tag{Key: "k"}) },
		"InsertPolicy":     func(tx iam.Tx) error { return tx.InsertPolicy(iam.Policy{ID: "P", DefaultVersion: 1, LastVersion: 1}) },
		"InsertVersion":    func(tx iam.Tx) error { return tx.InsertVersion("P", iam.Version{Number: 1}) },
		"InsertKey":        func(tx iam.Tx) error { return tx.InsertKey(iam.AccessKey{ID: "K", Status: iam.Active}, nil) },
		"InsertServiceCredential": func(tx iam.Tx) error {
			return tx.InsertServiceCredential(iam.ServiceCredential{ID: "C", Owner: "U1", Status: iam.Active}, nil)
		},
	} {
		if err := s.View(t.Context(), write); err == nil || errors.Is(err, iam.ErrNoRow) {
			t.Errorf("%s inside a view: %v", name, err)
		}
	}
}
