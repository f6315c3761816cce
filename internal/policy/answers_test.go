package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/policy"
)

// TestSameConditions: conditions that are written alike are answered once, unless the version of the document or the effect of the statement
// gives them another meaning.
func TestSameConditions(t *testing.T) {
	t.Parallel()
	const condition = `"Condition":{"StringEquals":{"aws:username":"${aws:nobody}"}}`
	document := func(version, effect string) string {
		return fmt.Sprintf(`{"Version":%q,"Statement":[{"Effect":%q,"Action":"s3:*","Resource":"*",%s}]}`, version, effect, condition)
	}
	req := &policy.Request{Principal: principals[2], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333"}
	req.Context.Set("aws:username", "${aws:nobody}") // what the older version, which has no variables, compares with
	older, newer := document(policy.Version2008, "Allow"), document(policy.Version2012, "Allow")
	for name, texts := range map[string][]string{"older first": {older, newer}, "newer first": {newer, older}} {
		if d := policy.Evaluate(&policy.Inputs{Identity: set(t, policy.Identity, texts...)}, req); !d.Allowed() || len(d.Reasons()) != 1 {
			t.Errorf("%s: %+v, want the older one to allow alone", name, d)
		}
	}
	// What cannot be compared matches a negated Deny and no negated Allow.
	uncertain := func(effect string) string {
		return strings.ReplaceAll(document(policy.Version2012, effect), "StringEquals", "StringNotEquals")
	}
	for name, texts := range map[string][]string{"deny last": {uncertain("Allow"), uncertain("Deny")}, "deny first": {uncertain("Deny"), uncertain("Allow")}} {
		if d := policy.Evaluate(&policy.Inputs{Identity: set(t, policy.Identity, texts...)}, req); !d.Explicit {
			t.Errorf("%s: %+v, want a denial", name, d)
		}
	}
}

// TestManyConditions: more different conditions than have room in line.
func TestManyConditions(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 1500 {
		texts = append(texts, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"user-%d"}}}]}`, i))
	}
	identity := set(t, policy.Identity, texts...)
	for name, want := range map[string]bool{"user-0": true, "user-1499": true, "user-1500": false} {
		req := &policy.Request{Principal: principals[2], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333"}
		req.Context.Set("aws:username", name)
		if d := policy.Evaluate(&policy.Inputs{Identity: identity}, req); d.Allowed() != want {
			t.Errorf("%s: allowed %v, want %v", name, d.Allowed(), want)
		}
	}
}
