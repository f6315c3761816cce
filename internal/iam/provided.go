package iam

import (
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/policy"
)

// providedPolicy is a managed policy that every account has.
type providedPolicy struct {
	Policy
	document string
}

// providedSince is the creation date that provided policies show; AWS dates them by when each was published.
var providedSince = time.Date(2015, 2, 6, 18, 39, 46, 0, time.UTC)

func provide(id, name, description, document string) providedPolicy {
	return providedPolicy{Policy{
		Account: policy.AccountAWS, ID: policyPrefix + id, Name: name, Path: "/", Description: description,
		DefaultVersion: 1, LastVersion: 1, CreatedAt: providedSince, UpdatedAt: providedSince,
	}, document}
}

// provideds gives the managed policies that every account has, in the order of their names: the ones that clients of the services
// served here attach. What they allow follows the AWS Managed Policy Reference.
func provideds() []providedPolicy {
	return []providedPolicy{
		provide("IWMBCKSKIEE64ZLYK", "AdministratorAccess", "Allows everything.",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
		provide("MERLONBEDROCKFULL", "AmazonBedrockFullAccess", "Allows everything in Amazon Bedrock, and passing it roles.",
			`{"Version":"2012-10-17","Statement":[{"Sid":"BedrockAll","Effect":"Allow","Action":"bedrock:*","Resource":"*"},`+
				`{"Sid":"DescribeKey","Effect":"Allow","Action":"kms:DescribeKey","Resource":"arn:*:kms:*:::*"},`+
				`{"Sid":"PassRoleToBedrock","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/*AmazonBedrock*",`+
				`"Condition":{"StringEquals":{"iam:PassedToService":"bedrock.amazonaws.com"}}}]}`),
		provide("MERLONBEDROCKLTDD", "AmazonBedrockLimitedAccess", "Allows what a long-term API key of Amazon Bedrock is for.",
			`{"Version":"2012-10-17","Statement":[{"Sid":"BedrockAPIs","Effect":"Allow","Action":["bedrock:Get*","bedrock:List*",`+
				`"bedrock:CallWithBearerToken","bedrock:ApplyGuardrail","bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],"Resource":"*"}]}`),
		provide("MERLONBEDROCKREAD", "AmazonBedrockReadOnly", "Allows reading in Amazon Bedrock.",
			`{"Version":"2012-10-17","Statement":[{"Sid":"AmazonBedrockReadOnly","Effect":"Allow","Action":["bedrock:Get*","bedrock:List*"],"Resource":"*"}]}`),
		provide("J7XKCFSBAZHGKSTYQ", "IAMFullAccess", "Allows everything in IAM.",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`),
		provide("KSO7DTY5G76F3WXKA", "IAMReadOnlyAccess", "Allows reading in IAM.",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:Simulate*"],"Resource":"*"}]}`),
	}
}

func provided(name string) (providedPolicy, bool) {
	all := provideds()
	i := slices.IndexFunc(all, func(p providedPolicy) bool { return p.Name == name })
	if i < 0 {
		return providedPolicy{}, false
	}
	return all[i], true
}

// merge puts the provided policies of a page between the account's own.
func merge(own []Policy, prefix string, page Page) []Policy {
	for _, p := range provideds() {
		if strings.HasPrefix(p.Path, prefix) && strings.ToLower(p.Name) > strings.ToLower(page.After) {
			own = append(own, p.Policy)
		}
	}
	slices.SortStableFunc(own, func(a, b Policy) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return own[:min(len(own), page.Limit)]
}
