package storetest

import (
	"errors"
	"testing"
	"time"

	"merlon.dev/merlon/internal/iam"
)

// RunIAM runs the contract of iam.Store on stores that open makes, each empty.
func RunIAM(t *testing.T, open func(t *testing.T) iam.Store) {
	for name, run := range map[string]func(*testing.T, iam.Store){
		"Accounts": iamAccounts, "Principals": iamPrincipals, "Members": iamMembers, "Owned": iamOwned, "Policies": iamPolicies, "Keys": iamKeys,
		"ServiceCredentials": iamServiceCredentials, "Changes": iamChanges, "ViewsRefuseWrites": iamViewsRefuseWrites,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, open(t))
		})
	}
}

func iamUpdate(t *testing.T, s iam.Store, write func(iam.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), write); err != nil {
		t.Fatal(err)
	}
}

func iamView(t *testing.T, s iam.Store, read func(iam.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
}

func noRow(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, iam.ErrNoRow) {
		t.Errorf("error %v, want ErrNoRow", err)
	}
}

func iamUser(id, name string) iam.Principal {
	return iam.Principal{Account: home.Account, Kind: iam.User, ID: id, Name: name, Path: "/", CreatedAt: noon}
}

func iamInsert(t *testing.T, s iam.Store, all ...iam.Principal) {
	t.Helper()
	iamUpdate(t, s, func(tx iam.Tx) error {
		for _, p := range all {
			if err := tx.InsertPrincipal(p); err != nil {
				return err
			}
		}
		return nil
	})
}

func iamAccounts(t *testing.T, s iam.Store) {
	a, b := iam.Account{ID: "222222222222", Name: "b", CreatedAt: noon}, iam.Account{ID: "111111111111", CreatedAt: noon}
	iamUpdate(t, s, func(tx iam.Tx) error { return errors.Join(tx.InsertAccount(a), tx.InsertAccount(b)) })
	iamView(t, s, func(tx iam.Tx) error {
		want(t, a)(tx.Account(a.ID))
		want(t, []iam.Account{b, a})(tx.Accounts())
		_, err := tx.Account("3")
		noRow(t, err)
		return nil
	})
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.InsertAccount(a) }); err == nil {
		t.Error("an account was made twice")
	}
}

func iamPrincipals(t *testing.T, s iam.Store) {
	ann, bob, deep := iamUser("U1", "Ann"), iamUser("U2", "bob"), iamUser("U3", "Carl")
	deep.Path = "/a/b/"
	role := iam.Principal{
		Account: home.Account, Kind: iam.Role, ID: "R1", Name: "ann", Path: "/", CreatedAt: noon, Boundary: "arn:b", Trust: "{}", Description: "d",
		MaxSession: 2 * time.Hour,
	}
	stranger := iamUser("U4", "Ann")
	stranger.Account = "999999999999"
	iamInsert(t, s, bob, ann, deep, role, stranger)
	iamView(t, s, func(tx iam.Tx) error {
		want(t, ann)(tx.Principal(home.Account, iam.User, "ANN"))
		want(t, role)(tx.Principal(home.Account, iam.Role, "Ann"))
		want(t, role)(tx.PrincipalByID("R1"))
		want(t, 3)(tx.CountPrincipals(home.Account, iam.User))
		want(t, []iam.Principal{ann, bob})(tx.Principals(home.Account, iam.User, "/", "", 2))
		want(t, []iam.Principal{deep})(tx.Principals(home.Account, iam.User, "/", "BOB", 2))
		want(t, []iam.Principal{deep})(tx.Principals(home.Account, iam.User, "/a/", "", 2))
		want(t, []iam.Principal{})(tx.Principals(home.Account, iam.User, "/A/", "", 2))
		_, err := tx.Principal(home.Account, iam.Role, "bob")
		noRow(t, err)
		_, err = tx.PrincipalByID("u1")
		noRow(t, err)
		return nil
	})
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.InsertPrincipal(iamUser("U9", "ANN")) }); err == nil {
		t.Error("two users differ in case alone")
	}
	changed := role
	changed.Name, changed.Path, changed.Boundary, changed.Trust, changed.Description, changed.MaxSession = "other", "/x/", "", "[]", "", time.Hour
	iamUpdate(t, s, func(tx iam.Tx) error {
		noRow(t, tx.ReplacePrincipal(iamUser("U9", "x")))
		noRow(t, tx.DeletePrincipal("U9"))
		return errors.Join(tx.ReplacePrincipal(changed), tx.DeletePrincipal("U2"))
	})
	if err := s.TouchRole(t.Context(), "R1", noon, "us-east-1"); err != nil {
		t.Fatal(err)
	}
	changed.LastUsedAt, changed.LastRegion = noon, "us-east-1"
	iamView(t, s, func(tx iam.Tx) error {
		want(t, changed)(tx.PrincipalByID("R1"))
		_, err := tx.PrincipalByID("U2")
		noRow(t, err)
		return nil
	})
}

func iamGroup(id, name string) iam.Principal {
	return iam.Principal{Account: home.Account, Kind: iam.Group, ID: id, Name: name, Path: "/", CreatedAt: noon}
}

func iamMembers(t *testing.T, s iam.Store) {
	ann, bob, first, second := iamUser("U1", "ann"), iamUser("U2", "Bob"), iamGroup("G1", "Writers"), iamGroup("G2", "readers")
	iamInsert(t, s, ann, bob, first, second)
	iamUpdate(t, s, func(tx iam.Tx) error {
		return errors.Join(tx.PutMember("G1", "U2"), tx.PutMember("G1", "U1"), tx.PutMember("G1", "U1"), tx.PutMember("G2", "U1"), tx.DeleteMember("G2", "U2"))
	})
	if err := s.Update(t.Context(), func(tx iam.Tx) error { return tx.PutMember("G1", "U9") }); err == nil {
		t.Error("a user who is not there is in a group")
	}
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Principal{ann, bob})(tx.Members("G1"))
		want(t, []iam.Principal{second, first})(tx.Groups("U1"))
		want(t, []iam.Principal{first})(tx.Groups("U2"))
		want(t, []iam.Principal{})(tx.Groups("G1"))
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error { return errors.Join(tx.DeleteMember("G1", "U1"), tx.DeletePrincipal("U2")) })
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Principal{})(tx.Members("G1"))
		want(t, []iam.Principal{second})(tx.Groups("U1"))
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error { return tx.DeletePrincipal("G2") })
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Principal{})(tx.Groups("U1"))
		want(t, ann)(tx.PrincipalByID("U1"))
		return nil
	})
}

func iamOwned(t *testing.T, s iam.Store) {
	iamInsert(t, s, iamUser("U1", "ann"), iamUser("U2", "bob"))
	iamUpdate(t, s, func(tx iam.Tx) error {
		noRow(t, tx.DeleteInline("U1", "p"))
		noRow(t, tx.Detach("U1", "arn:p"))
		return errors.Join(
			tx.PutInline("U1", iam.Inline{Name: "q", Document: "1"}), tx.PutInline("U1", iam.Inline{Name: "p", Document: "2"}), tx.PutInline("U1", iam.Inline{Name: "q", Document: "3"}),
			tx.Attach("U1", "arn:q"), tx.Attach("U1", "arn:p"), tx.Attach("U1", "arn:p"), tx.Attach("U2", "arn:p"),
			tx.PutTag("U1", iam.Tag{Key: "Team", Value: "1"}), tx.PutTag("U1", iam.Tag{Key: "a", Value: ""}), tx.PutTag("U1", iam.Tag{Key: "team", Value: "2"}),
			tx.DeleteTag("U1", "none"),
		)
	})
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Inline{{Name: "p", Document: "2"}, {Name: "q", Document: "3"}})(tx.Inlines("U1"))
		want(t, []string{"arn:p", "arn:q"})(tx.Attachments("U1"))
		want(t, []iam.Tag{{Key: "a"}, {Key: "team", Value: "2"}})(tx.Tags("U1"))
		want(t, []iam.Principal{iamUser("U1", "ann"), iamUser("U2", "bob")})(tx.Attached(home.Account, "arn:p"))
		want(t, []iam.Principal{})(tx.Attached("999999999999", "arn:p"))
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error {
		return errors.Join(tx.DeleteInline("U1", "p"), tx.Detach("U1", "arn:q"), tx.DeleteTag("U1", "A"), tx.DeletePrincipal("U2"))
	})
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Inline{{Name: "q", Document: "3"}})(tx.Inlines("U1"))
		want(t, []iam.Tag{{Key: "team", Value: "2"}})(tx.Tags("U1"))
		want(t, []iam.Principal{iamUser("U1", "ann")})(tx.Attached(home.Account, "arn:p"))
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error { return tx.DeletePrincipal("U1") })
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Inline{})(tx.Inlines("U1"))
		want(t, []string{})(tx.Attachments("U1"))
		want(t, []iam.Tag{})(tx.Tags("U1"))
		return nil
	})
}

func iamPolicies(t *testing.T, s iam.Store) {
	p := iam.Policy{Account: home.Account, ID: "P1", Name: "Pol", Path: "/a/", Description: "d", DefaultVersion: 1, LastVersion: 1, CreatedAt: noon, UpdatedAt: noon}
	other := iam.Policy{Account: home.Account, ID: "P2", Name: "alpha", Path: "/", DefaultVersion: 1, LastVersion: 1, CreatedAt: noon, UpdatedAt: noon}
	one, two := iam.Version{Number: 1, Document: "1", CreatedAt: noon}, iam.Version{Number: 2, Document: "2", CreatedAt: noon}
	bound := iamUser("U1", "ann")
	bound.Boundary = "arn:p"
	iamInsert(t, s, bound)
	iamUpdate(t, s, func(tx iam.Tx) error {
		return errors.Join(tx.InsertPolicy(p), tx.InsertPolicy(other), tx.InsertVersion("P1", one), tx.InsertVersion("P1", two), tx.PutTag("P1", iam.Tag{Key: "k"}))
	})
	changed := p
	changed.DefaultVersion, changed.LastVersion, changed.UpdatedAt = 2, 2, noon.Add(time.Second)
	given := changed
	given.Name, given.Path = "ignored", "/"
	iamUpdate(t, s, func(tx iam.Tx) error {
		noRow(t, tx.ReplacePolicy(iam.Policy{ID: "P9", DefaultVersion: 1, LastVersion: 1}))
		noRow(t, tx.DeletePolicy("P9"))
		noRow(t, tx.DeleteVersion("P1", 9))
		return tx.ReplacePolicy(given)
	})
	iamView(t, s, func(tx iam.Tx) error {
		want(t, changed)(tx.Policy(home.Account, "POL"))
		want(t, 2)(tx.CountPolicies(home.Account))
		want(t, []iam.Policy{other, changed})(tx.Policies(home.Account, "/", "", 9))
		want(t, []iam.Policy{changed})(tx.Policies(home.Account, "/a/", "Alpha", 9))
		want(t, one)(tx.Version("P1", 1))
		want(t, []iam.Version{two, one})(tx.Versions("P1"))
		want(t, []iam.Principal{bound})(tx.Bounded(home.Account, "arn:p"))
		want(t, []iam.Principal{})(tx.Bounded(home.Account, ""))
		_, err := tx.Version("P1", 3)
		noRow(t, err)
		_, err = tx.Policy("999999999999", "Pol")
		noRow(t, err)
		return nil
	})
	iamUpdate(t, s, func(tx iam.Tx) error { return errors.Join(tx.DeleteVersion("P1", 1), tx.DeletePolicy("P1")) })
	iamView(t, s, func(tx iam.Tx) error {
		want(t, []iam.Version{})(tx.Versions("P1"))
		want(t, []iam.Tag{})(tx.Tags("P1"))
		want(t, 1)(tx.CountPolicies(home.Account))
		return nil
	})
}
