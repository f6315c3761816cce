package kms

import "merlon.dev/merlon/internal/arn"

// Scope is where a key lives.
type Scope struct {
	Partition string // "aws"
	Region    string
	Account   string // 12 digits
}

// ARN gives the ARN of the key with id.
func (s Scope) ARN(id string) string { return s.name("key/" + id) }

// AliasARN gives the ARN of an alias; name begins with "alias/".
func (s Scope) AliasARN(name string) string { return s.name(name) }

// Root gives the ARN of the account itself.
func (s Scope) Root() string {
	return arn.ARN{Partition: s.Partition, Service: "iam", Account: s.Account, Resource: "root"}.String()
}

func (s Scope) name(resource string) string {
	return arn.ARN{Partition: s.Partition, Service: "kms", Region: s.Region, Account: s.Account, Resource: resource}.String()
}
