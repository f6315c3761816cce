package kms_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/store/sqlite"
)

// TestTamperedCiphertexts: none of 10,000 changed ciphertexts opens, whatever was changed.
func TestTamperedCiphertexts(t *testing.T) {
	t.Parallel()
	const tries = 10_000
	b := setup(t)
	one, two := b.symmetric(t), b.symmetric(t)
	where := map[string]string{"tenant": "a"}
	first := b.seal(t, one.ID, where)
	_, err := b.RotateOnDemand(t.Context(), home, one.ID)
	ok(t, err)
	others := [][]byte{b.seal(t, one.ID, where), b.seal(t, two.ID, where), b.seal(t, one.ID, nil)}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	opened, answers := 0, map[kms.Reason]int{}
	for i := range tries {
		changed := bytes.Clone(first)
		switch i % 5 {
		case 0: // one bit, each in its turn
			bit := i / 5 % (len(changed) * 8)
			changed[bit/8] ^= 1 << (bit % 8)
		case 1: // several bytes
			for range 1 + random.IntN(8) {
				changed[random.IntN(len(changed))] ^= byte(1 + random.IntN(255))
			}
		case 2: // shorter or longer
			if n := random.IntN(len(changed)); random.IntN(2) == 0 {
				changed = changed[:n]
			} else {
				changed = append(changed, changed[:n+1]...)
			}
		case 3: // head or tail of another ciphertext
			other, cut := others[random.IntN(len(others))], 1+random.IntN(len(changed)-1)
			changed = append(bytes.Clone(changed[:cut]), other[min(cut, len(other)):]...)
		case 4: // a key or material that is there, in place of its own
			copy(changed[2:50], others[random.IntN(2)][2:50])
		}
		if bytes.Equal(changed, first) || bytes.Equal(changed, others[0]) || bytes.Equal(changed, others[1]) {
			changed = append(changed, 0)
		}
		got, err := b.Decrypt(t.Context(), home, kms.DecryptInput{Use: kms.Use{EncryptionContext: where}, Ciphertext: changed})
		if err == nil || got.Plaintext != nil {
			opened++
			t.Errorf("try %d opened", i)
		}
		answers[reasonOf(err)]++
	}
	if opened != 0 || answers[kms.InvalidCiphertext]+answers[kms.Reason(fault.Denied)] != tries {
		t.Errorf("%d opened; answers %v", opened, answers)
	}
	t.Logf("%d tries, %d opened, answers %v", tries, opened, answers)
}

func TestContexts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	sealed := b.seal(t, key.ID, map[string]string{"a": "1", "b": "2"})
	ok(t, b.open(t, sealed, map[string]string{"b": "2", "a": "1"}))
	for name, where := range map[string]map[string]string{
		"none": nil, "one missing": {"a": "1"}, "one more": {"a": "1", "b": "2", "c": ""}, "case of a value": {"a": "1", "b": "2 "},
		"case of a name": {"A": "1", "b": "2"}, "swapped": {"a": "2", "b": "1"}, "joined": {"a": "1b2"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, b.open(t, sealed, where), kms.InvalidCiphertext) })
	}
	large := map[string]string{"a": string(bytes.Repeat([]byte{'x'}, 8192))}
	_, err := b.Encrypt(t.Context(), home, kms.EncryptInput{Use: kms.Use{KeyID: key.ID, EncryptionContext: large}, Plaintext: []byte("x")})
	refused(t, err, kms.Reason(fault.Invalid))
}

// TestPlantedSecretsStayInside: neither what was imported nor what was encrypted is found in the data folder, the write-ahead log or the
// log, in any of the usual spellings.
func TestPlantedSecretsStayInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), dir)
	ok(t, err)
	root := envelopetest.NewRoot(t)
	ring, err := envelope.Create(t.Context(), store, root)
	ok(t, err)
	b := setupOn(t, store, ring)
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	planted := [][]byte{[]byte("planted-key-material-0123456789!"), []byte("planted plaintext of an encryption")}
	symmetric := b.make(t, kms.CreateInput{Origin: kms.OriginExternal})
	_, err = b.importRaw(t, symmetric.ID, planted[0], kms.ImportInput{})
	ok(t, err)
	mac := b.make(t, kms.CreateInput{Origin: kms.OriginExternal, Spec: material.HMAC256, Usage: material.GenerateVerifyMAC})
	_, err = b.importRaw(t, mac.ID, planted[0], kms.ImportInput{})
	ok(t, err)
	for _, key := range []string{symmetric.ID, mac.ID, "alias/none"} {
		sealed, err := b.Encrypt(t.Context(), home, kms.EncryptInput{Use: kms.Use{KeyID: key}, Plaintext: planted[1]})
		logger.Info("encrypt", "answer", fmt.Sprintf("%+v", sealed.KeyARN), "error", err)
		opened, err := b.Decrypt(t.Context(), home, kms.DecryptInput{Ciphertext: append(sealed.Ciphertext, 1)})
		logger.Info("decrypt", "answer", fmt.Sprintf("%+v", opened), "error", err)
		opened, err = b.Decrypt(t.Context(), home, kms.DecryptInput{Ciphertext: sealed.Ciphertext})
		logger.Info("decrypt", "answer", opened, "spelled", fmt.Sprintf("%v %+v %#v", opened, opened, opened), "error", err)
		described, err := b.Describe(t.Context(), home, key)
		logger.Info("describe", "answer", described, "error", err)
	}
	_, err = b.importRaw(t, symmetric.ID, append(planted[0][:31:31], 'x'), kms.ImportInput{})
	logger.Info("import", "error", err)
	data := map[string][]byte{"log": log.Bytes()}
	ok(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data[path], err = os.ReadFile(path)
		return err
	}))
	ok(t, store.Close())
	if len(data) < 3 {
		t.Fatalf("looked into %d files", len(data))
	}
	looked := 0
	for name, content := range data {
		for _, secret := range planted {
			for _, form := range spellings(secret) {
				looked++
				if bytes.Contains(content, form) {
					t.Errorf("%s holds %q", name, form)
				}
			}
		}
	}
	t.Logf("%d files, %d searches", len(data), looked)
}

// spellings gives a secret as it may be written: half of it is enough to be found.
func spellings(secret []byte) [][]byte {
	half := secret[:len(secret)/2/3*3]
	return [][]byte{half, fmt.Appendf(nil, "%x", half), fmt.Appendf(nil, "%X", half), fmt.Appendf(nil, "%v", half), []byte(base64.StdEncoding.EncodeToString(half))}
}

// TestRootRotationKeepsKeys: after the root secret and the wrapping key were rotated, keys work under the new ones and not under the old.
func TestRootRotationKeepsKeys(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	ok(t, err)
	t.Cleanup(func() { ok(t, store.Close()) })
	from, to := envelopetest.NewRoot(t), envelopetest.NewRoot(t)
	ring, err := envelope.Create(t.Context(), store, from)
	ok(t, err)
	b := setupOn(t, store, ring)
	var sealed [][]byte
	for range 7 {
		key := b.symmetric(t)
		sealed = append(sealed, b.seal(t, key.ID, nil))
		_, err := b.RotateOnDemand(t.Context(), home, key.ID)
		ok(t, err)
	}
	external := b.make(t, kms.CreateInput{Origin: kms.OriginExternal})
	_, err = b.importRaw(t, external.ID, make([]byte, 32), kms.ImportInput{})
	ok(t, err)
	changed, err := envelope.Rotation{Store: store, From: from, To: to, Holders: []envelope.Holder{b.Service}}.Run(t.Context())
	ok(t, err)
	if want := 7*2 + 2; changed != want {
		t.Errorf("%d ciphertexts were re-wrapped, want %d", changed, want)
	}
	if _, err := envelope.Load(t.Context(), store, from); err == nil {
		t.Error("the old root secret still opens the store")
	}
	renewed, err := envelope.Load(t.Context(), store, to)
	ok(t, err)
	after := setupOn(t, store, renewed)
	for _, blob := range sealed {
		ok(t, after.open(t, blob, nil))
	}
	_, err = after.importRaw(t, external.ID, make([]byte, 32), kms.ImportInput{}) // its digest was re-wrapped too
	ok(t, err)
	if err := setupOn(t, store, ring).open(t, sealed[0], nil); err == nil {
		t.Error("the old keyring still opens material")
	}
}

func BenchmarkGenerateDataKey(b *testing.B) {
	s := setup(b)
	key := s.symmetric(b)
	where := map[string]string{"aws:s3:arn": "arn:aws:s3:::bucket/object"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.GenerateDataKey(b.Context(), home, kms.DataKeyInput{Use: kms.Use{KeyID: key.ID, EncryptionContext: where}, Spec: "AES_256"}, "GenerateDataKey"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecrypt(b *testing.B) {
	s := setup(b)
	sealed := s.seal(b, s.symmetric(b).ID, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Decrypt(b.Context(), home, kms.DecryptInput{Ciphertext: sealed}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecryptCold reads the key from the store every time, as after a write.
func BenchmarkDecryptCold(b *testing.B) {
	s := setup(b)
	sealed := s.seal(b, s.symmetric(b).ID, nil)
	for b.Loop() {
		s.clock.advance(day)
		if _, err := s.Decrypt(context.Background(), home, kms.DecryptInput{Ciphertext: sealed}); err != nil {
			b.Fatal(err)
		}
	}
}
