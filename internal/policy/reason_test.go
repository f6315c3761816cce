package policy_test

import (
	"slices"
	"testing"

	"merlon.dev/merlon/internal/policy"
)

// reasons puts a decision's reasons into words: kind, policy, statement id and place, or grant.
func reasons(d policy.Decision) []string {
	var out []string
	for _, r := range d.Reasons() {
		if r.Statement == nil {
			out = append(out, string(r.Kind)+" grant "+r.Grant)
			continue
		}
		out = append(out, string(r.Kind)+" "+r.Policy+" "+r.Statement.Sid+" from "+r.Statement.Start.String()+" to "+r.Statement.End.String())
	}
	return out
}

func TestReasons(t *testing.T) {
	t.Parallel()
	identity := set(t, policy.Identity,
		"{\"Version\":\"2012-10-17\",\"Statement\":[\n  {\"Sid\":\"Other\",\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\"},\n  {\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}\n]}",
		`{"Statement":{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}}`)
	key := set(t, policy.Key, `{"Statement":{"Sid":"Delegate","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}}`)
	boundary := set(t, policy.Boundary, `{"Statement":[{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"},{"Sid":"Yes","Effect":"Allow","Action":"*","Resource":"*"}]}`)
	req := benchRequest()
	for name, c := range map[string]struct {
		in   policy.Inputs
		want []string
	}{
		"allowed": {policy.Inputs{Identity: identity}, []string{
			"identity identity-0 Read from line 3, column 3 to line 3, column 68", "identity identity-1 All from line 1, column 14 to line 1, column 72",
		}},
		"allowed with grant": {policy.Inputs{Identity: identity, Resource: key, Grants: []policy.Grant{{ID: "g1", Grantee: "arn:aws:iam::111122223333:user/alice"}, {ID: "g2", Grantee: "arn:aws:iam::111122223333:user/bob"}}}, []string{
			"key key-0 Delegate from line 1, column 14 to line 1, column 112", "key grant g1",
			"identity identity-0 Read from line 3, column 3 to line 3, column 68", "identity identity-1 All from line 1, column 14 to line 1, column 72",
		}},
		"denied: no Allow among the reasons": {policy.Inputs{Identity: identity, Boundary: boundary}, []string{"boundary boundary-0 No from line 1, column 15 to line 1, column 74"}},
		"silent session: the Allows that did not suffice": {policy.Inputs{Identity: identity, Session: set(t, policy.Session)}, []string{
			"identity identity-0 Read from line 3, column 3 to line 3, column 68", "identity identity-1 All from line 1, column 14 to line 1, column 72",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := reasons(policy.Evaluate(&c.in, req)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestContextKeys(t *testing.T) {
	t.Parallel()
	doc, err := policy.Parse(policy.Identity, allow(`"Action":"*","Resource":"arn:aws:s3:::${aws:username}/${aws:PrincipalTag/Team, 'x'}","Condition":{"StringEqualsIgnoreCase":{"aws:SourceVpc":"${b:fold}"},
		"Null":{"a:null":"true"},"ArnLike":{"AWS:sourcearn":"${c:arn}"},"StringLike":{"aws:SourceVpc":"${d:like}"},"Bool":{"aws:SecureTransport":"true"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"A:NULL", "AWS:PRINCIPALTAG/TEAM", "AWS:SECURETRANSPORT", "AWS:SOURCEARN", "AWS:SOURCEVPC", "AWS:USERNAME", "B:FOLD", "C:ARN", "D:LIKE"}
	if got := doc.Compile("p").ContextKeys(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
