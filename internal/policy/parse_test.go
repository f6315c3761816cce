package policy_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// allow wraps the members of one statement into a document.
func allow(members string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + members + `}]}`
}

// condition is a document with one condition block.
func condition(block string) string {
	return allow(`"Action":"*","Resource":"*","Condition":` + block)
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind policy.Kind
		text string
	}{
		"smallest":               {policy.Identity, `{"Statement":{"Effect":"Deny","NotAction":"*","NotResource":"*"}}`},
		"white space":            {policy.Identity, "\n\t " + allow(`"Action":"s3:*","Resource":"*"`) + "\r\n"},
		"id":                     {policy.Identity, `{"Id":"x y","Version":"2008-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*","kms:Decrypt"],"Resource":["arn:aws:s3:::b/*","*"]}}`},
		"short wildcard ARN":     {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:s3*"`)},
		"variable":               {policy.Session, allow(`"Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username, 'nobody'}/${*}"`)},
		"old version, no key":    {policy.Identity, `{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x"}}`},
		"empty condition":        {policy.Identity, condition(`{}`)},
		"empty operator":         {policy.Identity, condition(`{"StringEquals":{}}`)},
		"no values":              {policy.Identity, condition(`{"StringEquals":{"aws:username":[]}}`)},
		"numbers and booleans":   {policy.Identity, condition(`{"NumericLessThan":{"s3:max-keys":10.5},"Bool":{"aws:SecureTransport":true}}`)},
		"qualifiers":             {policy.Identity, condition(`{"ForAllValues:StringNotLikeIfExists":{"aws:TagKeys":["a*"]},"ForAnyValue:ArnLike":{"aws:SourceArn":"*"}}`)},
		"trust, service":         {policy.Trust, allow(`"Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole"`)},
		"trust, spec 5.1":        {policy.Trust, allow(`"Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnEquals":{"aws:SourceArn":"arn:aws:bedrock:ap-northeast-2:111122223333:model-customization-job/*"}}`)},
		"key, Sid with spaces":   {policy.Key, allow(`"Sid":"Allow use of the key","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root"]},"Action":"kms:*","Resource":"*"`)},
		"every principal":        {policy.Resource, allow(`"Principal":{"AWS":["*","arn:aws:iam::111122223333:user/a/b","arn:aws:sts::111122223333:assumed-role/r/s"],"Service":["s3.amazonaws.com"],"Federated":"accounts.google.com","CanonicalUser":"abc"},"Action":"s3:*","Resource":"*"`)},
		"NotPrincipal with Deny": {policy.Resource, `{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}}`},
		"endpoint":               {policy.Endpoint, allow(`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`)},
		"service control":        {policy.ServiceControl, allow(`"Action":"*","Resource":"*"`)},
		"resource control":       {policy.ResourceControl, allow(`"Principal":"*","Action":"*","Resource":"*"`)},
		"boundary":               {policy.Boundary, allow(`"Action":"*","Resource":"*"`)},
		"equal empty Sids":       {policy.Identity, `{"Statement":[{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if doc, err := policy.Parse(c.kind, c.text); err != nil || doc.Kind() != c.kind || len(doc.Statements()) == 0 {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const plain = `"Action":"s3:*","Resource":"*"`
	for name, c := range map[string]struct {
		kind      policy.Kind
		text, why string
	}{
		"not JSON":               {policy.Identity, `{"Statement":`, "Syntax errors in policy: the document ends too early (line 1, column 14)"},
		"empty":                  {policy.Identity, ``, "ends too early (line 1, column 1)"},
		"a list":                 {policy.Identity, `[]`, "the policy must be an object, not a list"},
		"no statement":           {policy.Identity, `{"Version":"2012-10-17"}`, "has no Statement"},
		"empty statement list":   {policy.Identity, `{"Statement":[]}`, "has no statement"},
		"statement of text":      {policy.Identity, `{"Statement":"x"}`, "must be an object or a list"},
		"unknown element":        {policy.Identity, "{\n  \"Statement\": [],\n  \"Statment\": []\n}", `unknown element "Statment" in the policy (line 3, column 3)`},
		"lower-case element":     {policy.Identity, allow(`"action":"s3:*","Resource":"*"`), `unknown element "action" in a statement: write "Action"`},
		"case-variant pair":      {policy.Identity, allow(`"Action":"s3:*","ACTION":"*","Resource":"*"`), `"Action" and "ACTION" differ only in case`},
		"duplicate effect":       {policy.Identity, allow(`"Effect":"Deny",` + plain), `"Effect" occurs twice`},
		"version":                {policy.Identity, `{"Version":"2012-10-18","Statement":{"Effect":"Allow",` + plain + `}}`, `must be version "2012-10-17" or "2008-10-17", not "2012-10-18" (line 1, column 12)`},
		"version number":         {policy.Identity, `{"Version":2012,"Statement":{"Effect":"Allow",` + plain + `}}`, "not 2012"},
		"no effect":              {policy.Identity, `{"Statement":{` + plain + `}}`, "has no Effect"},
		"effect in lower case":   {policy.Identity, `{"Statement":{"Effect":"allow",` + plain + `}}`, `must be "Allow" or "Deny", not "allow"`},
		"no action":              {policy.Identity, allow(`"Resource":"*"`), "Policy statement must contain actions"},
		"empty action list":      {policy.Identity, allow(`"Action":[],"Resource":"*"`), "Policy statement must contain actions"},
		"action and NotAction":   {policy.Identity, allow(`"Action":"*","NotAction":"s3:*","Resource":"*"`), "cannot have both Action and NotAction"},
		"action of number":       {policy.Identity, allow(`"Action":1,"Resource":"*"`), "must be a string or a list of strings, not a number"},
		"action without service": {policy.Identity, allow(`"Action":"GetObject","Resource":"*"`), "must be prefaced by a vendor"},
		"action with space":      {policy.Identity, allow(`"Action":"s3: GetObject","Resource":"*"`), "must be prefaced by a vendor"},
		"no resource":            {policy.Identity, allow(`"Action":"s3:*"`), "Policy statement must contain resources"},
		"resource not ARN":       {policy.Identity, allow(`"Action":"s3:*","Resource":"bucket"`), `Resource bucket must be in ARN format or "*"`},
		"resource short ARN":     {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:s3"`), `must be in ARN format or "*"`},
		"variable in account":    {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:iam::${aws:PrincipalAccount}:user/x"`), "only after the fifth colon"},
		"open variable":          {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:s3:::${aws:username"`), "without closing brace"},
		"variable without key":   {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:s3:::${}"`), "a variable must be"},
		"bad default":            {policy.Identity, allow(`"Action":"s3:*","Resource":"arn:aws:s3:::${aws:username, nobody}"`), "a variable must be"},
		"Sid with space":         {policy.Identity, allow(`"Sid":"a b",` + plain), "must be alpha-numeric"},
		"Sid of number":          {policy.Identity, allow(`"Sid":1,` + plain), "Sid must be a string"},
		"Sid twice": {
			policy.Identity, `{"Statement":[{"Sid":"A","Effect":"Allow",` + plain + `},` + "\n" + `{"Sid":"A","Effect":"Allow",` + plain + `}]}`,
			`must be unique: "A" occurs twice (line 2, column 1)`,
		},
		"principal in identity":         {policy.Identity, allow(`"Principal":"*",` + plain), "should not specify a principal"},
		"principal in boundary":         {policy.Boundary, allow(`"Principal":"*",` + plain), "should not specify a principal"},
		"principal in session":          {policy.Session, allow(`"NotPrincipal":"*",` + plain), "should not specify a principal"},
		"principal in service control":  {policy.ServiceControl, allow(`"Principal":"*",` + plain), "should not specify a principal"},
		"service control, no version":   {policy.ServiceControl, `{"Statement":{"Effect":"Allow",` + plain + `}}`, "must state its version"},
		"service control, old":          {policy.ServiceControl, `{"Version":"2008-10-17","Statement":{"Effect":"Allow",` + plain + `}}`, `must be version "2012-10-17"`},
		"resource control, somebody":    {policy.ResourceControl, allow(`"Principal":{"AWS":"111122223333"},` + plain), `must be "*"`},
		"resource, no principal":        {policy.Resource, allow(plain), "Missing required field Principal"},
		"endpoint, no principal":        {policy.Endpoint, allow(plain), "Missing required field Principal"},
		"key, no resource":              {policy.Key, allow(`"Principal":"*","Action":"kms:*"`), "must contain resources"},
		"NotPrincipal with Allow":       {policy.Resource, allow(`"NotPrincipal":{"AWS":"111122223333"},` + plain), `NotPrincipal works with "Effect": "Deny" only`},
		"principal of text":             {policy.Resource, allow(`"Principal":"111122223333",` + plain), "Invalid principal in policy"},
		"principal of unknown type":     {policy.Resource, allow(`"Principal":{"Aws":"*"},` + plain), `unknown element "Aws" in Principal: write "AWS"`},
		"principal with wildcard":       {policy.Resource, allow(`"Principal":{"AWS":"arn:aws:iam::111122223333:role/*"},` + plain), `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"`},
		"principal service star":        {policy.Resource, allow(`"Principal":{"Service":"*"},` + plain), "Invalid principal in policy"},
		"principal group":               {policy.Resource, allow(`"Principal":{"AWS":"arn:aws:iam::111122223333:group/g"},` + plain), "Invalid principal in policy"},
		"principal session of nobody":   {policy.Resource, allow(`"Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/r"},` + plain), "Invalid principal in policy"},
		"principal, 11 digits":          {policy.Resource, allow(`"Principal":{"AWS":"11112222333"},` + plain), "Invalid principal in policy"},
		"empty principal":               {policy.Resource, allow(`"Principal":{},` + plain), "no principal is named"},
		"empty principal list":          {policy.Resource, allow(`"Principal":{"AWS":[]},` + plain), "no principal is named"},
		"trust with resource":           {policy.Trust, allow(`"Principal":"*","Action":"sts:AssumeRole","Resource":"*"`), "Has prohibited field Resource"},
		"trust with other action":       {policy.Trust, allow(`"Principal":"*","Action":"s3:GetObject"`), "may only specify STS AssumeRole actions"},
		"trust with NotAction":          {policy.Trust, allow(`"Principal":"*","NotAction":"sts:AssumeRole"`), "may only specify STS AssumeRole actions"},
		"condition of text":             {policy.Identity, condition(`"x"`), "Condition must be an object"},
		"operator of text":              {policy.Identity, condition(`{"StringEquals":"x"}`), "must hold an object of keys"},
		"unknown operator":              {policy.Identity, condition(`{"StringMatches":{"aws:username":"x"}}`), `no condition operator "StringMatches"`},
		"operator in lower case":        {policy.Identity, condition(`{"stringEquals":{"aws:username":"x"}}`), `no condition operator "stringEquals"`},
		"unknown qualifier":             {policy.Identity, condition(`{"ForSomeValues:StringEquals":{"aws:username":"x"}}`), "no condition operator"},
		"IfExists twice":                {policy.Identity, condition(`{"StringEqualsIfExistsIfExists":{"aws:username":"x"}}`), "no condition operator"},
		"NullIfExists":                  {policy.Identity, condition(`{"NullIfExists":{"aws:username":"true"}}`), "no condition operator"},
		"ForAnyValue:Null":              {policy.Identity, condition(`{"ForAnyValue:Null":{"aws:username":"true"}}`), "no condition operator"},
		"BoolNotEquals":                 {policy.Identity, condition(`{"BoolNotEquals":{"aws:username":"true"}}`), "no condition operator"},
		"key without prefix":            {policy.Identity, condition(`{"StringEquals":{"username":"x"}}`), `"username" is not a condition key`},
		"key in two cases":              {policy.Identity, condition(`{"StringEquals":{"aws:username":"x","AWS:UserName":"y"}}`), "differ only in case"},
		"null value":                    {policy.Identity, condition(`{"StringEquals":{"aws:username":null}}`), "must be a string, a number or a boolean, not null"},
		"bad number":                    {policy.Identity, condition(`{"NumericEquals":{"s3:max-keys":"ten"}}`), `"ten" is no value for NumericEquals`},
		"fraction as number":            {policy.Identity, condition(`{"NumericEquals":{"s3:max-keys":"1/3"}}`), "not a decimal number"},
		"vast exponent":                 {policy.Identity, condition(`{"NumericEquals":{"s3:max-keys":1e999999999}}`), "not a decimal number"},
		"bad date":                      {policy.Identity, condition(`{"DateLessThan":{"aws:CurrentTime":"31.01.2026"}}`), "neither a date such as"},
		"bad bool":                      {policy.Identity, condition(`{"Bool":{"aws:SecureTransport":"yes"}}`), `neither "true" nor "false"`},
		"bad null":                      {policy.Identity, condition(`{"Null":{"aws:SecureTransport":"yes"}}`), "is no value for Null"},
		"bad address":                   {policy.Identity, condition(`{"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}}`), "not an IP address"},
		"bad base64":                    {policy.Identity, condition(`{"BinaryEquals":{"x:y":"*"}}`), "not base64"},
		"variable for number":           {policy.Identity, condition(`{"NumericEquals":{"s3:max-keys":"${aws:username}"}}`), "is no value for NumericEquals"},
		"case-variant of nested object": {policy.Identity, condition(`{"StringEquals":{"aws:username":"x"},"stringequals":{"aws:username":"x"}}`), "differ only in case"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Parse(c.kind, c.text)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != policy.CodeMalformed {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(f.Message, c.why) || !strings.Contains(f.Message, "(line ") {
				t.Errorf("refused with %q, want %q and a place", f.Message, c.why)
			}
		})
	}
}

// TestLongRefusal: a refusal quotes no more of the policy than helps.
func TestLongRefusal(t *testing.T) {
	t.Parallel()
	_, err := policy.Parse(policy.Key, allow(`"Principal":"*","Action":"`+strings.Repeat("é", 10000)+`","Resource":"*"`))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Message) > 500 || !strings.HasSuffix(f.Message, "... (line 1, column 81)") {
		t.Errorf("got %v", err)
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	fill := func(n int, with string) string { return strings.Repeat(with, n) }
	for name, c := range map[string]struct {
		kind      policy.Kind
		spaceless bool
	}{
		"identity": {policy.Identity, true}, "boundary": {policy.Boundary, true}, "trust": {policy.Trust, true}, "session": {policy.Session, false},
		"resource": {policy.Resource, false}, "key": {policy.Key, false}, "endpoint": {policy.Endpoint, false}, "service control": {policy.ServiceControl, false},
		"resource control": {policy.ResourceControl, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := map[bool]string{true: allow(`"Action":"*","Resource":"*"`), false: allow(`"Principal":"*","Action":"*","Resource":"*"`)}[c.kind == policy.Identity || c.kind == policy.Boundary || c.kind == policy.Session || c.kind == policy.ServiceControl]
			if c.kind == policy.Trust {
				text = allow(`"Principal":"*","Action":"sts:*"`)
			}
			id := func(n int) string { return strings.Replace(text, "{", `{"Id":"`+fill(n, "é")+`",`, 1) }
			room := c.kind.Limit() - len([]rune(id(0)))
			if _, err := policy.Parse(c.kind, id(room)); err != nil {
				t.Errorf("refused at the limit: %v", err)
			}
			if _, err := policy.Parse(c.kind, id(room+1)); !fault.Is(err, fault.OverQuota) {
				t.Errorf("beyond the limit: %v", err)
			}
			if _, err := policy.Parse(c.kind, id(room)+fill(1000, " ")); (err == nil) != c.spaceless {
				t.Errorf("at the limit, with white space: %v", err)
			}
		})
	}
	if _, err := policy.Parse(policy.Identity, fill(200000, " ")); !fault.Is(err, fault.OverQuota) {
		t.Errorf("a text of white space: %v", err)
	}
	if _, err := policy.Parse("group", "{}"); !fault.Is(err, fault.Internal) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	doc, err := policy.Parse(policy.Resource, "{\"Id\":\"I\",\"Version\":\"2012-10-17\",\n \"Statement\":[\n  {\"Sid\":\"é\",\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"*\",\"111122223333\"]},"+
		"\"NotAction\":\"s3:*\",\"NotResource\":[\"*\"],\n   \"Condition\":{\"Bool\":{\"aws:SecureTransport\":false}}}]}")
	if err != nil {
		t.Fatal(err)
	}
	s := doc.Statements()[0]
	if doc.ID() != "I" || doc.Version() != policy.Version2012 || s.Sid != "é" || s.Effect != policy.Deny || s.Principal != nil || !s.NotPrincipal.Everyone || s.NotPrincipal.AWS[0] != "111122223333" ||
		s.Actions != nil || s.NotActions[0] != "s3:*" || s.Resources != nil || s.NotResources[0] != "*" {
		t.Errorf("read %+v", s)
	}
	if c := s.Conditions[0]; c.Operator != "Bool" || c.Key != "aws:SecureTransport" || c.Values[0] != "false" || c.At.String() != "line 4, column 25" {
		t.Errorf("read condition %+v", c)
	}
	if s.Start.String() != "line 3, column 3" || s.End.String() != "line 4, column 55" {
		t.Errorf("statement from %s to %s", s.Start, s.End)
	}
}

// FuzzParse checks that what Parse accepts has the same elements for encoding/json, and that it decides without failing: with a
// Deny for everything beside it nothing is allowed.
func FuzzParse(f *testing.F) {
	kinds := []policy.Kind{policy.Identity, policy.Resource, policy.Key, policy.Trust, policy.Session, policy.Boundary, policy.Endpoint, policy.ServiceControl, policy.ResourceControl}
	for i := range kinds {
		f.Add(uint8(i), condition(`{"StringLike":{"aws:username":["a*","${aws:username, 'x'}"]},"NumericEquals":{"x:y":1e3},"DateEquals":{"x:y":"2026"},"IpAddress":{"x:y":"::1/128"}}`))
		f.Add(uint8(i), allow(`"Principal":{"AWS":"111122223333"},"Action":"sts:*"`))
		f.Add(uint8(i), allow(`"Principal":"*","NotAction":["s3:*"],"NotResource":"arn:aws:s3:::${aws:username}"`))
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		kind := kinds[int(which)%len(kinds)]
		doc, err := policy.Parse(kind, text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.OverQuota) {
				t.Fatalf("refused %q with %v", text, err)
			}
			return
		}
		var plain struct {
			Version   string
			Statement json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &plain); err != nil || plain.Version != "" && plain.Version != doc.Version() {
			t.Fatalf("accepted %q, which encoding/json reads as %+v: %v", text, plain, err)
		}
		s, err := policy.NewSet(kind, doc.Compile("fuzz"))
		if err != nil {
			t.Fatal(err)
		}
		deny := set(t, policy.Identity, `{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`)
		in := map[policy.Kind]*policy.Inputs{
			policy.Session: {Session: s}, policy.Boundary: {Boundary: s}, policy.Endpoint: {Endpoint: s},
			policy.ServiceControl: {ServiceControl: []*policy.Set{s}}, policy.ResourceControl: {ResourceControl: []*policy.Set{s}},
			policy.Resource: {Resource: s}, policy.Key: {Resource: s}, policy.Trust: {Resource: s},
		}[kind]
		if in == nil {
			in = &policy.Inputs{Identity: s}
			in.Boundary = set(t, policy.Boundary, `{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`)
		} else {
			in.Identity = deny
		}
		req := benchRequest()
		if d := policy.Evaluate(in, req); d.Allowed() || !d.Explicit {
			t.Fatalf("with a Deny for everything %q gives %+v", text, d)
		}
	})
}
