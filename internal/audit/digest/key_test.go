package digest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope/envelopetest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

// TestKeyIsSealed: a key that lay in the clear is sealed as soon as there is a sealer, stays the same, and needs it from then on.
func TestKeyIsSealed(t *testing.T) {
	t.Parallel()
	ctx, dir, sealer := context.Background(), t.TempDir(), envelopetest.New(t)
	plain, err := OpenKey(ctx, dir, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, plainFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for range 2 {
		sealed, err := OpenKey(ctx, dir, sealer, time.Now)
		if err != nil || !sealed.Verifier().Equal(plain.Verifier()) || !sealed.Public().From.Equal(noon) {
			t.Fatalf("another key: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, plainFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key in the clear is still there: %v", err)
	}
	content, err := os.ReadFile(filepath.Join(dir, sealedFile))
	if err != nil || bytes.Contains(content, []byte("PRIVATE")) {
		t.Errorf("sealed: %v", err)
	}
	if _, err := OpenKey(ctx, dir, nil, now); err == nil {
		t.Error("a sealed key opened without a sealer")
	}
	if _, err := OpenKey(ctx, dir, envelopetest.New(t), now); err == nil {
		t.Error("a sealed key opened with another sealer")
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := OpenKey(context.Background(), dir, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign("text")
	if err != nil || !Verify(key.Verifier(), "text", signature) || Verify(key.Verifier(), "Text", signature) || Verify(key.Verifier(), "text", signature[2:]) || Verify(key.Verifier(), "text", "x") {
		t.Errorf("%s, %v", signature, err)
	}
	other, err := OpenKey(context.Background(), t.TempDir(), nil, now)
	if err != nil || Verify(other.Verifier(), "text", signature) {
		t.Errorf("another key verifies, %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, PublicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if public, err := ParsePublicKey(text); err != nil || !public.Equal(key.Verifier()) {
		t.Errorf("public key: %v", err)
	}
	for _, bad := range []string{"", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := ParsePublicKey([]byte(bad)); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}

// TestChain: a digest names the one before it, the first names none, and what is read back is what was signed.
func TestChain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := OpenKey(context.Background(), dir, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	period := func(hour int, files ...File) Period {
		end := noon.Add(time.Duration(hour) * time.Hour)
		return Period{
			Account: "000000000000", Start: end.Add(-time.Hour), End: end, Bucket: Bucket, Object: Folder + "/" + Name(end),
			Files: files, Segments: make([]Segment, len(files)),
		}
	}
	first, content, err := New(key, period(1), nil)
	if err != nil || first.PreviousHash != nil || first.Newest != nil || !bytes.Contains(content, []byte(`"logFiles":[]`)) {
		t.Fatalf("%s, %v", content, err)
	}
	second, secondContent, err := New(key, period(2, File{Object: "a", Newest: "3", Oldest: "2"}, File{Object: "b", Newest: "4", Oldest: "1"}), &first)
	if err != nil || *second.PreviousHash != first.Hash || *second.PreviousSignature != first.Signature || *second.Newest != "4" || *second.Oldest != "1" {
		t.Fatalf("%+v, %v", second, err)
	}
	if err := errors.Join(Write(dir, first, content), Write(dir, second, secondContent)); err != nil {
		t.Fatal(err)
	}
	names, err := Names(dir)
	if err != nil || len(names) != 2 || names[0] != first.Name || names[1] != second.Name {
		t.Fatalf("%v, %v", names, err)
	}
	for _, want := range []Signed{first, second} {
		got, err := Read(dir, want.Name)
		if err != nil || got.Hash != want.Hash || got.Signature != want.Signature || !got.Check(key.Verifier()) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
