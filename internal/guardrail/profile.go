package guardrail

import (
	"slices"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// profileSuffix follows the geography in the id of every guardrail profile; there has been one generation of them so far.
const profileSuffix = ".guardrail.v1:0"

// ProfileARN gives the ARN of the guardrail profile id in the scope.
func (s Scope) ProfileARN(id string) string {
	return arn.ARN{Partition: s.Partition, Service: "bedrock", Region: s.Region, Account: s.Account, Resource: "guardrail-profile/" + id}.String()
}

// resolveProfile turns a guardrail profile's id or ARN into its id. The profile must serve the scope's Region.
func resolveProfile(scope Scope, identifier string) (string, error) {
	id := identifier
	if strings.HasPrefix(identifier, "arn:") {
		parsed, err := arn.Parse(identifier)
		if err != nil || !scope.owns(parsed) {
			return "", errProfile()
		}
		var ok bool
		if id, ok = parsed.ResourceID("guardrail-profile"); !ok {
			return "", errProfile()
		}
	}
	geography, ok := strings.CutSuffix(id, profileSuffix)
	if !ok || !slices.Contains(geographies(scope.Region), geography) {
		return "", errProfile()
	}
	return id, nil
}

// geographies gives the profile geographies that a Region belongs to; some Regions have none.
func geographies(region string) []string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return []string{"us-gov"}
	case strings.HasPrefix(region, "us-"):
		return []string{"us"}
	case strings.HasPrefix(region, "ca-"):
		return []string{"ca", "us"}
	case region == "eu-west-2":
		return []string{"uk", "eu"}
	case strings.HasPrefix(region, "eu-"):
		return []string{"eu"}
	case region == "ap-southeast-2", region == "ap-southeast-4":
		return []string{"au", "apac"}
	case strings.HasPrefix(region, "ap-"):
		return []string{"apac"}
	default:
		return nil
	}
}

func errProfile() error {
	return fault.New(fault.Invalid, "The guardrailProfileIdentifier provided in crossRegionConfig does not name a guardrail profile of this Region.")
}
