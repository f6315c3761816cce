package audit

import (
	"slices"
	"strings"

	"merlon.dev/merlon/internal/arn"
)

// kinds gives CloudTrail's resource types by service and the first word of the resource.
func kinds(service, word string) string {
	switch service + ":" + word {
	case "bedrock:guardrail":
		return "AWS::Bedrock::Guardrail"
	case "bedrock:foundation-model", "bedrock:custom-model", "bedrock:imported-model", "bedrock:provisioned-model":
		return "AWS::Bedrock::Model"
	case "bedrock:knowledge-base":
		return "AWS::Bedrock::KnowledgeBase"
	case "bedrock:agent-alias":
		return "AWS::Bedrock::AgentAlias"
	case "bedrock:async-invoke":
		return "AWS::Bedrock::AsyncInvoke"
	case "kms:key":
		return "AWS::KMS::Key"
	case "kms:alias":
		return "AWS::KMS::Alias"
	case "iam:user":
		return "AWS::IAM::User"
	case "iam:role", "sts:assumed-role":
		return "AWS::IAM::Role"
	case "iam:group":
		return "AWS::IAM::Group"
	case "iam:policy":
		return "AWS::IAM::Policy"
	case "cloudtrail:trail":
		return "AWS::CloudTrail::Trail"
	default:
		return ""
	}
}

// describeResource gives the account and the CloudTrail type of a resource, as far as its ARN tells them.
func describeResource(name string) (account, kind string) {
	parsed, err := arn.Parse(name)
	if err != nil {
		return "", ""
	}
	if parsed.Service == "s3" {
		if strings.Contains(parsed.Resource, "/") {
			return parsed.Account, "AWS::S3::Object"
		}
		return parsed.Account, "AWS::S3::Bucket"
	}
	word, _, _ := strings.Cut(parsed.Resource, "/")
	return parsed.Account, kinds(parsed.Service, word)
}

// owners gives the accounts other than the caller's whose resources the call is about.
func (e *Event) owners() (owners []string) {
	for _, name := range e.Resources {
		parsed, err := arn.Parse(name)
		if err == nil && parsed.Account != "" && parsed.Account != e.Account && !slices.Contains(owners, parsed.Account) {
			owners = append(owners, parsed.Account)
		}
	}
	return owners
}
