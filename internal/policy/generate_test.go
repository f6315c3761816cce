package policy_test

import (
	"encoding/json"

	"pgregory.net/rapid"

	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/policy/policytest"
)

// The vocabularies are small, so that policies and requests often meet.
var (
	actions        = []string{"s3:GetObject", "S3:putobject", "kms:Decrypt", "bedrock:InvokeModel", "sts:AssumeRole"}
	actionPatterns = []string{"*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "kms:*", "kms:Decrypt", "*:*e*", "bedrock:Invoke*", "b*:InvokeModel", "sts:*", "s3:*Object"}
	trustPatterns  = []string{"sts:AssumeRole", "sts:*", "STS:Assume*", "sts:TagSession"}
	resources      = []string{
		"arn:aws:s3:::b/alice/x", "arn:aws:s3:::b/bob/y:z", "arn:aws:s3:::b/*", "*",
		"arn:aws:kms:us-east-1:111122223333:key/k", "arn:aws:iam::111122223333:role/app",
	}
	resourcePatterns = []string{
		"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username, 'bob'}/?*", "arn:aws:s3:::b/${*}",
		"arn:*:x", "arn:aws:s3:::*/x", "arn:aws:kms:*:key/?", "arn:aws:iam::*:role/app", "arn:aws:s3:::b/${aws:PrincipalTag/Team}*", "arn:aws:s3:::B/*",
	}
	principals = []policy.Principal{
		{},
		{Kind: policy.Root, Account: "111122223333", ARN: "arn:aws:iam::111122223333:root", CanonicalUser: "c1"},
		{Kind: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice", CanonicalUser: "c1"},
		{Kind: policy.User, Account: "444455556666", ARN: "arn:aws:iam::444455556666:user/bob"},
		{Kind: policy.RoleSession, Account: "111122223333", ARN: "arn:aws:sts::111122223333:assumed-role/app/s1", Issuer: "arn:aws:iam::111122223333:role/app"},
		{Kind: policy.FederatedUser, Account: "111122223333", ARN: "arn:aws:sts::111122223333:federated-user/fed", Issuer: "arn:aws:iam::111122223333:user/alice"},
		{Kind: policy.Service, Name: "bedrock.amazonaws.com"},
		{Kind: policy.Provider, Name: "arn:aws:iam::111122223333:saml-provider/idp"},
	}
	named = map[string][]string{
		"AWS": {
			"*", "111122223333", "444455556666", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:user/bob",
			"arn:aws:iam::111122223333:role/app", "arn:aws:sts::111122223333:assumed-role/app/s1", "arn:aws:sts::111122223333:federated-user/fed",
		},
		"Service":       {"bedrock.amazonaws.com", "kms.amazonaws.com"},
		"Federated":     {"arn:aws:iam::111122223333:saml-provider/idp"},
		"CanonicalUser": {"c1"},
	}
	owners = []string{"111122223333", "444455556666", policy.AccountAWS, ""}

	keys = []string{"aws:username", "aws:SourceIp", "aws:CurrentTime", "s3:max-keys", "aws:SecureTransport", "aws:SourceArn", "aws:TagKeys", "aws:PrincipalTag/Team", "x:blob"}
	// spellings are other ways to write some of the keys.
	spellings = map[string]string{"aws:SourceIp": "AWS:sourceip", "aws:TagKeys": "aws:tagkeys"}
	texts     = []string{
		"alice", "Alice", "bob", "", "203.0.113.7", "2001:db8::1", "::ffff:203.0.113.9", "2026-01-31T12:00:00Z", "2026-01-31", "1769860800", "10", "10.0", "1e1", "9.99",
		"true", "False", "arn:aws:s3:::b", "arn:aws:bedrock:us-east-1:111122223333:job/1:2", "team*", "AAEC", "AAED", "not a value",
	}
	operands = map[string][]string{
		"String":    {"alice", "ALICE", "a*", "?ob", "team*", "team${*}", "${aws:username}", "${aws:PrincipalTag/Team, 'alice'}", "${aws:TagKeys}", "true", "10", "*"},
		"Arn":       {"arn:aws:s3:::b", "arn:aws:*:*:*:job/*", "arn:aws:bedrock:*:111122223333:*", "*", "arn:aws:s3:::${aws:username}", "arn:aws:bedrock:us-*:1:job/1:2", "${aws:SourceArn}", "arn:*"},
		"Numeric":   {"10", "9.99", "10.00", "1E1", "-3"},
		"Date":      {"2026-01-31", "2026-01-31T12:00:00Z", "1769860800", "2027"},
		"Bool":      {"true", "false", "TRUE"},
		"Binary":    {"AAEC", ""},
		"IpAddress": {"203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0", "::/0"},
	}
	families = []struct{ operator, operands string }{
		{"StringEquals", "String"},
		{"StringNotEquals", "String"},
		{"StringEqualsIgnoreCase", "String"},
		{"StringNotEqualsIgnoreCase", "String"},
		{"StringLike", "String"},
		{"StringNotLike", "String"},
		{"ArnEquals", "Arn"},
		{"ArnLike", "Arn"},
		{"ArnNotEquals", "Arn"},
		{"ArnNotLike", "Arn"},
		{"NumericEquals", "Numeric"},
		{"NumericNotEquals", "Numeric"},
		{"NumericLessThan", "Numeric"},
		{"NumericLessThanEquals", "Numeric"},
		{"NumericGreaterThan", "Numeric"},
		{"NumericGreaterThanEquals", "Numeric"},
		{"DateEquals", "Date"},
		{"DateNotEquals", "Date"},
		{"DateLessThan", "Date"},
		{"DateLessThanEquals", "Date"},
		{"DateGreaterThan", "Date"},
		{"DateGreaterThanEquals", "Date"},
		{"Bool", "Bool"},
		{"BinaryEquals", "Binary"},
		{"IpAddress", "IpAddress"},
		{"NotIpAddress", "IpAddress"},
	}
)

func pick[T any](t *rapid.T, label string, from []T) T { return rapid.SampledFrom(from).Draw(t, label) }

// chance is true in n of 10 cases.
func chance(t *rapid.T, label string, n int) bool { return rapid.IntRange(0, 9).Draw(t, label) < n }

// some draws one text, or a list of up to three.
func some(t *rapid.T, label string, from []string) any {
	if chance(t, label+" single", 7) {
		return pick(t, label, from)
	}
	return rapid.SliceOfN(rapid.SampledFrom(from), 1, 3).Draw(t, label)
}

func genCondition(t *rapid.T) map[string]map[string]any {
	block := map[string]map[string]any{}
	for range rapid.IntRange(1, 2).Draw(t, "operators") {
		key := pick(t, "key", keys)
		if spelling := spellings[key]; spelling != "" && chance(t, "respelt", 3) {
			key = spelling
		}
		if chance(t, "null", 1) {
			block["Null"] = map[string]any{key: some(t, "absent", []string{"true", "false"})}
			continue
		}
		family := pick(t, "operator", families)
		operator := pick(t, "qualifier", []string{"", "", "", "ForAllValues:", "ForAnyValue:"}) + family.operator + pick(t, "suffix", []string{"", "", "IfExists"})
		block[operator] = map[string]any{key: some(t, "operand", operands[family.operands])}
	}
	return block
}

func genStatement(t *rapid.T, kind policy.Kind) map[string]any {
	s := map[string]any{"Effect": "Allow"}
	if chance(t, "deny", 1) {
		s["Effect"] = "Deny"
	}
	not := func(name string, n int) string {
		if chance(t, "not "+name, n) {
			return "Not" + name
		}
		return name
	}
	if kind == policy.Trust {
		s["Action"] = some(t, "action", trustPatterns)
	} else {
		s[not("Action", 1)], s[not("Resource", 1)] = some(t, "action", actionPatterns), some(t, "resource", resourcePatterns)
		if s["Effect"] == "Allow" && chance(t, "wide", 5) { // without these, hardly anything would be allowed
			s = map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}
		}
	}
	switch kind {
	case policy.ResourceControl:
		s["Principal"] = "*"
	case policy.Resource, policy.Key, policy.Trust, policy.Endpoint:
		name := "Principal"
		if s["Effect"] == "Deny" {
			name = not("Principal", 3)
		}
		if chance(t, "everyone", 2) {
			s[name] = "*"
			break
		}
		p := map[string]any{"AWS": some(t, "AWS", named["AWS"])}
		if extra := pick(t, "extra", []string{"", "", "Service", "Federated", "CanonicalUser"}); extra != "" {
			p[extra] = some(t, extra, named[extra])
		}
		s[name] = p
	}
	if chance(t, "conditional", 5) {
		s["Condition"] = genCondition(t)
	}
	return s
}

func genPolicy(t *rapid.T, kind policy.Kind) string {
	var statements []any
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, genStatement(t, kind))
	}
	doc := map[string]any{"Version": policy.Version2012, "Statement": statements}
	if kind != policy.ServiceControl && kind != policy.ResourceControl && chance(t, "old", 1) {
		delete(doc, "Version")
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// genPolicies draws no policies (nil) in absent of 10 cases, else up to two.
func genPolicies(t *rapid.T, kind policy.Kind, absent int) []string {
	if chance(t, "no "+string(kind), absent) {
		return nil
	}
	out := []string{}
	for range rapid.IntRange(0, 2).Draw(t, string(kind)) {
		out = append(out, genPolicy(t, kind))
	}
	return out
}

func genWorld(t *rapid.T) policytest.World {
	kind := pick(t, "resource kind", []policy.Kind{policy.Resource, policy.Resource, policy.Key, policy.Trust})
	w := policytest.World{
		Identity: genPolicies(t, policy.Identity, 1), Boundary: genPolicies(t, policy.Boundary, 7), Session: genPolicies(t, policy.Session, 7),
		Endpoint: genPolicies(t, policy.Endpoint, 8), Resource: genPolicies(t, kind, 3), ResourceKind: kind,
	}
	if chance(t, "scp", 2) {
		w.ServiceControl = [][]string{genPolicies(t, policy.ServiceControl, 0), genPolicies(t, policy.ServiceControl, 0)}
	}
	if chance(t, "rcp", 1) {
		w.ResourceControl = [][]string{genPolicies(t, policy.ResourceControl, 0)}
	}
	if chance(t, "grant", 2) {
		w.Grants = []policy.Grant{{ID: "g", Grantee: pick(t, "grantee", append(named["AWS"][1:], named["Service"]...))}}
	}
	return w
}

func genRequest(t *rapid.T) policy.Request {
	req := policy.Request{
		Principal: pick(t, "principal", principals), Action: pick(t, "action", actions),
		Resource: pick(t, "resource", resources), ResourceAccount: pick(t, "owner", owners),
	}
	for _, key := range keys {
		if chance(t, "has "+key, 6) {
			req.Context.Set(key, rapid.SliceOfN(rapid.SampledFrom(texts), 0, 2).Draw(t, key)...)
		}
	}
	return req
}
