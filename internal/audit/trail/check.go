package trail

import (
	"regexp"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// CloudTrail's limits.
const (
	minName, maxName = 3, 128
	maxTrails        = 5 // of an account in a home Region
	maxSelectors     = 5
	maxDataValues    = 250 // of all basic selectors of a trail
	maxValues        = 500 // of all advanced selectors of a trail
	maxTags          = 50
)

func coded(kind fault.Kind, code, format string, args ...any) error {
	f := fault.New(kind, format, args...)
	f.Code = code
	return f
}

func invalidSelectors(format string, args ...any) error {
	return coded(fault.Invalid, "InvalidEventSelectorsException", format, args...)
}

func checkName(name string) error {
	bad := func(format string, args ...any) error {
		return coded(fault.Invalid, "InvalidTrailNameException", format, args...)
	}
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	switch {
	case len(name) < minName:
		return bad("Trail name too short. Minimum allowed length: %d characters. Specified name length: %d characters.", minName, len(name))
	case len(name) > maxName:
		return bad("Trail name too long. Maximum allowed length: %d characters. Specified name length: %d characters.", maxName, len(name))
	case strings.ContainsFunc(name, func(c rune) bool { return !plain(c) && !strings.ContainsRune("._-", c) }):
		return bad("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).")
	case !plain(rune(name[0])):
		return bad("Trail name must starts with a letter or number.")
	case !plain(rune(name[len(name)-1])):
		return bad("Trail name must ends with a letter or number.")
	}
	for i := 1; i < len(name); i++ {
		if !plain(rune(name[i])) && !plain(rune(name[i-1])) {
			return bad("Trail name cannot have adjacent periods, hyphens or underscores.")
		}
	}
	if parts := strings.Split(name, "."); len(parts) == 4 && !strings.ContainsFunc(name, func(c rune) bool { return c != '.' && (c < '0' || c > '9') }) {
		return bad("Trail name must not be formatted as an IP address.")
	}
	return nil
}

func checkSettings(s Settings) error {
	bucket := regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	switch {
	case !bucket.MatchString(s.Bucket) || strings.Contains(s.Bucket, ".."):
		return coded(fault.Invalid, "InvalidS3BucketNameException", "The bucket name is not valid.")
	case len(s.Prefix) > 200:
		return coded(fault.Invalid, "InvalidS3PrefixException", "The S3 key prefix is longer than 200 characters.")
	case (s.LogGroup == "") != (s.LogRole == ""):
		return coded(fault.Invalid, "InvalidCloudWatchLogsRoleArnException", "A log group and a role that writes to it are given together.")
	case s.MultiRegion && !s.GlobalEvents:
		return coded(fault.Invalid, "InvalidParameterCombinationException", "Multi-Region trail must include global service events.")
	}
	return nil
}

func checkBasic(selectors []Selector) error {
	if len(selectors) > maxSelectors {
		return invalidSelectors("A trail has at most %d event selectors.", maxSelectors)
	}
	values := 0
	for _, s := range selectors {
		if !slices.Contains([]Effects{All, ReadOnly, WriteOnly}, s.Effects) {
			return invalidSelectors("ReadWriteType is one of All, ReadOnly and WriteOnly.")
		}
		for _, source := range s.ExcludedSources {
			if source != "kms.amazonaws.com" && source != "rdsdata.amazonaws.com" {
				return invalidSelectors("ExcludeManagementEventSources holds kms.amazonaws.com or rdsdata.amazonaws.com.")
			}
		}
		for _, d := range s.Data {
			if !slices.Contains([]string{"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"}, d.Type) {
				return invalidSelectors("Event selectors take data resources of S3 objects, Lambda functions and DynamoDB tables. Use advanced event selectors for others.")
			}
			values += len(d.Values)
			for _, v := range d.Values {
				if !strings.HasPrefix(v, "arn:") {
					return invalidSelectors("A value of DataResources is an ARN or the beginning of one.")
				}
			}
		}
	}
	if values > maxDataValues {
		return invalidSelectors("A trail has at most %d data resources.", maxDataValues)
	}
	return nil
}

func checkAdvanced(selectors []AdvancedSelector) error {
	values := 0
	for _, s := range selectors {
		n, err := s.check()
		if err != nil {
			return err
		}
		values += n
	}
	if values > maxValues {
		return invalidSelectors("The advanced event selectors of a trail have at most %d values.", maxValues)
	}
	return nil
}

func (s AdvancedSelector) check() (values int, err error) {
	fields := map[string]FieldSelector{}
	for _, f := range s.Fields {
		if _, twice := fields[f.Field]; twice {
			return 0, invalidSelectors("An advanced event selector names each field once.")
		}
		fields[f.Field] = f
		n := len(f.Equals) + len(f.StartsWith) + len(f.EndsWith) + len(f.NotEquals) + len(f.NotStartsWith) + len(f.NotEndsWith)
		if n == 0 {
			return 0, invalidSelectors("A field selector needs a value.")
		}
		values += n
		onlyEquals := n == len(f.Equals)
		switch f.Field {
		case "eventCategory":
			if !onlyEquals || n != 1 || f.Equals[0] != "Management" && f.Equals[0] != "Data" {
				return 0, invalidSelectors("eventCategory equals Management or Data.")
			}
		case "readOnly":
			if !onlyEquals || n != 1 || f.Equals[0] != "true" && f.Equals[0] != "false" {
				return 0, invalidSelectors("readOnly equals true or false.")
			}
		case "resources.type":
			if !onlyEquals || n != 1 {
				return 0, invalidSelectors("resources.type equals one type.")
			}
		case "eventSource", "eventName", "eventType", "userIdentity.arn", "resources.ARN":
		default:
			return 0, invalidSelectors("An advanced event selector has a field that is not supported.")
		}
	}
	category, ok := fields["eventCategory"]
	if !ok {
		return 0, invalidSelectors("An advanced event selector needs eventCategory.")
	}
	_, typed := fields["resources.type"]
	_, named := fields["resources.ARN"]
	if data := category.Equals[0] == "Data"; data != typed || named && !data {
		return 0, invalidSelectors("resources.type is needed for data events, and resources are for data events alone.")
	}
	return values, nil
}
