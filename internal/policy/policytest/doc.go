// Package policytest is a slow second reading of the policy language, for tests to hold package policy against.
//
// It was written from the rules in the IAM User Guide and not from the compiled code: it reads documents with encoding/json, walks
// them anew for every request, matches wildcards by recursion, and decides with one sentence for each row of the tables. It
// expects documents that policy.Parse accepts.
package policytest
