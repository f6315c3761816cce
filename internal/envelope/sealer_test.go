package envelope_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"testing"

	"pgregory.net/rapid"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
)

func TestKeyring(t *testing.T) {
	t.Parallel()
	envelopetest.Run(t, envelopetest.New(t), envelopetest.New(t))
}

func TestDataKeySealer(t *testing.T) {
	t.Parallel()
	sealer := func() envelope.Sealer { return envelope.NewDataKeySealer(source{envelopetest.New(t)}) }
	envelopetest.Run(t, sealer(), sealer())
}

// source wraps data keys under a sealer.
type source struct{ envelope.Sealer }

func (s source) GenerateDataKey(ctx context.Context, in map[string]string) (plaintext, wrapped []byte, err error) {
	plaintext = make([]byte, envelope.KeySize)
	rand.Read(plaintext)
	wrapped, err = s.Seal(ctx, plaintext, in)
	return plaintext, wrapped, err
}

func (s source) DecryptDataKey(ctx context.Context, wrapped []byte, in map[string]string) ([]byte, error) {
	return s.Open(ctx, wrapped, in)
}

func TestKeysetSurvivesWrapping(t *testing.T) {
	t.Parallel()
	ring, where := envelopetest.New(t), map[string]string{"key": "1"}
	made, err := envelope.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := made.Wrap(t.Context(), ring, where)
	if err != nil {
		t.Fatal(err)
	}
	read, err := envelope.UnwrapKeyset(t.Context(), ring, wrapped, where)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := made.Encrypt([]byte("secret"), []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read.Decrypt(sealed, []byte("data")); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := read.Decrypt(sealed, []byte("date")); err != envelope.ErrOpen { //nolint:errorlint // it is the sentinel itself
		t.Errorf("other associated data: %v", err)
	}
	if _, err := envelope.ImportKeyset(make([]byte, 31)); err == nil {
		t.Error("a key of 31 bytes was taken")
	}
}

// TestContextIsInjective: contexts have the same canonical form if and only if they are equal.
func TestContextIsInjective(t *testing.T) {
	t.Parallel()
	// Few letters, so that texts which run into each other are likely.
	contexts := rapid.MapOf(rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00\x01")), 0, 3, -1), rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00\x01")), 0, 3, -1))
	rapid.Check(t, func(t *rapid.T) {
		one, two := contexts.Draw(t, "one"), contexts.Draw(t, "two")
		same := len(one) == len(two)
		for name, value := range one {
			if other, ok := two[name]; !ok || other != value {
				same = false
			}
		}
		a, b := envelope.AppendContext(nil, one), envelope.AppendContext(nil, two)
		if bytes.Equal(a, b) != same {
			t.Fatalf("equal forms %v, equal contexts %v", !same, same)
		}
		if !same && (bytes.HasPrefix(a, b) || bytes.HasPrefix(b, a)) {
			t.Fatal("one form begins another")
		}
	})
}

func BenchmarkKeyring(b *testing.B) {
	ring, where := envelopetest.New(b), map[string]string{"arn": "arn:aws:iam::123456789012:user/x", "part": "secret"}
	sealed, err := ring.Seal(b.Context(), make([]byte, 64), where)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ring.Open(b.Context(), sealed, where); err != nil {
			b.Fatal(err)
		}
	}
}
