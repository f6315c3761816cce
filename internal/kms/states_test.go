package kms_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/keywrap"
	"merlon.dev/merlon/internal/kms/material"
)

// importRaw gives a key of origin EXTERNAL raw material, as somebody with openssl would.
func (b *bench) importRaw(t testing.TB, key string, raw []byte, in kms.ImportInput) (string, error) {
	t.Helper()
	p, err := b.ImportParameters(t.Context(), home, key, keywrap.OAEPSHA256, "RSA_2048")
	if err != nil {
		return "", err
	}
	public, err := x509.ParsePKIXPublicKey(p.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if in.Wrapped, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), raw, nil); err != nil {
		t.Fatal(err)
	}
	in.Key, in.Token = key, p.Token
	_, id, err := b.Import(t.Context(), home, in)
	return id, err
}

// in brings a key into a state. A key that shall be PendingImport is of origin EXTERNAL.
func (b *bench) in(t *testing.T, state kms.State, in kms.CreateInput) kms.Description {
	t.Helper()
	if state == kms.PendingImport {
		in.Origin = kms.OriginExternal
	}
	key := b.make(t, in)
	var err error
	switch state {
	case kms.Disabled:
		err = b.Disable(t.Context(), home, key.ID)
	case kms.PendingDeletion:
		_, err = b.ScheduleDeletion(t.Context(), home, key.ID, 7)
	case kms.Enabled, kms.PendingImport:
	}
	ok(t, err)
	key, err = b.Describe(t.Context(), home, key.ID)
	ok(t, err)
	if key.State != state {
		t.Fatalf("the key is %s, want %s", key.State, state)
	}
	return key
}

// what an operation answers in the states Enabled, Disabled, PendingDeletion and PendingImport.
type row [4]kms.Reason

var (
	always = row{}
	using  = row{"", kms.IsDisabled, kms.InvalidState, kms.InvalidState}
	shift  = row{"", "", kms.InvalidState, kms.InvalidState}
	admin  = row{"", "", kms.InvalidState, ""}
	cancel = row{kms.InvalidState, kms.InvalidState, "", kms.InvalidState}
)

// TestEveryOperationInEveryState is the table "Key states of AWS KMS keys" of the developer guide with customization.md, 13.2.
func TestEveryOperationInEveryState(t *testing.T) {
	t.Parallel()
	states := []kms.State{kms.Enabled, kms.Disabled, kms.PendingDeletion, kms.PendingImport}
	mac := kms.CreateInput{Spec: material.HMAC256, Usage: material.GenerateVerifyMAC}
	sign := kms.CreateInput{Spec: material.P256, Usage: material.SignVerify}
	agree := kms.CreateInput{Spec: material.P256, Usage: material.KeyAgreement}
	type operation struct {
		key  kms.CreateInput
		want row
		run  func(t *testing.T, b *bench, key string) error
	}
	use := func(key string) kms.Use { return kms.Use{KeyID: key} }
	operations := map[string]operation{
		"DescribeKey": {want: always, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.Describe(t.Context(), home, key)
			return err
		}},
		"ListKeys":         {want: always, run: func(t *testing.T, b *bench, _ string) error { _, err := b.List(t.Context(), home, 0, 9); return err }},
		"GetKeyPolicy":     {want: always, run: func(t *testing.T, b *bench, key string) error { _, err := b.Policy(t.Context(), home, key); return err }},
		"ListResourceTags": {want: always, run: func(t *testing.T, b *bench, key string) error { _, err := b.Tags(t.Context(), home, key); return err }},
		"ListAliases": {want: always, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.Aliases(t.Context(), home, key, 0, 9)
			return err
		}},
		"ListGrants": {want: always, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.Grants(t.Context(), home, key, kms.GrantFilter{}, 0, 9)
			return err
		}},
		"GetKeyRotationStatus": {want: always, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.RotationStatus(t.Context(), home, key)
			return err
		}},
		"ListKeyRotations": {want: always, run: func(t *testing.T, b *bench, key string) error {
			_, _, err := b.Rotations(t.Context(), home, key, true, 0, 9)
			return err
		}},
		"DeleteAlias": {want: always, run: func(t *testing.T, b *bench, key string) error {
			return b.DeleteAlias(t.Context(), home, "alias/before")
		}},
		"UpdateAlias away": {want: always, run: func(t *testing.T, b *bench, _ string) error {
			return b.UpdateAlias(t.Context(), home, "alias/before", b.symmetric(t).ID)
		}},
		"RetireGrant and RevokeGrant": {want: always, run: func(t *testing.T, b *bench, key string) error {
			grants, err := b.Grants(t.Context(), home, key, kms.GrantFilter{}, 0, 9)
			ok(t, err)
			if len(grants) == 0 {
				return nil // a grant cannot be made before the first import
			}
			return b.EndGrant(t.Context(), home, kms.GrantReference{Key: key, ID: grants[0].ID}, false)
		}},
		"EnableKey":  {want: shift, run: func(t *testing.T, b *bench, key string) error { return b.Enable(t.Context(), home, key) }},
		"DisableKey": {want: shift, run: func(t *testing.T, b *bench, key string) error { return b.Disable(t.Context(), home, key) }},
		"PutKeyPolicy": {want: admin, run: func(t *testing.T, b *bench, key string) error {
			text, err := b.Policy(t.Context(), home, key)
			ok(t, err)
			return b.PutPolicy(t.Context(), home, kms.PolicyInput{Key: key, Policy: text, Caller: root})
		}},
		"TagResource": {want: admin, run: func(t *testing.T, b *bench, key string) error {
			return b.Tag(t.Context(), home, key, []kms.Tag{{Key: "a"}})
		}},
		"UntagResource":        {want: admin, run: func(t *testing.T, b *bench, key string) error { return b.Untag(t.Context(), home, key, []string{"a"}) }},
		"UpdateKeyDescription": {want: admin, run: func(t *testing.T, b *bench, key string) error { return b.Redescribe(t.Context(), home, key, "x") }},
		"CreateAlias": {want: admin, run: func(t *testing.T, b *bench, key string) error {
			return b.CreateAlias(t.Context(), home, "alias/new", key)
		}},
		"UpdateAlias": {want: admin, run: func(t *testing.T, b *bench, key string) error {
			ok(t, b.CreateAlias(t.Context(), home, "alias/other", b.symmetric(t).ID))
			return b.UpdateAlias(t.Context(), home, "alias/other", key)
		}},
		"ScheduleKeyDeletion": {want: admin, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.ScheduleDeletion(t.Context(), home, key, 7)
			return err
		}},
		"CancelKeyDeletion": {want: cancel, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.CancelDeletion(t.Context(), home, key)
			return err
		}},
		"GetParametersForImport": {kms.CreateInput{Origin: kms.OriginExternal}, row{kms.Unsupported, kms.Unsupported, kms.InvalidState, ""}, func(t *testing.T, b *bench, key string) error {
			_, err := b.ImportParameters(t.Context(), home, key, keywrap.OAEPSHA256, "RSA_2048")
			return err
		}},
		"EnableKeyRotation":  {want: row{"", kms.IsDisabled, kms.InvalidState, kms.Unsupported}, run: func(t *testing.T, b *bench, key string) error { return b.EnableRotation(t.Context(), home, key, 0) }},
		"DisableKeyRotation": {want: row{"", kms.IsDisabled, kms.InvalidState, kms.Unsupported}, run: func(t *testing.T, b *bench, key string) error { return b.DisableRotation(t.Context(), home, key) }},
		"RotateKeyOnDemand": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.RotateOnDemand(t.Context(), home, key)
			return err
		}},
		"CreateGrant": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, _, err := b.CreateGrant(t.Context(), home, kms.GrantInput{Key: key, Grant: kms.Grant{Grantee: home.Root(), Operations: []kms.Operation{kms.OpDecrypt}}})
			return err
		}},
		"Encrypt": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.Encrypt(t.Context(), home, kms.EncryptInput{Use: use(key), Plaintext: []byte("x")})
			return err
		}},
		"Decrypt": {want: using, run: func(t *testing.T, b *bench, key string) error {
			return b.open(t, b.sealedBefore(t, key), nil)
		}},
		"ReEncryptFrom": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.ReEncrypt(t.Context(), home, kms.ReEncryptInput{Ciphertext: b.sealedBefore(t, key), Destination: use(b.symmetric(t).ID)})
			return err
		}},
		"ReEncryptTo": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.ReEncrypt(t.Context(), home, kms.ReEncryptInput{Ciphertext: b.seal(t, b.symmetric(t).ID, nil), Destination: use(key)})
			return err
		}},
		"GenerateDataKey and WithoutPlaintext": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.GenerateDataKey(t.Context(), home, kms.DataKeyInput{Use: use(key), Bytes: 8}, "GenerateDataKey")
			return err
		}},
		"GenerateDataKeyPair and WithoutPlaintext": {want: using, run: func(t *testing.T, b *bench, key string) error {
			_, err := b.GenerateDataKeyPair(t.Context(), home, kms.DataKeyPairInput{Use: use(key), Spec: material.P256}, "GenerateDataKeyPair")
			return err
		}},
		"Sign": {sign, using, func(t *testing.T, b *bench, key string) error {
			_, _, err := b.Sign(t.Context(), home, kms.SignInput{Use: use(key), Algorithm: material.ECDSASHA256, Message: material.Message{Type: material.Raw}})
			return err
		}},
		"Verify": {sign, row{kms.InvalidSignature, kms.IsDisabled, kms.InvalidState, kms.InvalidState}, func(t *testing.T, b *bench, key string) error {
			_, err := b.Verify(t.Context(), home, kms.SignInput{Use: use(key), Algorithm: material.ECDSASHA256, Message: material.Message{Type: material.Raw}})
			return err
		}},
		"GetPublicKey": {sign, using, func(t *testing.T, b *bench, key string) error {
			_, _, err := b.PublicKey(t.Context(), home, use(key))
			return err
		}},
		"DeriveSharedSecret": {agree, using, func(t *testing.T, b *bench, key string) error {
			_, public, err := b.PublicKey(t.Context(), home, use(b.make(t, agree).ID))
			ok(t, err)
			_, _, err = b.Agree(t.Context(), home, kms.AgreeInput{Use: use(key), Peer: public})
			return err
		}},
		"GenerateMac": {mac, using, func(t *testing.T, b *bench, key string) error {
			_, _, err := b.GenerateMAC(t.Context(), home, kms.MACInput{Use: use(key), Algorithm: material.HMACSHA256})
			return err
		}},
		"VerifyMac": {mac, row{kms.InvalidMAC, kms.IsDisabled, kms.InvalidState, kms.InvalidState}, func(t *testing.T, b *bench, key string) error {
			_, err := b.VerifyMAC(t.Context(), home, kms.MACInput{Use: use(key), Algorithm: material.HMACSHA256})
			return err
		}},
		"DeleteImportedKeyMaterial": {want: row{kms.Unsupported, kms.Unsupported, kms.Unsupported, ""}, run: func(t *testing.T, b *bench, key string) error {
			_, _, err := b.DeleteImported(t.Context(), home, key, "")
			return err
		}},
	}
	ran := 0
	for name, o := range operations {
		for i, state := range states {
			ran++
			t.Run(name+"/"+string(state), func(t *testing.T) {
				t.Parallel()
				b, in := setup(t), o.key
				if in.Origin == kms.OriginExternal && state != kms.PendingDeletion {
					in.Origin = ""
				}
				key := b.before(t, state, in)
				refused(t, o.run(t, b, key.ID), o.want[i])
			})
		}
	}
	if ran != len(operations)*4 || len(operations) != 39 {
		t.Errorf("ran %d cases of %d operations", ran, len(operations))
	}
}

// before makes a key in a state with an alias, and with a ciphertext and a grant where they can be had.
func (b *bench) before(t *testing.T, state kms.State, in kms.CreateInput) kms.Description {
	t.Helper()
	if state == kms.PendingImport {
		key := b.in(t, state, in)
		ok(t, b.CreateAlias(t.Context(), home, "alias/before", key.ID))
		return key
	}
	key := b.in(t, kms.Enabled, kms.CreateInput{Spec: in.Spec, Usage: in.Usage})
	if in.Origin == kms.OriginExternal {
		key = b.in(t, kms.PendingImport, in)
	} else {
		_, _, err := b.CreateGrant(t.Context(), home, kms.GrantInput{Key: key.ID, Grant: kms.Grant{Grantee: home.Root(), Operations: []kms.Operation{kms.OpDescribeKey}}})
		ok(t, err)
	}
	ok(t, b.CreateAlias(t.Context(), home, "alias/before", key.ID))
	switch state {
	case kms.Disabled:
		ok(t, b.Disable(t.Context(), home, key.ID))
	case kms.PendingDeletion:
		_, err := b.ScheduleDeletion(t.Context(), home, key.ID, 7)
		ok(t, err)
	case kms.Enabled, kms.PendingImport:
	}
	return key
}

// sealedBefore gives a ciphertext of a key that may no longer be usable: it enables the key for the while, or imports material.
func (b *bench) sealedBefore(t *testing.T, key string) []byte {
	t.Helper()
	d, err := b.Describe(t.Context(), home, key)
	ok(t, err)
	switch d.State {
	case kms.Disabled:
		ok(t, b.Enable(t.Context(), home, key))
		defer func() { ok(t, b.Disable(t.Context(), home, key)) }()
	case kms.PendingDeletion:
		_, err := b.CancelDeletion(t.Context(), home, key)
		ok(t, err)
		ok(t, b.Enable(t.Context(), home, key))
		defer func() {
			_, err := b.ScheduleDeletion(t.Context(), home, key, 7)
			ok(t, err)
		}()
	case kms.PendingImport:
		_, err := b.importRaw(t, key, make([]byte, envelope.KeySize), kms.ImportInput{})
		ok(t, err)
		defer func() {
			_, _, err := b.DeleteImported(t.Context(), home, key, "")
			ok(t, err)
		}()
	case kms.Enabled:
	}
	return b.seal(t, key, nil)
}

func TestImport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.make(t, kms.CreateInput{Origin: kms.OriginExternal})
	first, second := make([]byte, 32), make([]byte, 32)
	rand.Read(first)
	rand.Read(second)
	_, err := b.importRaw(t, key.ID, first[:31], kms.ImportInput{})
	refused(t, err, kms.WrongMaterial)
	id, err := b.importRaw(t, key.ID, first, kms.ImportInput{Expires: true, ValidTo: b.clock.Now().Add(day)})
	ok(t, err)
	sealed := b.seal(t, key.ID, nil)
	_, err = b.importRaw(t, key.ID, second, kms.ImportInput{})
	refused(t, err, kms.WrongMaterial)
	b.clock.advance(day)
	refused(t, b.open(t, sealed, nil), kms.InvalidState)
	ok(t, b.Sweep(t.Context()))
	refused(t, b.open(t, sealed, nil), kms.InvalidState)
	again, err := b.importRaw(t, key.ID, first, kms.ImportInput{})
	ok(t, err)
	if again != id {
		t.Errorf("the same material got the ids %s and %s", id, again)
	}
	ok(t, b.open(t, sealed, nil))
	waiting, err := b.importRaw(t, key.ID, second, kms.ImportInput{New: true})
	ok(t, err)
	_, err = b.importRaw(t, key.ID, make([]byte, 32), kms.ImportInput{New: true})
	refused(t, err, kms.InvalidState)
	_, err = b.RotateOnDemand(t.Context(), home, key.ID)
	ok(t, err)
	got, err := b.Describe(t.Context(), home, key.ID)
	ok(t, err)
	if got.CurrentMaterial != waiting {
		t.Errorf("current material %s, want %s", got.CurrentMaterial, waiting)
	}
	ok(t, b.open(t, sealed, nil))
	_, _, err = b.DeleteImported(t.Context(), home, key.ID, id)
	ok(t, err)
	refused(t, b.open(t, sealed, nil), kms.InvalidState) // one of its materials is missing
}

func TestImportTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.make(t, kms.CreateInput{Origin: kms.OriginExternal}), b.make(t, kms.CreateInput{Origin: kms.OriginExternal})
	p, err := b.ImportParameters(t.Context(), home, one.ID, keywrap.OAEPSHA256, "RSA_2048")
	ok(t, err)
	_, _, err = b.Import(t.Context(), home, kms.ImportInput{Key: two.ID, Token: p.Token, Wrapped: make([]byte, 256)})
	refused(t, err, kms.ImportTokenWrong)
	_, _, err = b.Import(t.Context(), home, kms.ImportInput{Key: one.ID, Token: p.Token, Wrapped: make([]byte, 256)})
	refused(t, err, kms.InvalidCiphertext)
	b.clock.advance(24 * time.Hour)
	_, _, err = b.Import(t.Context(), home, kms.ImportInput{Key: one.ID, Token: p.Token, Wrapped: make([]byte, 256)})
	refused(t, err, kms.ImportTokenOld)
	_, err = b.ImportParameters(t.Context(), home, b.symmetric(t).ID, keywrap.OAEPSHA256, "RSA_2048")
	refused(t, err, kms.Unsupported)
	if len(p.Token) > 6144 || !p.ValidTo.After(b.clock.Now().Add(-25*time.Hour)) {
		t.Errorf("a token of %d bytes until %v", len(p.Token), p.ValidTo)
	}
}
