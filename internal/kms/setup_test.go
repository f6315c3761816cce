package kms_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/store/sqlite"
)

var (
	home     = kms.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	stranger = kms.Scope{Partition: "aws", Region: "us-east-1", Account: "210987654321"}
	abroad   = kms.Scope{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}
	root     = policy.Principal{Kind: policy.Root, Account: home.Account, ARN: home.Root()}
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const day = 24 * time.Hour

// bench is a service on an empty store in memory.
type bench struct {
	*kms.Service
	store  *sqlite.Store
	ring   *envelope.Keyring
	clock  *clock
	limits kms.Limits
}

func setup(t testing.TB) *bench {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return setupOn(t, store, envelopetest.New(t))
}

func setupOn(t testing.TB, store *sqlite.Store, ring *envelope.Keyring) *bench {
	t.Helper()
	b := &bench{store: store, ring: ring, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, limits: kms.DefaultLimits()}
	var err error
	b.Service, err = kms.NewService(kms.Options{Store: store.KMS(), Sealer: ring, Now: b.clock.Now, Limits: b.limits})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// make makes a key and fails the test where it cannot.
func (b *bench) make(t testing.TB, in kms.CreateInput) kms.Description {
	t.Helper()
	in.Caller = root
	key, err := b.Create(t.Context(), home, in)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (b *bench) symmetric(t testing.TB) kms.Description { return b.make(t, kms.CreateInput{}) }

func (b *bench) seal(t testing.TB, key string, context map[string]string) []byte {
	t.Helper()
	sealed, err := b.Encrypt(t.Context(), home, kms.EncryptInput{Use: kms.Use{KeyID: key, EncryptionContext: context}, Plaintext: []byte("plain")})
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Ciphertext
}

func (b *bench) open(t testing.TB, ciphertext []byte, context map[string]string) error {
	t.Helper()
	opened, err := b.Decrypt(t.Context(), home, kms.DecryptInput{Use: kms.Use{EncryptionContext: context}, Ciphertext: ciphertext})
	if err == nil && string(opened.Plaintext) != "plain" {
		t.Fatalf("opened to %q", opened.Plaintext)
	}
	return err
}

// ok fails the test on an error.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails the test where err is not a fault of the reason.
func refused(t testing.TB, err error, reason kms.Reason) {
	t.Helper()
	if got := reasonOf(err); got != reason {
		t.Errorf("error %v with reason %q, want %q", err, got, reason)
	}
}

// reasonOf gives the reason of a fault, its kind where it has none, and "" for no error.
func reasonOf(err error) kms.Reason {
	var why kms.Reason
	var f *fault.Error
	switch {
	case errors.As(err, &why):
		return why
	case errors.As(err, &f):
		return kms.Reason(f.Kind)
	case err != nil:
		return kms.Reason("error: " + err.Error())
	default:
		return ""
	}
}
