// Package iam is the identity domain: accounts, users, groups, roles, their credentials and the policies that they carry.
//
// # What belongs to what
//
//	account --+-- user --+-- access keys (2), service-specific credentials (2 a service)
//	          |          +-- inline policies, attached managed policies (10), boundary, tags (50)
//	          +-- group --+-- users (a user is in 10 groups at most); policies as a user
//	          +-- role --+-- trust policy; policies, boundary and tags as a user
//	          +-- managed policy --+-- versions (5), one of them the default; tags
//	          +-- access keys of the root
//
// Everything is keyed by account; IAM knows no Regions. Users and roles are both principals here: they differ in what proves them
// (keys, or a trust policy and a session) and are alike in everything that governs them. A group is kept like them, so that it carries
// policies in the same way; nobody calls as one, and what it carries governs its users.
//
// A principal is found by name on the wire and by its unique id everywhere else: a role that was deleted and made again under its
// old name is another role, and whatever was issued for the first one is worthless.
//
// Secrets reach the store only as ciphertext of the sealer, bound to the id of the credential.
//
// Source of names, quotas and codes: IAM API Reference 2010-05-08 and "IAM and AWS STS quotas" of the IAM User Guide.
package iam
