package envelopetest

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	"merlon.dev/merlon/internal/envelope"
)

// Run runs the contract of envelope.Sealer on s; other is a sealer of the same kind with another key.
func Run(t *testing.T, s, other envelope.Sealer) {
	where := map[string]string{"arn": "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", "part": "config"}
	seal := func(t *testing.T, plaintext []byte) []byte {
		t.Helper()
		sealed, err := s.Seal(t.Context(), plaintext, where)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	refused := func(t *testing.T, by envelope.Sealer, sealed []byte, in map[string]string) {
		t.Helper()
		if got, err := by.Open(t.Context(), sealed, in); !errors.Is(err, envelope.ErrOpen) || got != nil {
			t.Errorf("opened %d bytes with error %v, want ErrOpen", len(got), err)
		}
	}
	t.Run("RoundTrip", func(t *testing.T) {
		t.Parallel()
		for _, size := range []int{0, 1, 15, 16, 17, 4096, 1 << 20} {
			plaintext := bytes.Repeat([]byte{'s'}, size)
			got, err := s.Open(t.Context(), seal(t, plaintext), maps.Clone(where))
			if err != nil || !bytes.Equal(got, plaintext) {
				t.Errorf("%d bytes came back as %d, error %v", size, len(got), err)
			}
		}
	})
	t.Run("HidesAndVaries", func(t *testing.T) {
		t.Parallel()
		planted := []byte("a secret that is long enough to be looked for")
		first, second := seal(t, planted), seal(t, planted)
		if bytes.Contains(first, planted[:8]) || bytes.Equal(first, second) {
			t.Error("the ciphertext shows the plaintext or that it is the same")
		}
	})
	t.Run("Contexts", func(t *testing.T) {
		t.Parallel()
		sealed := seal(t, []byte("secret"))
		for name, in := range map[string]map[string]string{
			"none":        nil,
			"fewer":       {"part": "config"},
			"more":        {"arn": where["arn"], "part": "config", "x": ""},
			"other value": {"arn": where["arn"], "part": "Config"},
			"other name":  {"arn": where["arn"], "Part": "config"},
			"swapped":     {where["arn"]: "arn", "config": "part"},
			"joined":      {"arn": where["arn"] + "part" + "config"},
		} {
			t.Run(name, func(t *testing.T) { refused(t, s, sealed, in) })
		}
	})
	t.Run("EveryBit", func(t *testing.T) {
		t.Parallel()
		sealed := seal(t, []byte("secret"))
		for bit := range len(sealed) * 8 {
			changed := bytes.Clone(sealed)
			changed[bit/8] ^= 1 << (bit % 8)
			refused(t, s, changed, where)
		}
	})
	t.Run("EveryLength", func(t *testing.T) {
		t.Parallel()
		sealed := seal(t, []byte("secret"))
		for n := range sealed {
			refused(t, s, sealed[:n], where)
		}
		refused(t, s, append(bytes.Clone(sealed), 0), where)
	})
	t.Run("OtherKey", func(t *testing.T) {
		t.Parallel()
		refused(t, other, seal(t, []byte("secret")), where)
	})
}
