package guardrail

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
)

func TestCheckDocument(t *testing.T) {
	t.Parallel()
	const (
		one     = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"
		profile = "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0"
		root    = `"AWS":"arn:aws:iam::210987654321:root"`
		org     = `"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`
	)
	statement := func(parts ...string) string {
		return `{"Version":"2012-10-17","Statement":[{` + strings.Join(parts, ",") + `}]}`
	}
	principal := func(p string) string { return `"Principal":` + p }
	const (
		allow   = `"Effect":"Allow"`
		apply   = `"Action":"bedrock:ApplyGuardrail"`
		onOne   = `"Resource":"` + one + `"`
		everyon = `"Principal":"*"`
	)
	for name, test := range map[string]struct {
		target   shared
		document string
		valid    bool
	}{
		"account root":      {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), apply, onOne), true},
		"account id":        {shared{one, "abc"}, statement(allow, principal(`{"AWS":["210987654321"]}`), apply, onOne), true},
		"both actions":      {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), `"Action":["bedrock:ApplyGuardrail","bedrock:GetGuardrail"]`, onOne), true},
		"organization":      {shared{one, "abc"}, statement(allow, everyon, apply, onOne, org), true},
		"organization path": {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-abcdefghij/r-ab12/ou-1/*"]}}`), true},
		"profile":           {shared{profile, ""}, statement(allow, principal("{"+root+"}"), apply, `"Resource":"`+profile+`"`), true},

		"profile with get":     {shared{profile, ""}, statement(allow, principal("{"+root+"}"), `"Action":"bedrock:GetGuardrail"`, `"Resource":"`+profile+`"`), false},
		"everyone":             {shared{one, "abc"}, statement(allow, everyon, apply, onOne), false},
		"everyone under AWS":   {shared{one, "abc"}, statement(allow, principal(`{"AWS":"*"}`), apply, onOne), false},
		"everyone and a root":  {shared{one, "abc"}, statement(allow, principal(`{"AWS":["*","210987654321"]}`), apply, onOne), false},
		"any organization":     {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"StringLike":{"aws:PrincipalOrgID":"*"}}`), false},
		"other organizations":  {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`), false},
		"if there is one":      {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"}}`), false},
		"all of none":          {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abcdefghij/*"}}`), false},
		"other condition":      {shared{one, "abc"}, statement(allow, everyon, apply, onOne, `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), false},
		"deny":                 {shared{one, "abc"}, statement(`"Effect":"Deny"`, principal("{"+root+"}"), apply, onOne), false},
		"other action":         {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), `"Action":"bedrock:DeleteGuardrail"`, onOne), false},
		"wildcard action":      {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), `"Action":"bedrock:*"`, onOne), false},
		"all other actions":    {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), `"NotAction":"bedrock:DeleteGuardrail"`, onOne), false},
		"other resource":       {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), apply, `"Resource":"*"`), false},
		"all other resources":  {shared{one, "abc"}, statement(allow, principal("{"+root+"}"), apply, `"NotResource":"x"`), false},
		"user":                 {shared{one, "abc"}, statement(allow, principal(`{"AWS":"arn:aws:iam::210987654321:user/bob"}`), apply, onOne), false},
		"service":              {shared{one, "abc"}, statement(allow, principal(`{"Service":"lambda.amazonaws.com"}`), apply, onOne), false},
		"member twice":         {shared{one, "abc"}, statement(allow, allow, principal("{"+root+"}"), apply, onOne), false},
		"member in other case": {shared{one, "abc"}, statement(allow, `"effect":"Allow"`, principal("{"+root+"}"), apply, onOne), false},
		"not JSON":             {shared{one, "abc"}, "{", false},
		"second statement":     {shared{one, "abc"}, `{"Version":"2012-10-17","Statement":[{` + strings.Join([]string{allow, principal("{" + root + "}"), apply, onOne}, ",") + `},{"Effect":"Deny","Principal":"*",` + apply + `,` + onOne + `}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := checkDocument(test.target, test.document)
			if (err == nil) != test.valid {
				t.Errorf("error %v, want valid = %v", err, test.valid)
			}
			if err != nil && (!fault.Is(err, fault.Invalid) || fault.From(err).Code != "") {
				t.Errorf("fault %#v, want Invalid without a code of its own", fault.From(err))
			}
		})
	}
}
