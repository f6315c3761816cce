// Package sts makes sessions: temporary credentials for roles and users, whose claims travel sealed in the session token.
//
//	AssumeRole                  a role session of a signed caller whom the trust policy allows (the gateway asks it)
//	AssumeRoleWithWebIdentity   a role session of whoever holds a token of a configured identity provider
//	AssumeForService            a role session of a service that acts for an account and a resource
//	GetSessionToken             a session of the user that calls
//	GetFederationToken          a session in the name of the user that calls, limited by the policies that are passed
//
// Nothing about a session is stored. What ends one before its time is looked up whenever its token is used: the role or user that it is
// of is gone, the long-term key that it was made with is gone or off. A policy with a condition on aws:TokenIssueTime ends
// sessions by age.
package sts
