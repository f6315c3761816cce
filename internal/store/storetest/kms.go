package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
)

var (
	keyHome     = kms.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	keyStranger = kms.Scope{Partition: "aws", Region: "us-east-1", Account: "210987654321"}
	keyAbroad   = kms.Scope{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
)

// RunKMS runs the contract of kms.Store. open gives an empty store that the test may close by t.Cleanup.
func RunKMS(t *testing.T, open func(t *testing.T) kms.Store) {
	for name, test := range map[string]func(*testing.T, kms.Store){
		"Keys":              kmsKeys,
		"DueKeys":           kmsDueKeys,
		"Materials":         kmsMaterials,
		"Aliases":           kmsAliases,
		"Grants":            kmsGrants,
		"Tags":              kmsTags,
		"DeletionTakesAll":  kmsDeletion,
		"ErrorsUndo":        kmsErrorsUndo,
		"ViewsRefuseWrites": kmsViews,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func kmsKey(scope kms.Scope, id string) kms.Key {
	return kms.Key{
		Scope: scope, ID: id, Description: "description", Spec: material.Symmetric, Usage: material.EncryptDecrypt, Origin: kms.OriginKMS,
		Manager: kms.ByCustomer, MultiRegion: true, State: kms.Enabled, Policy: "{}", CreatedAt: noon, Rotates: true, Period: 365,
		NextRotation: noon.AddDate(1, 0, 0), OnDemand: 3, DueAt: noon.AddDate(1, 0, 0),
	}
}

func kmsUpdate(t *testing.T, s kms.Store, write func(kms.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), write); err != nil {
		t.Fatal(err)
	}
}

// kmsWant reads and compares.
func kmsWant[T any](t *testing.T, s kms.Store, want T, read func(kms.Tx) (T, error)) {
	t.Helper()
	err := s.View(t.Context(), func(tx kms.Tx) error {
		got, err := read(tx)
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func kmsAbsent[T any](t *testing.T, s kms.Store, read func(kms.Tx) (T, error)) {
	t.Helper()
	err := s.View(t.Context(), func(tx kms.Tx) error {
		_, err := read(tx)
		return err
	})
	if !errors.Is(err, kms.ErrNoRow) {
		t.Errorf("error %v, want ErrNoRow", err)
	}
}

func kmsKeys(t *testing.T, s kms.Store) {
	one, two, three, four := kmsKey(keyHome, "1"), kmsKey(keyHome, "2"), kmsKey(keyStranger, "3"), kmsKey(keyAbroad, "1")
	two.Manager = kms.ByService
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(one), tx.InsertKey(two), tx.InsertKey(three), tx.InsertKey(four))
	})
	one.Sequence, two.Sequence, three.Sequence, four.Sequence = 1, 2, 3, 4
	kmsWant(t, s, one, func(tx kms.Tx) (kms.Key, error) { return tx.Key("us-east-1", "1") })
	kmsWant(t, s, three, func(tx kms.Tx) (kms.Key, error) { return tx.Key("us-east-1", "3") })
	kmsWant(t, s, four, func(tx kms.Tx) (kms.Key, error) { return tx.Key("eu-west-1", "1") })
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Key, error) { return tx.Key("eu-west-1", "2") })
	kmsWant(t, s, []kms.Key{one}, func(tx kms.Tx) ([]kms.Key, error) { return tx.Keys(keyHome, 0, 1) })
	kmsWant(t, s, []kms.Key{two}, func(tx kms.Tx) ([]kms.Key, error) { return tx.Keys(keyHome, 1, 9) })
	kmsWant(t, s, 1, func(tx kms.Tx) (int, error) { return tx.CountKeys(keyHome) })
	changed := one
	changed.Description, changed.State, changed.Policy, changed.DeletionAt, changed.Window = "other", kms.PendingDeletion, `{"x":1}`, noon.AddDate(0, 0, 7), 7
	changed.Rotates, changed.Period, changed.NextRotation, changed.OnDemand, changed.DueAt = false, 90, time.Time{}, 4, time.Time{}
	kmsUpdate(t, s, func(tx kms.Tx) error { return tx.ReplaceKey(changed) })
	kmsWant(t, s, changed, func(tx kms.Tx) (kms.Key, error) { return tx.Key("us-east-1", "1") })
	if err := s.Update(t.Context(), func(tx kms.Tx) error { return tx.InsertKey(one) }); err == nil {
		t.Error("an id was taken twice in a Region")
	}
	if err := s.Update(t.Context(), func(tx kms.Tx) error { return tx.ReplaceKey(kmsKey(keyHome, "9")) }); !errors.Is(err, kms.ErrNoRow) {
		t.Errorf("replacing what is not there: %v", err)
	}
}

func kmsDueKeys(t *testing.T, s kms.Store) {
	late, soon, never := kmsKey(keyHome, "late"), kmsKey(keyHome, "soon"), kmsKey(keyHome, "never")
	late.DueAt, soon.DueAt, never.DueAt = noon.Add(time.Second), noon, time.Time{}
	kmsUpdate(t, s, func(tx kms.Tx) error { return errors.Join(tx.InsertKey(late), tx.InsertKey(soon), tx.InsertKey(never)) })
	ids := func(now time.Time, limit int) func(kms.Tx) ([]string, error) {
		return func(tx kms.Tx) (ids []string, err error) {
			keys, err := tx.DueKeys(now, limit)
			for _, k := range keys {
				ids = append(ids, k.ID)
			}
			return ids, err
		}
	}
	kmsWant(t, s, nil, ids(noon.Add(-time.Microsecond), 9))
	kmsWant(t, s, []string{"soon"}, ids(noon, 9))
	kmsWant(t, s, []string{"soon", "late"}, ids(noon.AddDate(1, 0, 0), 9))
	kmsWant(t, s, []string{"soon"}, ids(noon.AddDate(1, 0, 0), 1))
}

func kmsMaterials(t *testing.T, s kms.Store) {
	first := kms.Material{Scope: keyHome, KeyID: "1", ID: "a", State: kms.Current, Wrapped: []byte{1, 0, 2}, Print: []byte{3}, Description: "d", ValidTo: noon}
	second := kms.Material{Scope: keyHome, KeyID: "1", ID: "b", State: kms.PendingRotation, RotatedAt: noon, Rotation: kms.OnDemand}
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), tx.InsertKey(kmsKey(keyAbroad, "1")), tx.InsertMaterial(first), tx.InsertMaterial(second))
	})
	first.Sequence, second.Sequence = 1, 2
	both := []kms.Material{first, second}
	kmsWant(t, s, both, func(tx kms.Tx) ([]kms.Material, error) { return tx.Materials("us-east-1", "1") })
	kmsWant(t, s, []kms.Material{}, func(tx kms.Tx) ([]kms.Material, error) { return tx.Materials("eu-west-1", "1") })
	kmsWant(t, s, both[1:], func(tx kms.Tx) ([]kms.Material, error) { return tx.AllMaterials(1, 9) })
	kmsWant(t, s, both[:1], func(tx kms.Tx) ([]kms.Material, error) { return tx.AllMaterials(0, 1) })
	if err := s.Update(t.Context(), func(tx kms.Tx) error {
		second.State = kms.Current
		return tx.ReplaceMaterial(second)
	}); err == nil {
		t.Error("a key got two current materials")
	}
	first.State, first.Wrapped, first.Print, first.ValidTo = kms.NonCurrent, nil, []byte{4}, time.Time{}
	kmsUpdate(t, s, func(tx kms.Tx) error { return errors.Join(tx.ReplaceMaterial(first), tx.ReplaceMaterial(second)) })
	kmsWant(t, s, []kms.Material{first, second}, func(tx kms.Tx) ([]kms.Material, error) { return tx.Materials("us-east-1", "1") })
}

func kmsAliases(t *testing.T, s kms.Store) {
	alias := func(scope kms.Scope, name, key string) kms.Alias {
		return kms.Alias{Scope: scope, Name: name, KeyID: key, CreatedAt: noon, UpdatedAt: noon}
	}
	a, b, c := alias(keyHome, "alias/a", "1"), alias(keyHome, "alias/b", "2"), alias(keyStranger, "alias/a", "3")
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), tx.InsertKey(kmsKey(keyHome, "2")), tx.InsertKey(kmsKey(keyStranger, "3")),
			tx.InsertAlias(a), tx.InsertAlias(b), tx.InsertAlias(c))
	})
	a.Sequence, b.Sequence, c.Sequence = 1, 2, 3
	kmsWant(t, s, a, func(tx kms.Tx) (kms.Alias, error) { return tx.Alias(keyHome, "alias/a") })
	kmsWant(t, s, c, func(tx kms.Tx) (kms.Alias, error) { return tx.Alias(keyStranger, "alias/a") })
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Alias, error) { return tx.Alias(keyAbroad, "alias/a") })
	kmsWant(t, s, []kms.Alias{a, b}, func(tx kms.Tx) ([]kms.Alias, error) { return tx.Aliases(keyHome, "", 0, 9) })
	kmsWant(t, s, []kms.Alias{b}, func(tx kms.Tx) ([]kms.Alias, error) { return tx.Aliases(keyHome, "2", 0, 9) })
	kmsWant(t, s, []kms.Alias{b}, func(tx kms.Tx) ([]kms.Alias, error) { return tx.Aliases(keyHome, "", 1, 9) })
	a.KeyID, a.UpdatedAt = "2", noon.Add(time.Hour)
	kmsUpdate(t, s, func(tx kms.Tx) error { return errors.Join(tx.ReplaceAlias(a), tx.DeleteAlias(keyHome, "alias/b")) })
	kmsWant(t, s, []kms.Alias{a}, func(tx kms.Tx) ([]kms.Alias, error) { return tx.Aliases(keyHome, "2", 0, 9) })
	if err := s.Update(t.Context(), func(tx kms.Tx) error { return tx.DeleteAlias(keyHome, "alias/b") }); !errors.Is(err, kms.ErrNoRow) {
		t.Errorf("deleted twice: %v", err)
	}
}

func kmsGrants(t *testing.T, s kms.Store) {
	full := kms.Grant{
		Scope: keyHome, KeyID: "1", ID: "a", Name: "n", CreatedAt: noon, Grantee: "arn:g", Retiring: "arn:r", Issuer: "arn:i",
		Operations:  []kms.Operation{kms.OpDecrypt, kms.OpEncrypt},
		Constraints: kms.Constraints{Equals: map[string]string{"k": "v\x00\"", "": ""}, SourceARN: "arn:s"},
	}
	service := kms.Grant{
		Scope: keyHome, KeyID: "1", ID: "b", CreatedAt: noon, GranteeService: "s3.amazonaws.com", RetiringService: "s3.amazonaws.com",
		Operations: []kms.Operation{kms.OpSign}, Constraints: kms.Constraints{Subset: map[string]string{}},
	}
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), tx.InsertKey(kmsKey(keyHome, "2")), tx.InsertGrant(full), tx.InsertGrant(service))
	})
	full.Sequence, service.Sequence = 1, 2
	both := []kms.Grant{full, service}
	kmsWant(t, s, full, func(tx kms.Tx) (kms.Grant, error) { return tx.Grant("us-east-1", "1", "a") })
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Grant, error) { return tx.Grant("us-east-1", "2", "a") })
	kmsWant(t, s, both, func(tx kms.Tx) ([]kms.Grant, error) { return tx.Grants("us-east-1", "1", 0, 9) })
	kmsWant(t, s, both[1:], func(tx kms.Tx) ([]kms.Grant, error) { return tx.Grants("us-east-1", "1", 1, 9) })
	kmsWant(t, s, both[:1], func(tx kms.Tx) ([]kms.Grant, error) { return tx.RetirableGrants(keyHome, "arn:r", 0, 9) })
	kmsWant(t, s, both[1:], func(tx kms.Tx) ([]kms.Grant, error) { return tx.RetirableGrants(keyHome, "s3.amazonaws.com", 0, 9) })
	kmsWant(t, s, []kms.Grant{}, func(tx kms.Tx) ([]kms.Grant, error) { return tx.RetirableGrants(keyStranger, "arn:r", 0, 9) })
	kmsWant(t, s, both[:1], func(tx kms.Tx) ([]kms.Grant, error) { return tx.GrantsNamed("us-east-1", "1", "n") })
	kmsWant(t, s, []kms.Grant{}, func(tx kms.Tx) ([]kms.Grant, error) { return tx.GrantsNamed("us-east-1", "1", "") })
	kmsWant(t, s, 2, func(tx kms.Tx) (int, error) { return tx.CountGrants("us-east-1", "1") })
	kmsUpdate(t, s, func(tx kms.Tx) error { return tx.DeleteGrant("us-east-1", "1", "a") })
	kmsWant(t, s, both[1:], func(tx kms.Tx) ([]kms.Grant, error) { return tx.Grants("us-east-1", "1", 0, 9) })
}

func kmsTags(t *testing.T, s kms.Store) {
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), tx.PutTag("us-east-1", "1", kms.Tag{Key: "b", Value: "1"}),
			tx.PutTag("us-east-1", "1", kms.Tag{Key: "a", Value: ""}), tx.PutTag("us-east-1", "1", kms.Tag{Key: "b", Value: "2"}),
			tx.DeleteTag("us-east-1", "1", "none"))
	})
	read := func(tx kms.Tx) ([]kms.Tag, error) { return tx.Tags("us-east-1", "1") }
	kmsWant(t, s, []kms.Tag{{Key: "a"}, {Key: "b", Value: "2"}}, read)
	kmsUpdate(t, s, func(tx kms.Tx) error { return tx.DeleteTag("us-east-1", "1", "a") })
	kmsWant(t, s, []kms.Tag{{Key: "b", Value: "2"}}, read)
}

func kmsDeletion(t *testing.T, s kms.Store) {
	kmsUpdate(t, s, func(tx kms.Tx) error {
		return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), tx.InsertMaterial(kms.Material{Scope: keyHome, KeyID: "1", ID: "m", State: kms.Current}),
			tx.InsertAlias(kms.Alias{Scope: keyHome, Name: "alias/a", KeyID: "1"}), tx.InsertGrant(kms.Grant{Scope: keyHome, KeyID: "1", ID: "g", Name: "n"}),
			tx.PutTag("us-east-1", "1", kms.Tag{Key: "a"}))
	})
	kmsUpdate(t, s, func(tx kms.Tx) error { return tx.DeleteKey("us-east-1", "1") })
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Key, error) { return tx.Key("us-east-1", "1") })
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Alias, error) { return tx.Alias(keyHome, "alias/a") })
	kmsWant(t, s, []kms.Material{}, func(tx kms.Tx) ([]kms.Material, error) { return tx.AllMaterials(0, 9) })
	kmsWant(t, s, 0, func(tx kms.Tx) (int, error) { return tx.CountGrants("us-east-1", "1") })
	kmsWant(t, s, []kms.Tag{}, func(tx kms.Tx) ([]kms.Tag, error) { return tx.Tags("us-east-1", "1") })
}

func kmsErrorsUndo(t *testing.T, s kms.Store) {
	stop := errors.New("stop")
	err := s.Update(t.Context(), func(tx kms.Tx) error { return errors.Join(tx.InsertKey(kmsKey(keyHome, "1")), stop) })
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	kmsAbsent(t, s, func(tx kms.Tx) (kms.Key, error) { return tx.Key("us-east-1", "1") })
}

func kmsViews(t *testing.T, s kms.Store) {
	kmsUpdate(t, s, func(tx kms.Tx) error { return tx.InsertKey(kmsKey(keyHome, "1")) })
	for i, write := range []func(kms.Tx) error{
		func(tx kms.Tx) error { return tx.InsertKey(kmsKey(keyHome, "2")) },
		func(tx kms.Tx) error { return tx.ReplaceKey(kmsKey(keyHome, "1")) },
		func(tx kms.Tx) error { return tx.DeleteKey("us-east-1", "1") },
		func(tx kms.Tx) error { return tx.InsertMaterial(kms.Material{Scope: keyHome, KeyID: "1", ID: "m"}) },
		func(tx kms.Tx) error { return tx.InsertAlias(kms.Alias{Scope: keyHome, Name: "alias/a", KeyID: "1"}) },
		func(tx kms.Tx) error { return tx.InsertGrant(kms.Grant{Scope: keyHome, KeyID: "1", ID: "g"}) },
		func(tx kms.Tx) error { return tx.PutTag("us-east-1", "1", kms.Tag{Key: "a"}) },
		func(tx kms.Tx) error { return tx.DeleteTag("us-east-1", "1", "a") },
	} {
		if err := s.View(t.Context(), write); err == nil {
			t.Errorf("write %d passed inside a view", i)
		}
	}
	kmsWant(t, s, 1, func(tx kms.Tx) (int, error) { return tx.CountKeys(keyHome) })
}
