package arn

import "testing"

func TestParse(t *testing.T) {
	t.Parallel()
	const text = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:1"
	a, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if a.String() != text {
		t.Errorf("round trip gave %q", a)
	}
	if id, ok := a.ResourceID("guardrail"); !ok || id != "abc:1" {
		t.Errorf("resource id = %q, %v", id, ok)
	}
	for _, bad := range []string{"", "abc", "arn:aws:bedrock:us-east-1:1", "arn::s:::r", "arn:aws::::r", "arn:aws:s:::", "ARN:aws:s:::r"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) did not fail", bad)
		}
	}
}

func TestPartitionOf(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{"us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		if got := PartitionOf(region); got != want {
			t.Errorf("PartitionOf(%q) = %q, want %q", region, got, want)
		}
	}
}
