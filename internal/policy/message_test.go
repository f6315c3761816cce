package policy_test

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/policy"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	const (
		asks    = "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x"
		decrypt = "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/k"
		assume  = "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/target"
	)
	for name, c := range map[string]struct {
		decisionCase
		want string
	}{
		"identity":         {decisionCase{who: user}, asks + " because no identity-based policy allows the s3:GetObject action"},
		"boundary":         {decisionCase{who: user, identity: "allow", boundary: "silent"}, asks + " because no permissions boundary allows the s3:GetObject action"},
		"session":          {decisionCase{who: user, identity: "allow", session: "silent"}, asks + " because no session policy allows the s3:GetObject action"},
		"service control":  {decisionCase{who: user, identity: "allow", scp: "silent"}, asks + " because no service control policy allows the s3:GetObject action"},
		"resource control": {decisionCase{who: user, identity: "allow", rcp: "silent"}, asks + " because no resource control policy allows the s3:GetObject action"},
		"endpoint":         {decisionCase{who: user, identity: "allow", endpoint: "silent"}, asks + " because no VPC endpoint policy allows the s3:GetObject action"},
		"other account":    {decisionCase{who: user, owner: otherAccount, identity: "allow"}, asks + " because no resource-based policy allows the s3:GetObject action"},
		"key":              {decisionCase{who: user, identity: "allow", key: "silent"}, decrypt + " because no resource-based policy allows the kms:Decrypt action"},
		"trust":            {decisionCase{who: user, identity: "allow", trust: "silent"}, assume + " because no role trust policy allows the sts:AssumeRole action"},

		"identity denies":         {decisionCase{who: user, identity: "deny"}, asks + " with an explicit deny in an identity-based policy"},
		"boundary denies":         {decisionCase{who: user, boundary: "deny"}, asks + " with an explicit deny in a permissions boundary"},
		"session denies":          {decisionCase{who: user, session: "deny"}, asks + " with an explicit deny in a session policy"},
		"service control denies":  {decisionCase{who: user, scp: "deny"}, asks + " with an explicit deny in a service control policy"},
		"resource control denies": {decisionCase{who: user, rcp: "deny"}, asks + " with an explicit deny in a resource control policy"},
		"endpoint denies":         {decisionCase{who: user, endpoint: "deny"}, asks + " with an explicit deny in a VPC endpoint policy"},
		"resource denies":         {decisionCase{who: user, resource: "deny"}, asks + " with an explicit deny in a resource-based policy"},
		"key denies":              {decisionCase{who: user, key: "deny"}, decrypt + " with an explicit deny in a resource-based policy"},
		"trust denies":            {decisionCase{who: user, trust: "deny"}, assume + " with an explicit deny in the role trust policy"},
		"nobody":                  {decisionCase{who: nobody}, "User: anonymous is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because no resource-based policy allows the s3:GetObject action"},
		"service":                 {decisionCase{who: service}, "User: bedrock.amazonaws.com is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/x because no resource-based policy allows the s3:GetObject action"},
		"allowed":                 {decisionCase{who: user, identity: "allow"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d, req := c.decide(t); d.Message(req) != c.want {
				t.Errorf("got  %s\nwant %s", d.Message(req), c.want)
			}
		})
	}
	if got, want := (policy.Decision{}).Message(&policy.Request{Action: "a:B"}), "User: anonymous is not authorized to perform: a:B"; got != want {
		t.Errorf("the zero decision says %q, want %q", got, want)
	}
}

// TestMessageNamesThePolicy: a denying policy with an ARN of its own follows the message.
func TestMessageNamesThePolicy(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-b"
	doc, err := policy.Parse(policy.ServiceControl, text(policy.ServiceControl, "deny"))
	if err != nil {
		t.Fatal(err)
	}
	scp, err := policy.NewSet(policy.ServiceControl, doc.Compile(arn))
	if err != nil {
		t.Fatal(err)
	}
	req := benchRequest()
	req.Action, req.Resource = "bedrock:CreateGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail/*"
	d := policy.Evaluate(&policy.Inputs{ServiceControl: []*policy.Set{scp}}, req)
	want := "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: bedrock:CreateGuardrail on resource: arn:aws:bedrock:us-east-1:111122223333:guardrail/* with an explicit deny in a service control policy: " + arn
	if got := d.Message(req); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// The ARN of a resource is not its policy's.
	doc, err = policy.Parse(policy.Resource, text(policy.Resource, "deny"))
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := policy.NewSet(policy.Resource, doc.Compile("arn:aws:s3:::b"))
	if err != nil {
		t.Fatal(err)
	}
	d = policy.Evaluate(&policy.Inputs{Resource: bucket}, req)
	if got := d.Message(req); !strings.HasSuffix(got, "with an explicit deny in a resource-based policy") {
		t.Errorf("got %s", got)
	}
}
