package policy_test

import (
	"testing"

	"merlon.dev/merlon/internal/policy"
)

// scenario is a request against policies that AWS's guides show for Bedrock.
type scenario struct {
	in       policy.Inputs
	who      policy.Principal
	action   string
	resource string
	ctx      map[string]string
	want     string // as in decisionCase
}

func runScenarios(t *testing.T, cases map[string]scenario) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := policy.Request{Principal: c.who, Action: c.action, Resource: c.resource, ResourceAccount: ownAccount}
			for key, value := range c.ctx {
				req.Context.Set(key, value)
			}
			if d := policy.Evaluate(&c.in, &req); outcome(d) != c.want {
				t.Errorf("got %q, want %q: %+v", outcome(d), c.want, d)
			}
		})
	}
}

func TestEnforceAGuardrail(t *testing.T) {
	t.Parallel()
	const guardrail = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"
	version := policy.Inputs{Identity: set(t, policy.Identity, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],"Resource":"*","Condition":{"StringEquals":{"bedrock:GuardrailIdentifier":"`+guardrail+`:1"}}},
		{"Effect":"Deny","Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],"Resource":"*","Condition":{"StringNotEquals":{"bedrock:GuardrailIdentifier":"`+guardrail+`:1"}}},
		{"Effect":"Allow","Action":"bedrock:ApplyGuardrail","Resource":"`+guardrail+`"}]}`)}
	numbered := policy.Inputs{Identity: set(t, policy.Identity, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*"},
		{"Effect":"Deny","Action":"bedrock:InvokeModel","Resource":"*","Condition":{"ArnNotLike":{"bedrock:GuardrailIdentifier":"`+guardrail+`:*"}}}]}`)}
	invoke := func(in policy.Inputs, identifier, want string) scenario {
		s := scenario{in: in, who: user, action: "bedrock:InvokeModel", resource: "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/d", want: want}
		if identifier != "" {
			s.ctx = map[string]string{"bedrock:GuardrailIdentifier": identifier}
		}
		return s
	}
	runScenarios(t, map[string]scenario{
		"no guardrail":              invoke(version, "", "explicit identity"),
		"version 1":                 invoke(version, guardrail+":1", "allow"),
		"DRAFT":                     invoke(version, guardrail, "explicit identity"),
		"version 10":                invoke(version, guardrail+":10", "explicit identity"),
		"any number, none given":    invoke(numbered, "", "explicit identity"),
		"any number, DRAFT":         invoke(numbered, guardrail, "explicit identity"),
		"any number, version 7":     invoke(numbered, guardrail+":7", "allow"),
		"any number, another":       invoke(numbered, "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcd:7", "explicit identity"),
		"apply":                     {in: version, who: user, action: "bedrock:ApplyGuardrail", resource: guardrail, want: "allow"},
		"apply another":             {in: version, who: user, action: "bedrock:ApplyGuardrail", resource: guardrail + "d", want: "identity"},
		"stream needs no statement": {in: numbered, who: user, action: "bedrock:InvokeModelWithResponseStream", resource: "*", want: "identity"},
	})
}

func TestCustomizationPolicies(t *testing.T) {
	t.Parallel()
	key := set(t, policy.Key, `{"Version":"2012-10-17","Statement":[
		{"Sid":"AdminViaIam","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
		{"Sid":"Invoker","Effect":"Allow","Principal":{"AWS":"`+session.Issuer+`"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringLike":{"kms:ViaService":["bedrock.ap-northeast-2.amazonaws.com"]}}}]}`)
	trust := set(t, policy.Trust, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnEquals":{"aws:SourceArn":"arn:aws:bedrock:ap-northeast-2:111122223333:model-customization-job/*"}}}]}`)
	everything := set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`))
	bucket := set(t, policy.Resource, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:PutObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"aws:sourceVpce":"vpce-1"}}}]}`)
	endpoint := set(t, policy.Endpoint, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}]}`)
	tags := set(t, policy.Identity, allow(`"Action":"ec2:CreateTags","Resource":"arn:aws:ec2:*:111122223333:network-interface/*","Condition":{"StringEquals":{"ec2:CreateAction":["CreateNetworkInterface"]},
		"ForAllValues:StringEquals":{"aws:TagKeys":["BedrockManaged","BedrockModelCustomizationJobArn"]}}`))
	pass := set(t, policy.Identity, allow(`"Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/custom","Condition":{"StringEquals":{"iam:PassedToService":"bedrock.amazonaws.com"}}`))
	const keyARN, job = "arn:aws:kms:ap-northeast-2:111122223333:key/k", "arn:aws:bedrock:ap-northeast-2:111122223333:"
	assume := func(account, source, want string) scenario {
		return scenario{
			in: policy.Inputs{Resource: trust}, who: service, action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/custom",
			ctx: map[string]string{"aws:SourceAccount": account, "aws:SourceArn": source}, want: want,
		}
	}
	runScenarios(t, map[string]scenario{
		"key through Bedrock":             {in: policy.Inputs{Resource: key}, who: session, action: "kms:Decrypt", resource: keyARN, ctx: map[string]string{"kms:ViaService": "bedrock.ap-northeast-2.amazonaws.com"}, want: "allow"},
		"key directly":                    {in: policy.Inputs{Resource: key}, who: session, action: "kms:Decrypt", resource: keyARN, want: "identity"},
		"key through S3":                  {in: policy.Inputs{Resource: key}, who: session, action: "kms:Decrypt", resource: keyARN, ctx: map[string]string{"kms:ViaService": "s3.ap-northeast-2.amazonaws.com"}, want: "identity"},
		"key, administrator":              {in: policy.Inputs{Resource: key, Identity: everything}, who: user, action: "kms:Decrypt", resource: keyARN, want: "allow"},
		"trust, the job":                  assume(ownAccount, job+"model-customization-job/x", "allow"),
		"trust, an import job":            assume(ownAccount, job+"model-import-job/x", "trust"),
		"trust, another account":          assume(otherAccount, job+"model-customization-job/x", "trust"),
		"bucket, outside the endpoint":    {in: policy.Inputs{Identity: everything, Resource: bucket}, who: user, action: "s3:GetObject", resource: "arn:aws:s3:::b/x", want: "explicit resource"},
		"bucket, through the endpoint":    {in: policy.Inputs{Identity: everything, Resource: bucket, Endpoint: endpoint}, who: user, action: "s3:GetObject", resource: "arn:aws:s3:::b/x", ctx: map[string]string{"aws:SourceVpce": "vpce-1"}, want: "allow"},
		"endpoint without the output":     {in: policy.Inputs{Identity: everything, Resource: bucket, Endpoint: endpoint}, who: user, action: "s3:PutObject", resource: "arn:aws:s3:::b/x", ctx: map[string]string{"aws:SourceVpce": "vpce-1"}, want: "endpoint"},
		"tags of the job":                 {in: policy.Inputs{Identity: tags}, who: session, action: "ec2:CreateTags", resource: "arn:aws:ec2:ap-northeast-2:111122223333:network-interface/eni", ctx: map[string]string{"ec2:CreateAction": "CreateNetworkInterface", "aws:TagKeys": "BedrockManaged"}, want: "allow"},
		"tags of somebody":                {in: policy.Inputs{Identity: tags}, who: session, action: "ec2:CreateTags", resource: "arn:aws:ec2:ap-northeast-2:111122223333:network-interface/eni", ctx: map[string]string{"ec2:CreateAction": "CreateNetworkInterface", "aws:TagKeys": "Name"}, want: "identity"},
		"pass the role to Bedrock":        {in: policy.Inputs{Identity: pass}, who: user, action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/custom", ctx: map[string]string{"iam:PassedToService": "bedrock.amazonaws.com"}, want: "allow"},
		"pass the role to EC2":            {in: policy.Inputs{Identity: pass}, who: user, action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/custom", ctx: map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}, want: "identity"},
		"pass another role":               {in: policy.Inputs{Identity: pass}, who: user, action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/customer", ctx: map[string]string{"iam:PassedToService": "bedrock.amazonaws.com"}, want: "identity"},
		"InvokeModel denied for Converse": {in: policy.Inputs{Identity: set(t, policy.Identity, allow(`"Action":"bedrock:*","Resource":"*"`), `{"Statement":{"Effect":"Deny","Action":"bedrock:InvokeModel","Resource":"*"}}`)}, who: user, action: "bedrock:InvokeModel", resource: "*", want: "explicit identity"},
	})
}
