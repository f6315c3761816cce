package guardrail

import (
	"testing"

	"merlon.dev/merlon/internal/fault"
)

var testScope = Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}

func TestParseIdentifier(t *testing.T) {
	t.Parallel()
	for identifier, want := range map[string]string{
		"abc123abc123": "abc123abc123",
		"arn:aws:bedrock:us-east-1:123456789012:guardrail/abc": "abc",
		"":    "",
		"ABC": "",
		"arn:aws:bedrock:us-east-1:210987654321:guardrail/abc":         "", // account
		"arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc":         "", // Region
		"arn:aws-cn:bedrock:us-east-1:123456789012:guardrail/abc":      "", // partition
		"arn:aws:s3:us-east-1:123456789012:guardrail/abc":              "",
		"arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:1":       "",
		"arn:aws:bedrock:us-east-1:123456789012:guardrail/":            "",
		"arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/abc": "",
	} {
		id, err := ParseIdentifier(testScope, identifier)
		if id != want || (err == nil) != (want != "") || err != nil && !fault.Is(err, fault.NotFound) {
			t.Errorf("ParseIdentifier(%q) = %q, %v, want %q", identifier, id, err, want)
		}
		if err != nil && err.Error() != errGuardrailNotFound().Error() {
			t.Errorf("ParseIdentifier(%q) tells more than an unknown id: %v", identifier, err)
		}
	}
}

func TestResolveProfile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ region, identifier, want string }{
		{"us-east-1", "us.guardrail.v1:0", "us.guardrail.v1:0"},
		{"us-east-1", "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0", "us.guardrail.v1:0"},
		{"eu-west-2", "uk.guardrail.v1:0", "uk.guardrail.v1:0"},
		{"eu-west-2", "eu.guardrail.v1:0", "eu.guardrail.v1:0"},
		{"ca-central-1", "ca.guardrail.v1:0", "ca.guardrail.v1:0"},
		{"ap-southeast-2", "au.guardrail.v1:0", "au.guardrail.v1:0"},
		{"ap-northeast-2", "apac.guardrail.v1:0", "apac.guardrail.v1:0"},
		{"us-gov-west-1", "us-gov.guardrail.v1:0", "us-gov.guardrail.v1:0"},
		{"us-east-1", "eu.guardrail.v1:0", ""},
		{"us-east-1", "us.guardrail.v2:0", ""},
		{"us-east-1", "us.guardrail.v1:1", ""},
		{"us-gov-west-1", "us.guardrail.v1:0", ""},
		{"sa-east-1", "us.guardrail.v1:0", ""},
		{"us-east-1", ".guardrail.v1:0", ""},
		{"us-east-1", "arn:aws:bedrock:us-west-2:123456789012:guardrail-profile/us.guardrail.v1:0", ""},
		{"us-east-1", "arn:aws:bedrock:us-east-1:210987654321:guardrail-profile/us.guardrail.v1:0", ""},
		{"us-east-1", "arn:aws:bedrock:us-east-1:123456789012:guardrail/us.guardrail.v1:0", ""},
	} {
		got, err := resolveProfile(Scope{Partition: "aws", Region: test.region, Account: "123456789012"}, test.identifier)
		if got != test.want || (err == nil) != (test.want != "") || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("resolveProfile(%s, %s) = %q, %v, want %q", test.region, test.identifier, got, err, test.want)
		}
	}
}
