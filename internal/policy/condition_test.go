package policy_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/policy/policytest"
)

// conditionCase is one condition and one request context, with what has to come of it under each effect.
type conditionCase struct {
	block string
	ctx   map[string][]string
	want  bool
	// deny is the same for a Deny statement where it differs.
	deny *bool
}

var yes, no = true, false

func one(key string, values ...string) map[string][]string { return map[string][]string{key: values} }

// holds evaluates the condition in an Allow and in a Deny statement, and checks the oracle's agreement.
func (c conditionCase) holds(t *testing.T) (allow, deny bool) {
	t.Helper()
	req := benchRequest()
	req.Context = policy.Context{}
	for key, values := range c.ctx {
		req.Context.Set(key, values...)
	}
	for effect, result := range map[string]*bool{"Allow": &allow, "Deny": &deny} {
		w := policytest.World{Identity: []string{fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":%q,"Action":"*","Resource":"*","Condition":%s}}`, effect, c.block)}}
		in, err := w.Compile()
		if err != nil {
			t.Fatal(err)
		}
		d := policy.Evaluate(in, req)
		*result = len(d.Reasons()) == 1
		if v := w.Decide(*req); v.Allows+v.Denies != len(d.Reasons()) {
			t.Errorf("the oracle says %+v for %s", v, effect)
		}
	}
	return allow, deny
}

func runConditions(t *testing.T, cases map[string]conditionCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantDeny := c.want
			if c.deny != nil {
				wantDeny = *c.deny
			}
			if allow, deny := c.holds(t); allow != c.want || deny != wantDeny {
				t.Errorf("%s of %v holds for Allow %v, for Deny %v; want %v and %v", c.block, c.ctx, allow, deny, c.want, wantDeny)
			}
		})
	}
}

func TestStringConditions(t *testing.T) {
	t.Parallel()
	runConditions(t, map[string]conditionCase{
		"equals":                     {`{"StringEquals":{"a:k":"v"}}`, one("a:k", "v"), yes, nil},
		"equals, other case":         {`{"StringEquals":{"a:k":"v"}}`, one("a:k", "V"), no, nil},
		"equals has no wildcards":    {`{"StringEquals":{"a:k":"v*"}}`, one("a:k", "vx"), no, nil},
		"equals a star":              {`{"StringEquals":{"a:k":"v*"}}`, one("a:k", "v*"), yes, nil},
		"key in another case":        {`{"StringEquals":{"A:kEY":"v"}}`, one("a:Key", "v"), yes, nil},
		"one of values":              {`{"StringEquals":{"a:k":["u","v"]}}`, one("a:k", "v"), yes, nil},
		"no values":                  {`{"StringEquals":{"a:k":[]}}`, one("a:k", "v"), no, nil},
		"no values, negated":         {`{"StringNotEquals":{"a:k":[]}}`, one("a:k", "v"), yes, nil},
		"not equals":                 {`{"StringNotEquals":{"a:k":"v"}}`, one("a:k", "u"), yes, nil},
		"not equals one of values":   {`{"StringNotEquals":{"a:k":["u","v"]}}`, one("a:k", "u"), no, nil},
		"not equals, missing key":    {`{"StringNotEquals":{"a:k":"v"}}`, nil, yes, nil},
		"equals, missing key":        {`{"StringEquals":{"a:k":"v"}}`, nil, no, nil},
		"equals, key without values": {`{"StringEquals":{"a:k":"v"}}`, one("a:k"), no, nil},
		"ignore case":                {`{"StringEqualsIgnoreCase":{"a:k":"Straße"}}`, one("a:k", "sTRAßE"), yes, nil},
		"not, ignore case":           {`{"StringNotEqualsIgnoreCase":{"a:k":"v"}}`, one("a:k", "V"), no, nil},
		"like":                       {`{"StringLike":{"a:k":"v*?z"}}`, one("a:k", "vwxyz"), yes, nil},
		"like, case":                 {`{"StringLike":{"a:k":"V*"}}`, one("a:k", "vx"), no, nil},
		"like, escape":               {`{"StringLike":{"a:k":"v${*}"}}`, one("a:k", "vx"), no, nil},
		"like, escaped star":         {`{"StringLike":{"a:k":"v${*}"}}`, one("a:k", "v*"), yes, nil},
		"like, ? is one character":   {`{"StringLike":{"a:k":"?"}}`, one("a:k", "é"), yes, nil},
		"not like":                   {`{"StringNotLike":{"a:k":"v*"}}`, one("a:k", "u"), yes, nil},
		"operators are ANDed":        {`{"StringEquals":{"a:k":"v"},"StringLike":{"a:l":"x*"}}`, map[string][]string{"a:k": {"v"}, "a:l": {"y"}}, no, nil},
		"keys are ANDed":             {`{"StringEquals":{"a:k":"v","a:l":"x"}}`, one("a:k", "v"), no, nil},
		"several values, positive":   {`{"StringEquals":{"a:k":"v"}}`, one("a:k", "u", "v"), yes, nil},
		"several values, negated":    {`{"StringNotEquals":{"a:k":"v"}}`, one("a:k", "u", "v"), no, nil},
		"a number in the policy":     {`{"StringEquals":{"a:k":10}}`, one("a:k", "10"), yes, nil},
		"a boolean in the policy":    {`{"StringEquals":{"a:k":true}}`, one("a:k", "true"), yes, nil},
		"confused deputy of 5.1":     {`{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnEquals":{"aws:SourceArn":"arn:aws:bedrock:ap-northeast-2:111122223333:model-customization-job/*"}}`, map[string][]string{"aws:SourceAccount": {"111122223333"}, "aws:SourceArn": {"arn:aws:bedrock:ap-northeast-2:111122223333:model-customization-job/abc"}}, yes, nil},
		"confused deputy, other job": {`{"ArnEquals":{"aws:SourceArn":"arn:aws:bedrock:ap-northeast-2:111122223333:model-import-job/*"}}`, one("aws:SourceArn", "arn:aws:bedrock:ap-northeast-2:111122223333:model-customization-job/abc"), no, nil},
	})
}

func TestTypedConditions(t *testing.T) {
	t.Parallel()
	runConditions(t, map[string]conditionCase{
		"numbers are decimals":          {`{"NumericEquals":{"a:k":"10.0"}}`, one("a:k", "10"), yes, nil},
		"a tenth is exact":              {`{"NumericEquals":{"a:k":0.1}}`, one("a:k", "0.10"), yes, nil},
		"large integers are exact":      {`{"NumericEquals":{"a:k":"9007199254740993"}}`, one("a:k", "9007199254740992"), no, nil},
		"exponent":                      {`{"NumericEquals":{"a:k":1E2}}`, one("a:k", "100"), yes, nil},
		"less":                          {`{"NumericLessThan":{"a:k":"10"}}`, one("a:k", "9.99"), yes, nil},
		"not less":                      {`{"NumericLessThan":{"a:k":"10"}}`, one("a:k", "10"), no, nil},
		"less or equal":                 {`{"NumericLessThanEquals":{"a:k":"10"}}`, one("a:k", "10"), yes, nil},
		"greater":                       {`{"NumericGreaterThan":{"a:k":"-10"}}`, one("a:k", "-9"), yes, nil},
		"greater or equal":              {`{"NumericGreaterThanEquals":{"a:k":"10"}}`, one("a:k", "9"), no, nil},
		"number not equal":              {`{"NumericNotEquals":{"a:k":"10"}}`, one("a:k", "11"), yes, nil},
		"no number":                     {`{"NumericLessThan":{"a:k":"10"}}`, one("a:k", "few"), no, nil},
		"no number, negated":            {`{"NumericNotEquals":{"a:k":"10"}}`, one("a:k", "few"), no, &yes},
		"date before":                   {`{"DateLessThan":{"aws:CurrentTime":"2026-01-31T12:00:00Z"}}`, one("aws:CurrentTime", "2026-01-31T11:59:59.999Z"), yes, nil},
		"date with zone":                {`{"DateEquals":{"aws:CurrentTime":"2026-01-31T21:00:00+09:00"}}`, one("aws:CurrentTime", "2026-01-31T12:00:00Z"), yes, nil},
		"date against Unix time":        {`{"DateEquals":{"aws:EpochTime":"2026-01-31T12:00:00Z"}}`, one("aws:EpochTime", "1769860800"), yes, nil},
		"Unix time in the policy":       {`{"DateGreaterThanEquals":{"aws:CurrentTime":1769860800}}`, one("aws:CurrentTime", "2026-01-31T12:00:00Z"), yes, nil},
		"day":                           {`{"DateGreaterThan":{"aws:CurrentTime":"2026-01-31"}}`, one("aws:CurrentTime", "2026-01-31T00:00:01Z"), yes, nil},
		"year":                          {`{"DateLessThan":{"aws:CurrentTime":"2026"}}`, one("aws:CurrentTime", "2025-12-31T23:59:59Z"), yes, nil},
		"date not equal":                {`{"DateNotEquals":{"aws:CurrentTime":"2026"}}`, one("aws:CurrentTime", "2026-01-01T00:00:00Z"), no, nil},
		"date less or equal":            {`{"DateLessThanEquals":{"aws:CurrentTime":"2026"}}`, one("aws:CurrentTime", "2026-01-01T00:00:00Z"), yes, nil},
		"no date, negated":              {`{"DateNotEquals":{"aws:CurrentTime":"2026"}}`, one("aws:CurrentTime", "now"), no, &yes},
		"bool":                          {`{"Bool":{"aws:SecureTransport":"true"}}`, one("aws:SecureTransport", "True"), yes, nil},
		"bool false":                    {`{"Bool":{"aws:SecureTransport":false}}`, one("aws:SecureTransport", "true"), no, nil},
		"bool, missing":                 {`{"Bool":{"aws:SecureTransport":"false"}}`, nil, no, nil},
		"bool, IfExists, missing":       {`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, nil, yes, nil},
		"binary":                        {`{"BinaryEquals":{"a:k":"AAEC"}}`, one("a:k", "AAEC"), yes, nil},
		"binary, other":                 {`{"BinaryEquals":{"a:k":"AAEC"}}`, one("a:k", "AAED"), no, nil},
		"address in range":              {`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, one("aws:SourceIp", "203.0.113.255"), yes, nil},
		"address beyond":                {`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, one("aws:SourceIp", "203.0.114.0"), no, nil},
		"single address":                {`{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}`, one("aws:SourceIp", "203.0.113.7"), yes, nil},
		"range with host bits":          {`{"IpAddress":{"aws:SourceIp":"203.0.113.9/24"}}`, one("aws:SourceIp", "203.0.113.1"), yes, nil},
		"IPv6":                          {`{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`, one("aws:SourceIp", "2001:DB8:0:1::1"), yes, nil},
		"IPv4 in IPv6 form":             {`{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, one("aws:SourceIp", "::ffff:203.0.113.7"), yes, nil},
		"range of IPv4 in IPv6 form":    {`{"IpAddress":{"aws:SourceIp":"::ffff:203.0.113.0/120"}}`, one("aws:SourceIp", "203.0.113.7"), yes, nil},
		"address with zone, negated":    {`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, one("aws:SourceIp", "fe80::1%eth0"), no, &yes},
		"all of IPv6 holds no IPv4":     {`{"IpAddress":{"aws:SourceIp":"::/0"}}`, one("aws:SourceIp", "203.0.113.7"), no, nil},
		"not in range":                  {`{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8"]}}`, one("aws:SourceIp", "10.1.1.1"), no, nil},
		"not in range, missing":         {`{"NotIpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}`, nil, yes, nil},
		"no address, negated":           {`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, one("aws:SourceIp", "bedrock.amazonaws.com"), no, &yes},
		"ARN":                           {`{"ArnLike":{"aws:SourceArn":"arn:aws:bedrock:*:111122223333:guardrail/*"}}`, one("aws:SourceArn", "arn:aws:bedrock:us-east-1:111122223333:guardrail/g:1"), yes, nil},
		"ARN, star stays in its part":   {`{"ArnLike":{"aws:SourceArn":"arn:aws:*:guardrail/g"}}`, one("aws:SourceArn", "arn:aws:bedrock:us-east-1:111122223333:guardrail/g"), no, nil},
		"ARN, ? does not match a colon": {`{"ArnLike":{"aws:SourceArn":"arn:aws:s3::?:b"}}`, one("aws:SourceArn", "arn:aws:s3:::b"), no, nil},
		"ARN, last part has colons":     {`{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:a:*"}}`, one("aws:SourceArn", "arn:aws:sns:us-east-1:1:a:b:c"), yes, nil},
		"ARN, equals takes wildcards":   {`{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::b*"}}`, one("aws:SourceArn", "arn:aws:s3:::bucket"), yes, nil},
		"ARN, star alone":               {`{"ArnLike":{"aws:SourceArn":"*"}}`, one("aws:SourceArn", "arn:aws:s3:::b"), yes, nil},
		"ARN, star alone, no ARN":       {`{"ArnLike":{"aws:SourceArn":"*"}}`, one("aws:SourceArn", "b"), no, nil},
		"ARN not like":                  {`{"ArnNotLike":{"bedrock:GuardrailIdentifier":"arn:aws:bedrock:*:*:guardrail/g:*"}}`, one("bedrock:GuardrailIdentifier", "arn:aws:bedrock:us-east-1:1:guardrail/g"), yes, nil},
		"ARN not equals":                {`{"ArnNotEquals":{"aws:SourceArn":"arn:aws:s3:::b"}}`, one("aws:SourceArn", "arn:aws:s3:::b"), no, nil},
		"ARN with variable":             {`{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::${a:k}/*"}}`, map[string][]string{"aws:SourceArn": {"arn:aws:s3:::x:y/z"}, "a:k": {"x:y"}}, yes, nil},
		"ARN as variable":               {`{"ArnLike":{"aws:SourceArn":"${a:k}"}}`, map[string][]string{"aws:SourceArn": {"arn:aws:s3:::b"}, "a:k": {"arn:aws:s3:::b"}}, yes, nil},
	})
}

func TestQualifiedConditions(t *testing.T) {
	t.Parallel()
	const key = "aws:TagKeys"
	runConditions(t, map[string]conditionCase{
		"ForAllValues, all":                   {`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, one(key, "b", "a"), yes, nil},
		"ForAllValues, one too many":          {`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`, one(key, "a", "c"), no, nil},
		"ForAllValues, missing (trap)":        {`{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}`, nil, yes, nil},
		"ForAllValues, empty":                 {`{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}`, one(key, ""), yes, nil},
		"ForAllValues, negated":               {`{"ForAllValues:StringNotEquals":{"aws:TagKeys":"a"}}`, one(key, "b", "c"), yes, nil},
		"ForAllValues, negated, one":          {`{"ForAllValues:StringNotEquals":{"aws:TagKeys":"a"}}`, one(key, "b", "a"), no, nil},
		"ForAllValues, like":                  {`{"ForAllValues:StringLike":{"aws:TagKeys":"team*"}}`, one(key, "team1", "team2"), yes, nil},
		"ForAnyValue, one":                    {`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}`, one(key, "z", "b"), yes, nil},
		"ForAnyValue, none":                   {`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}`, one(key, "z"), no, nil},
		"ForAnyValue, missing":                {`{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}}`, nil, no, nil},
		"ForAnyValue, negated, missing":       {`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, nil, no, nil},
		"ForAnyValue, negated":                {`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, one(key, "a", "b"), yes, nil},
		"ForAnyValue, negated, all match":     {`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, one(key, "a"), no, nil},
		"ForAnyValue, IfExists, missing":      {`{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"a"}}`, nil, yes, nil},
		"ForAnyValue, numbers":                {`{"ForAnyValue:NumericLessThan":{"a:k":"10"}}`, one("a:k", "11", "9"), yes, nil},
		"IfExists, missing":                   {`{"StringEqualsIfExists":{"a:k":"v"}}`, nil, yes, nil},
		"IfExists, other":                     {`{"StringEqualsIfExists":{"a:k":"v"}}`, one("a:k", "u"), no, nil},
		"IfExists, negated, missing":          {`{"StringNotEqualsIfExists":{"a:k":"v"}}`, nil, yes, nil},
		"IfExists, negated, match":            {`{"StringNotEqualsIfExists":{"a:k":"v"}}`, one("a:k", "v"), no, nil},
		"IfExists, address":                   {`{"IpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"}}`, nil, yes, nil},
		"Null true, missing":                  {`{"Null":{"a:k":"true"}}`, nil, yes, nil},
		"Null true, present":                  {`{"Null":{"a:k":"true"}}`, one("a:k", "v"), no, nil},
		"Null false, present":                 {`{"Null":{"a:k":false}}`, one("a:k", "v"), yes, nil},
		"Null false, missing":                 {`{"Null":{"a:k":"False"}}`, nil, no, nil},
		"Null either":                         {`{"Null":{"a:k":["true","false"]}}`, nil, yes, nil},
		"Null true, key without values":       {`{"Null":{"a:k":"true"}}`, one("a:k"), yes, nil},
		"ForAllValues and Null close the gap": {`{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}}`, nil, no, nil},
	})
}

func TestVariablesInConditions(t *testing.T) {
	t.Parallel()
	with := func(more ...string) map[string][]string {
		ctx := map[string][]string{"a:k": {more[0]}}
		if len(more) > 1 {
			ctx["aws:username"] = more[1:]
		}
		return ctx
	}
	runConditions(t, map[string]conditionCase{
		"value":                           {`{"StringEquals":{"a:k":"${aws:username}"}}`, with("alice", "alice"), yes, nil},
		"key in another case":             {`{"StringEquals":{"a:k":"${AWS:UserName}"}}`, with("alice", "alice"), yes, nil},
		"inside text":                     {`{"StringLike":{"a:k":"home/${aws:username}/*"}}`, with("home/alice/x", "alice"), yes, nil},
		"a star in a value is no star":    {`{"StringLike":{"a:k":"home/${aws:username}/*"}}`, with("home/bob/x", "*"), no, nil},
		"a star in a value is itself":     {`{"StringLike":{"a:k":"home/${aws:username}/*"}}`, with("home/*/x", "*"), yes, nil},
		"a variable in a value is text":   {`{"StringEquals":{"a:k":"${aws:username}"}}`, with("x", "${a:k}"), no, nil},
		"default":                         {`{"StringEquals":{"a:k":"${aws:username, 'nobody'}"}}`, with("nobody"), yes, nil},
		"default is not used":             {`{"StringEquals":{"a:k":"${aws:username, 'nobody'}"}}`, with("nobody", "alice"), no, nil},
		"default with star is text":       {`{"StringLike":{"a:k":"${aws:username, '*'}"}}`, with("x"), no, nil},
		"empty default":                   {`{"StringEquals":{"a:k":"x${aws:username,''}"}}`, with("x"), yes, nil},
		"missing":                         {`{"StringEquals":{"a:k":"${aws:username}"}}`, with(""), no, nil},
		"missing, negated":                {`{"StringNotEquals":{"a:k":"${aws:username}"}}`, with("x"), no, &yes},
		"missing beside a match":          {`{"StringEquals":{"a:k":["${aws:username}","x"]}}`, with("x"), yes, nil},
		"missing beside a match, negated": {`{"StringNotEquals":{"a:k":["${aws:username}","x"]}}`, with("x"), no, nil},
		"several values":                  {`{"StringEquals":{"a:k":"${aws:username}"}}`, with("alice", "alice", "bob"), no, nil},
		"escapes":                         {`{"StringLike":{"a:k":"${$}${?}${*}"}}`, with("$?*"), yes, nil},
		"dollar without brace":            {`{"StringEquals":{"a:k":"$5"}}`, with("$5"), yes, nil},
		"ignore case":                     {`{"StringEqualsIgnoreCase":{"a:k":"x-${aws:username}"}}`, with("X-ALICE", "alice"), yes, nil},
	})
}

// TestOldVersionHasNoVariables: before 2012-10-17 "${" is text.
func TestOldVersionHasNoVariables(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{`"Version":"2008-10-17",`: false, ``: false, `"Version":"2012-10-17",`: true} {
		w := policytest.World{Identity: []string{`{` + version + `"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}/x"}}`}}
		in, err := w.Compile()
		if err != nil {
			t.Fatal(err)
		}
		req := benchRequest()
		for resource, want := range map[string]bool{"arn:aws:s3:::alice/x": want, "arn:aws:s3:::${aws:username}/x": !want} {
			req.Resource = resource
			if d := policy.Evaluate(in, req); d.Allowed() != want || w.Decide(*req).Allowed != want {
				t.Errorf("%s of %s: %v, want %v", version, resource, d.Effect, want)
			}
		}
	}
}

func TestActionsAndResources(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement        string // elements of an Allow
		action, resource string
		want             bool
	}{
		"action in another case":         {`"Action":"S3:getOBJECT","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/x", yes},
		"action of the request in case":  {`"Action":"s3:getobject","Resource":"*"`, "S3:GETOBJECT", "arn:aws:s3:::b/x", yes},
		"action wildcard":                {`"Action":"s3:Get*","Resource":"*"`, "s3:GetObjectAcl", "arn:aws:s3:::b/x", yes},
		"action question mark":           {`"Action":"s3:?etObject","Resource":"*"`, "s3:GetObject", "arn:aws:s3:::b/x", yes},
		"action of another service":      {`"Action":"s3:*","Resource":"*"`, "s3express:CreateSession", "arn:aws:s3:::b/x", no},
		"wildcard in the service":        {`"Action":"s3*:*","Resource":"*"`, "s3express:CreateSession", "arn:aws:s3:::b/x", yes},
		"every action":                   {`"Action":"*","Resource":"*"`, "kms:Decrypt", "*", yes},
		"NotAction, listed":              {`"NotAction":["s3:*","kms:Decrypt"],"Resource":"*"`, "kms:Decrypt", "*", no},
		"NotAction, not listed":          {`"NotAction":["s3:*","kms:Decrypt"],"Resource":"*"`, "kms:Encrypt", "*", yes},
		"NotAction everything":           {`"NotAction":"*","Resource":"*"`, "kms:Encrypt", "*", no},
		"resource keeps its case":        {`"Action":"*","Resource":"arn:aws:s3:::B/*"`, "s3:GetObject", "arn:aws:s3:::b/x", no},
		"star spans colons and slashes":  {`"Action":"*","Resource":"arn:aws:*/x"`, "s3:GetObject", "arn:aws:s3:::b/a/x", yes},
		"one of resources":               {`"Action":"*","Resource":["arn:aws:s3:::a","arn:aws:s3:::b/*"]`, "s3:GetObject", "arn:aws:s3:::b/x", yes},
		"NotResource, listed":            {`"Action":"*","NotResource":"arn:aws:s3:::b/*"`, "s3:GetObject", "arn:aws:s3:::b/x", no},
		"NotResource, not listed":        {`"Action":"*","NotResource":"arn:aws:s3:::b/*"`, "s3:GetObject", "arn:aws:s3:::c/x", yes},
		"NotResource, missing variable":  {`"Action":"*","NotResource":"arn:aws:s3:::b/${a:k}"`, "s3:GetObject", "arn:aws:s3:::c/x", no},
		"Resource, missing variable":     {`"Action":"*","Resource":"arn:aws:s3:::b/${a:k}*"`, "s3:GetObject", "arn:aws:s3:::b/x", no},
		"Resource, variable":             {`"Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*"`, "s3:GetObject", "arn:aws:s3:::b/alice/x", yes},
		"resource of a wildcard request": {`"Action":"bedrock:CreateGuardrail","Resource":"arn:aws:bedrock:*:*:guardrail/*"`, "bedrock:CreateGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail/*", yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := benchRequest()
			req.Action, req.Resource = c.action, c.resource
			w := policytest.World{Identity: []string{allow(c.statement)}}
			in, err := w.Compile()
			if err != nil {
				t.Fatal(err)
			}
			if d := policy.Evaluate(in, req); d.Allowed() != c.want || w.Decide(*req).Allowed != c.want {
				t.Errorf("allowed = %v, want %v", d.Allowed(), c.want)
			}
		})
	}
	// A Deny with NotResource and a variable without value denies everything: what it would have spared is not known.
	in := &policy.Inputs{Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`), `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::b/${a:k}"}}`)}
	if d := policy.Evaluate(in, benchRequest()); !d.Explicit {
		t.Errorf("got %+v", d)
	}
}

func TestNotPrincipal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		listed string // JSON of NotPrincipal's AWS
		who    policy.Principal
		spared bool
	}{
		"user alone":                   {`["` + user.ARN + `"]`, user, no},
		"user and account":             {`["` + user.ARN + `","111122223333"]`, user, yes},
		"user and root ARN":            {`["` + user.ARN + `","arn:aws:iam::111122223333:root"]`, user, yes},
		"account alone":                {`["111122223333"]`, user, no},
		"account, root asks":           {`["111122223333"]`, root, yes},
		"role and account":             {`["` + session.Issuer + `","111122223333"]`, session, no},
		"session, role and account":    {`["` + session.ARN + `","` + session.Issuer + `","111122223333"]`, session, yes},
		"session and account":          {`["` + session.ARN + `","111122223333"]`, session, no},
		"another session":              {`["arn:aws:sts::111122223333:assumed-role/app/s2","` + session.Issuer + `","111122223333"]`, session, no},
		"federated user, user account": {`["` + federated.ARN + `","` + user.ARN + `","111122223333"]`, federated, yes},
		"service":                      {`["111122223333"]`, service, no},
		"everyone":                     {`["*"]`, nobody, yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deny := `{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":` + c.listed + `},"Action":"*","Resource":"*"}}`
			if !json.Valid([]byte(deny)) {
				t.Fatal(deny)
			}
			w := policytest.World{Resource: []string{deny}, ResourceKind: policy.Resource}
			in, err := w.Compile()
			if err != nil {
				t.Fatal(err)
			}
			req := benchRequest()
			req.Principal = c.who
			if d := policy.Evaluate(in, req); d.Explicit == c.spared || w.Decide(*req).Explicit == c.spared {
				t.Errorf("explicitly denied = %v", d.Explicit)
			}
		})
	}
}
