// Package sigv4 verifies and makes AWS Signature Version 4 signatures of HTTP requests, in headers and in presigned queries.
//
// A request goes through two steps. Parse reads what the request claims about itself: access key, scope, time, signed headers. Nothing
// in a Signature is proven. Verifier.Verify then takes the credentials behind the access key and proves the claim, or says in an Error
// why not:
//
//	claim, err := sigv4.Parse(r)                          // who says they are calling, and for which service
//	credentials, err := keys.Find(claim.AccessKeyID)      // the caller's concern
//	err = verifier.Verify(r, claim, credentials, body, sigv4.Rules{Service: "bedrock"})
//
// Two clients of AWS disagree on one thing: botocore removes empty and dot segments from the path before it signs, the other SDKs sign
// the path as it is sent. AWS accepts both, so Verify does too, the sent form first. A caller that routes on the path as it was sent
// must therefore not give "." and ".." segments a meaning, and an empty segment none but that of an empty value.
//
// The rules come from the "Signature Version 4 signing process" of the AWS General Reference and from the vectors in testdata.
package sigv4
