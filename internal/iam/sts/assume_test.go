package sts_test

import (
	"errors"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam/sts"
)

// TestParseRole: short plain text is repeated as AWS does, and nothing else as it came.
func TestParseRole(t *testing.T) {
	t.Parallel()
	if account, name, err := sts.ParseRole("arn:aws:iam::123456789012:role/a/b/reader"); err != nil || account != "123456789012" || name != "reader" {
		t.Errorf("%s, %s, %v", account, name, err)
	}
	for text, want := range map[string]string{
		"nothing-valid-in-here":          "nothing-valid-in-here is invalid",
		"arn:a::::something/test-role":   "arn:a::::something/test-role is invalid",
		"x\nlevel=ERROR msg=\"fake\"":    `"x\nlevel=ERROR msg=\"fake\"" is invalid`,
		"\u202enilrem":                   `"\u202enilrem" is invalid`,
		strings.Repeat("x", 2000):        `"` + strings.Repeat("x", 128) + `" is invalid`,
		"two words, which no name has, ": `"two words, which no name has, " is invalid`,
	} {
		_, _, err := sts.ParseRole(text)
		var refused *fault.Error
		if !errors.As(err, &refused) || refused.Message != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}
