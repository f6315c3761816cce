package iam_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/iam"
)

// FuzzParseAPIKey: a text is read as the public part before the first colon and the secret behind it, or not at all.
func FuzzParseAPIKey(f *testing.F) {
	for _, seed := range []string{"ABSK", "ABSKYTpi", "ABSKOmI=", "ABSKYTo=", "ABSK YTpi", "ABSKYTpi\n", "absk" + "YTpi", "ABSKYTpiOmM="} {
		f.Add(seed, "BedrockAPIKey-abcd-at-123456789012", "secret:with:colons")
	}
	f.Fuzz(func(t *testing.T, text, alias, value string) {
		if got, secret, ok := iam.ParseAPIKey(text); ok {
			again := "ABSK" + base64.StdEncoding.EncodeToString([]byte(got+":"+secret.Reveal()))
			// Line ends and the last bits are all that base64 reads past.
			if len(again) != len(strings.NewReplacer("\n", "", "\r", "").Replace(text)) || strings.Contains(got, ":") || secret.Empty() {
				t.Errorf("%q was read as %q and a secret, which is %q", text, got, again)
			}
		}
		if strings.Contains(alias, ":") {
			return
		}
		got, secret, ok := iam.ParseAPIKey("ABSK" + base64.StdEncoding.EncodeToString([]byte(alias+":"+value)))
		if ok != (value != "") || ok && (got != alias || secret.Reveal() != value) {
			t.Errorf("%q and %q came back as %q and %q, %v", alias, value, got, secret.Reveal(), ok)
		}
	})
}
