package profile

import (
	"strings"

	"merlon.dev/merlon/internal/model"
)

// geographies gives the prefixes of the system's profiles in a Region, as Amazon Bedrock names them.
func geographies(region string) []string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return []string{"us-gov"}
	case strings.HasPrefix(region, "us-"):
		return []string{"us", "global"}
	case strings.HasPrefix(region, "ca-"):
		return []string{"ca", "us", "global"}
	case strings.HasPrefix(region, "eu-"):
		return []string{"eu", "global"}
	case region == "ap-northeast-1", region == "ap-northeast-3":
		return []string{"jp", "apac", "global"}
	case region == "ap-southeast-2", region == "ap-southeast-4":
		return []string{"au", "apac", "global"}
	case strings.HasPrefix(region, "ap-"):
		return []string{"apac", "global"}
	case strings.HasPrefix(region, "cn-"):
		return nil
	default:
		return []string{"global"}
	}
}

// system gives the system's profile of a model in one geography.
func system(scope Scope, geography string, e model.Entry) Profile {
	return Profile{
		Scope: scope, ID: geography + "." + e.ID, System: true, Name: strings.ToUpper(geography) + " " + e.Name, ModelID: e.ID,
		Description: "Routes requests to " + e.Name + ".",
	}
}

// systems gives all profiles of the system in a Region, in the order of the catalogue.
func (s *Service) systems(scope Scope) []Profile {
	var all []Profile
	for _, e := range s.Models.All() {
		for _, g := range geographies(scope.Region) {
			all = append(all, system(scope, g, e))
		}
	}
	return all
}

// findSystem gives the system's profile with an id.
func (s *Service) findSystem(scope Scope, id string) (Profile, bool) {
	for _, g := range geographies(scope.Region) {
		if rest, ok := strings.CutPrefix(id, g+"."); ok {
			if e, err := s.Models.Find(rest); err == nil && e.ID == rest {
				return system(scope, g, e), true
			}
		}
	}
	return Profile{}, false
}
