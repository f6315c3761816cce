package pagination

import (
	"bytes"
	"encoding/base64"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
)

var (
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	list = List{Account: "123456789012", Region: "us-east-1", Operation: "ListGuardrails", Query: []string{"abc"}}
)

func signer(t testing.TB, secret byte, now time.Time) *Signer {
	t.Helper()
	s, err := New(bytes.Repeat([]byte{secret}, 32), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	s := signer(t, 1, noon)
	form := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	for _, position := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		token := s.Seal(list, position)
		if !form.MatchString(token) {
			t.Errorf("token %q does not fit nextToken", token)
		}
		got, err := signer(t, 1, noon.Add(Lifetime-time.Second)).Open(list, token)
		if err != nil || got != position {
			t.Errorf("position %d came back as %d, %v", position, got, err)
		}
	}
	if got, err := s.Open(list, ""); got != 0 || err != nil {
		t.Errorf("no token gave %d, %v", got, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	s := signer(t, 1, noon)
	token := s.Seal(list, 7)
	for name, open := range map[string]func() (int64, error){
		"other key":       func() (int64, error) { return signer(t, 2, noon).Open(list, token) },
		"too old":         func() (int64, error) { return signer(t, 1, noon.Add(Lifetime)).Open(list, token) },
		"other account":   func() (int64, error) { other := list; other.Account = "1"; return s.Open(other, token) },
		"other Region":    func() (int64, error) { other := list; other.Region = "eu-west-1"; return s.Open(other, token) },
		"other operation": func() (int64, error) { other := list; other.Operation = "ListX"; return s.Open(other, token) },
		"other query":     func() (int64, error) { other := list; other.Query = []string{"ab", "c"}; return s.Open(other, token) },
		"no query":        func() (int64, error) { other := list; other.Query = nil; return s.Open(other, token) },
		"padded":          func() (int64, error) { return s.Open(list, token+"=") },
		"longer":          func() (int64, error) { return s.Open(list, token+"AAAA") },
		"shorter":         func() (int64, error) { return s.Open(list, token[:len(token)-4]) },
		"line break":      func() (int64, error) { return s.Open(list, token[:8]+"\n"+token[8:]) },
		"not a token":     func() (int64, error) { return s.Open(list, "x") },
		"very long":       func() (int64, error) { return s.Open(list, strings.Repeat("A", 2048)) },
	} {
		if position, err := open(); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "nextToken") || position != 0 {
			t.Errorf("%s: %d, %v", name, position, err)
		}
	}
}

// TestEveryBitIsSigned: no bit of a token can be changed, and no second spelling is accepted.
func TestEveryBitIsSigned(t *testing.T) {
	t.Parallel()
	s := signer(t, 1, noon)
	token := s.Seal(list, 7)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		changed := bytes.Clone(raw)
		changed[bit/8] ^= 1 << (bit % 8)
		if _, err := s.Open(list, base64.RawURLEncoding.EncodeToString(changed)); err == nil {
			t.Errorf("bit %d can be changed", bit)
		}
	}
	for i := range token {
		for _, c := range "AB_-" {
			spelled := token[:i] + string(c) + token[i+1:]
			if _, err := s.Open(list, spelled); err == nil && spelled != token {
				t.Errorf("accepted a second spelling, %q for %q", spelled, token)
			}
		}
	}
}

// FuzzOpen: only what Seal made is accepted.
func FuzzOpen(f *testing.F) {
	s := signer(f, 1, noon)
	f.Add(s.Seal(list, 7))
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, token string) {
		position, err := s.Open(list, token)
		if err == nil && token != "" && s.Seal(list, position) != token {
			t.Errorf("accepted %q as position %d", token, position)
		}
	})
}
