package kms_test

import (
	"bytes"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	if key.Spec != material.Symmetric || key.Usage != material.EncryptDecrypt || key.Origin != kms.OriginKMS || key.State != kms.Enabled ||
		key.Manager != kms.ByCustomer || len(key.CurrentMaterial) != 64 || len(key.ID) != 36 || key.Imported {
		t.Errorf("%+v", key)
	}
	text, err := b.Policy(t.Context(), home, key.ID)
	ok(t, err)
	if !bytes.Contains([]byte(text), []byte(`"arn:aws:iam::123456789012:root"`)) {
		t.Errorf("default policy %s", text)
	}
	for _, name := range []string{key.ID, key.ARN()} {
		if got, err := b.Describe(t.Context(), home, name); err != nil || got.ID != key.ID {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSomebodyElsesKeyIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	for name, c := range map[string]struct {
		from kms.Scope
		key  string
		want fault.Kind
	}{
		"bare id of another account": {stranger, key.ID, fault.NotFound},
		"bare id of another Region":  {abroad, key.ID, fault.NotFound},
		"ARN of another Region":      {abroad, key.ARN(), fault.NotFound},
		"ARN with a wrong account":   {home, stranger.ARN(key.ID), fault.NotFound},
		"no UUID":                    {home, "fake-key-id", fault.NotFound},
		"UUID without dashes":        {home, "134f2428cec14b25a1ae9048164dba47", fault.NotFound},
		"multi-Region form":          {home, "mrk-fake-key-id", fault.NotFound},
		"missing alias":              {home, "alias/none", fault.NotFound},
		"malformed ARN":              {home, "arn:aws:kms:us-east-1:1:key/x", fault.Invalid},
		"ARN of another service":     {home, "arn:aws:s3:us-east-1:123456789012:key/x", fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := b.Describe(t.Context(), c.from, c.key); !fault.Is(err, c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
	// A full ARN crosses accounts: whether the caller may is for the authorise phase.
	if _, err := b.Describe(t.Context(), stranger, key.ARN()); err != nil {
		t.Error(err)
	}
}

func TestDeletion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	ok(t, b.CreateAlias(t.Context(), home, "alias/x", key.ID))
	sealed := b.seal(t, key.ID, nil)
	for _, days := range []int{1, 6, 31, 365} {
		if _, err := b.ScheduleDeletion(t.Context(), home, key.ID, days); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	got, err := b.ScheduleDeletion(t.Context(), home, key.ID, 7)
	ok(t, err)
	if got.State != kms.PendingDeletion || got.Window != 7 || !got.DeletionAt.Equal(b.clock.Now().Add(7*day)) {
		t.Errorf("%+v", got)
	}
	refused(t, b.open(t, sealed, nil), kms.InvalidState)
	_, err = b.CancelDeletion(t.Context(), home, key.ID)
	ok(t, err)
	refused(t, b.open(t, sealed, nil), kms.IsDisabled)
	ok(t, b.Enable(t.Context(), home, key.ID))
	ok(t, b.open(t, sealed, nil))
	_, err = b.ScheduleDeletion(t.Context(), home, key.ID, 0)
	ok(t, err)
	b.clock.advance(30*day - time.Second)
	ok(t, b.Sweep(t.Context()))
	if _, err := b.Describe(t.Context(), home, key.ID); err != nil {
		t.Errorf("a second early: %v", err)
	}
	b.clock.advance(time.Second)
	gone := func(when string) {
		if _, err := b.Describe(t.Context(), home, key.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: Describe: %v", when, err)
		}
		refused(t, b.open(t, sealed, nil), kms.Reason(fault.Denied))
		if keys, err := b.List(t.Context(), home, 0, 10); err != nil || len(keys) != 0 {
			t.Errorf("%s: List: %d keys, %v", when, len(keys), err)
		}
	}
	gone("before the sweep")
	ok(t, b.Sweep(t.Context()))
	gone("after the sweep")
	if aliases, err := b.Aliases(t.Context(), home, "", 0, 10); err != nil || len(aliases) != 0 {
		t.Errorf("%d aliases, %v", len(aliases), err)
	}
	ok(t, b.store.KMS().View(t.Context(), func(tx kms.Tx) error {
		rows, err := tx.AllMaterials(0, 10)
		if len(rows) != 0 {
			t.Errorf("%d materials are left", len(rows))
		}
		return err
	}))
}

// TestRotations: after 100 rotations everything that was ever sealed still opens, and new material seals.
func TestRotations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	ok(t, b.EnableRotation(t.Context(), home, key.ID, 90))
	var all [][]byte
	where, seen := map[string]string{"a": "b"}, map[string]bool{}
	for range 100 {
		now, err := b.Describe(t.Context(), home, key.ID)
		ok(t, err)
		if seen[now.CurrentMaterial] {
			t.Fatal("a material came back")
		}
		seen[now.CurrentMaterial] = true
		all = append(all, b.seal(t, key.ID, where))
		b.clock.advance(90 * day)
		ok(t, b.Sweep(t.Context()))
	}
	for i, blob := range all {
		if err := b.open(t, blob, where); err != nil {
			t.Errorf("sealed before rotation %d: %v", i+1, err)
		}
		refused(t, b.open(t, blob, nil), kms.InvalidCiphertext)
	}
	arn, rotations, err := b.Rotations(t.Context(), home, key.ID, false, 0, 1000)
	ok(t, err)
	if arn != key.ARN() || len(rotations) != 100 {
		t.Errorf("%d rotations of %s", len(rotations), arn)
	}
	for _, r := range rotations {
		if r.Rotation != kms.Automatic || r.RotatedAt.IsZero() {
			t.Errorf("%+v", r)
		}
	}
	_, whole, err := b.Rotations(t.Context(), home, key.ID, true, 0, 1000)
	ok(t, err)
	if len(whole) != 101 {
		t.Errorf("%d materials", len(whole))
	}
}

func TestRotationOnDemandIsLimited(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	for range b.limits.Rotations {
		_, err := b.RotateOnDemand(t.Context(), home, key.ID)
		ok(t, err)
	}
	if _, err := b.RotateOnDemand(t.Context(), home, key.ID); !fault.Is(err, fault.OverQuota) {
		t.Errorf("one more: %v", err)
	}
}

func TestServiceKeys(t *testing.T) {
	t.Parallel()
	third := kms.Scope{Partition: "aws", Region: "us-east-1", Account: "333333333333"}
	b := setup(t)
	first, err := b.ServiceKey(t.Context(), home, "bedrock")
	ok(t, err)
	again, err := b.AliasTarget(t.Context(), home, "alias/aws/bedrock")
	ok(t, err)
	other, err := b.ServiceKey(t.Context(), stranger, "bedrock")
	ok(t, err)
	if first != again || first == other {
		t.Errorf("%s, %s, %s", first, again, other)
	}
	for name, err := range map[string]error{
		"disable":  b.Disable(t.Context(), home, first),
		"policy":   b.PutPolicy(t.Context(), home, kms.PolicyInput{Key: first, Policy: "{}", Bypass: true}),
		"alias":    b.CreateAlias(t.Context(), home, "alias/mine", first),
		"tag":      b.Tag(t.Context(), home, first, []kms.Tag{{Key: "k"}}),
		"rotation": b.DisableRotation(t.Context(), home, first),
	} {
		if err == nil {
			t.Errorf("%s: a service key was changed", name)
		}
	}
	if _, err := b.Facts(t.Context(), home, third.AliasARN("alias/aws/s3")); !fault.Is(err, fault.NotFound) {
		t.Errorf("a service key of another account that has none: %v", err)
	}
	if keys, err := b.List(t.Context(), third, 0, 9); err != nil || len(keys) != 0 {
		t.Errorf("%d keys were made in another account, %v", len(keys), err)
	}
	if _, err := b.ServiceKey(t.Context(), home, "nobody"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown service: %v", err)
	}
	ok(t, b.open(t, b.seal(t, "alias/aws/s3", nil), nil))
}

func TestAliases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.symmetric(t), b.symmetric(t)
	mac := b.make(t, kms.CreateInput{Spec: material.HMAC256, Usage: material.GenerateVerifyMAC})
	ok(t, b.CreateAlias(t.Context(), home, "alias/a", one.ARN()))
	refused(t, b.CreateAlias(t.Context(), home, "alias/a", two.ID), kms.Exists)
	refused(t, b.CreateAlias(t.Context(), home, "alias/aws/mine", two.ID), kms.InvalidAlias)
	refused(t, b.CreateAlias(t.Context(), home, "a", two.ID), kms.Reason(fault.Invalid))
	refused(t, b.CreateAlias(t.Context(), home, "alias/b", "alias/a"), kms.InvalidARN)
	refused(t, b.UpdateAlias(t.Context(), home, "alias/a", mac.ID), kms.Reason(fault.Invalid))
	refused(t, b.UpdateAlias(t.Context(), home, "alias/none", two.ID), kms.Reason(fault.NotFound))
	sealed := b.seal(t, "alias/a", nil)
	ok(t, b.UpdateAlias(t.Context(), home, "alias/a", two.ID))
	target, err := b.AliasTarget(t.Context(), home, home.AliasARN("alias/a"))
	ok(t, err)
	if target != two.ARN() {
		t.Errorf("alias leads to %s", target)
	}
	ok(t, b.open(t, sealed, nil))
	_, err = b.Decrypt(t.Context(), home, kms.DecryptInput{Use: kms.Use{KeyID: "alias/a"}, Ciphertext: sealed})
	refused(t, err, kms.IncorrectKey)
	ok(t, b.DeleteAlias(t.Context(), home, "alias/a"))
	refused(t, b.DeleteAlias(t.Context(), home, "alias/a"), kms.Reason(fault.NotFound))
}
