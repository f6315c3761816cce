// Package arn parses and builds Amazon Resource Names.
package arn

import (
	"errors"
	"strings"
)

// ARN is a parsed Amazon Resource Name: arn:partition:service:region:account:resource.
type ARN struct {
	Partition string // "aws", "aws-cn", "aws-us-gov"
	Service   string // "bedrock"
	Region    string // empty for global services
	Account   string // 12 digits, or empty
	Resource  string // "guardrail/abc123abc123"; may hold further colons and slashes
}

var errMalformed = errors.New("not an ARN: want arn:partition:service:region:account:resource")

// Parse splits s; it checks the frame (six parts, a partition, a service and a resource) and no more.
func Parse(s string) (ARN, error) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, errMalformed
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, nil
}

// String gives the canonical text form.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// ResourceID gives what follows kind and a slash in the resource part, as "abc" in "guardrail/abc" for kind "guardrail".
func (a ARN) ResourceID(kind string) (string, bool) {
	return strings.CutPrefix(a.Resource, kind+"/")
}

// PartitionOf gives the partition that a Region belongs to.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}
