package sigv4

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/secret"
)

// MaxSkew is how far the time of a header signature may lie from the server's, in either direction.
const MaxSkew = 5 * time.Minute

// Rules are the choices in which services differ.
type Rules struct {
	// Service is the signing name that the credential scope must carry.
	Service string
	// Regions are the Regions that the scope may carry; empty allows any.
	Regions []string
	// PathEncodedOnce is true for S3, whose object keys are encoded once in the canonical path; every other service encodes twice.
	PathEncodedOnce bool
	// UnsignedPayload allows the body to stay out of the signature (S3 only).
	UnsignedPayload bool
}

// Verifier proves signatures. It is safe for concurrent use; its zero value lacks Now and must not be used.
type Verifier struct {
	// Now gives the server's time.
	Now  func() time.Time
	keys keyCache
}

// Verify proves that claim, read from r by Parse, was made with credentials over r and body, now, within rules. Errors are *Error.
//
// The scope and the time are looked at before the signature, so that a wrong clock is named as such. A session token must be the one in
// credentials, whether it is inside the signature or was added after signing. r.Body is not read.
func (v *Verifier) Verify(r *http.Request, claim *Signature, credentials Credentials, body []byte, rules Rules) error {
	if err := claim.checkScope(rules); err != nil {
		return err
	}
	if err := claim.checkTime(v.Now().UTC()); err != nil {
		return err
	}
	if credentials.AccessKeyID != claim.AccessKeyID || !credentials.SessionToken.Equal(secret.New(claim.SessionToken)) {
		return Refuse(UnknownKey)
	}
	if err := claim.checkHeaders(r); err != nil {
		return err
	}
	hash, err := payloadHash(r, claim, rules, body)
	if err != nil {
		return err
	}
	name := keyName{claim.AccessKeyID, claim.Date, claim.Region, claim.Service}
	key := v.keys.get(name, credentials.Secret)
	var room [4]canonical
	for _, form := range claim.forms(room[:0], r, rules) {
		form.request, form.signedHeaders, form.payloadHash = r, claim.signedHeaders, hash
		if claim.matches(form, key) {
			v.keys.put(name, credentials.Secret, key)
			return nil
		}
	}
	return refuse(Mismatch, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}

// forms appends the canonical forms that clients of AWS use for this request, the likeliest first and four at most.
func (s *Signature) forms(forms []canonical, r *http.Request, rules Rules) []canonical {
	if rules.PathEncodedOnce {
		forms = append(forms, canonical{path: encodedOnce})
	} else {
		forms = append(forms, canonical{path: asSent})
		if !normal(sentPath(r)) {
			forms = append(forms, canonical{path: normalised})
		}
	}
	if s.Presigned && s.SessionToken != "" {
		for _, form := range forms {
			form.skipToken = true
			forms = append(forms, form)
		}
	}
	return forms
}

func (s *Signature) matches(form canonical, key [32]byte) bool {
	var request [2048]byte
	whole, ok := form.append(request[:0])
	if !ok {
		return false
	}
	var toSign [256]byte
	want := signature(key, stringToSign(toSign[:0], whole, s.stamp, s.Date, s.Region, s.Service))
	return subtle.ConstantTimeCompare(want[:], []byte(s.mac)) == 1
}

func (s *Signature) checkScope(rules Rules) error {
	switch {
	case s.terminator != terminator:
		return refuse(WrongScope, "Credential should be scoped with a valid terminator: '%s'.", terminator)
	case s.Service != rules.Service:
		return refuse(WrongScope, "Credential should be scoped to correct service: '%s'.", rules.Service)
	case s.Region == "" || len(rules.Regions) > 0 && !slices.Contains(rules.Regions, s.Region):
		return refuse(WrongScope, "Credential should be scoped to a valid region.")
	case s.Date != s.stamp[:len("YYYYMMDD")]:
		return refuse(WrongScope, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.",
			printable(s.Date), s.stamp[:len("YYYYMMDD")], s.stamp)
	}
	return nil
}

func (s *Signature) checkTime(now time.Time) error {
	if s.Time.After(now.Add(MaxSkew)) {
		return refuse(NotYetCurrent, "Signature not yet current: %s is still later than %s (%s + 5 min.)",
			s.stamp, now.Add(MaxSkew).Format(timeFormat), now.Format(timeFormat))
	}
	if s.Presigned {
		if now.After(s.Time.Add(s.Expires)) {
			return refuse(PresignedExpired, "Request has expired")
		}
		return nil
	}
	if s.Time.Before(now.Add(-MaxSkew)) {
		return refuse(Expired, "Signature expired: %s is now earlier than %s (%s - 5 min.)",
			s.stamp, now.Add(-MaxSkew).Format(timeFormat), now.Format(timeFormat))
	}
	return nil
}

// checkHeaders sees to it that the list of signed headers is in canonical order and holds all that gives the request its meaning.
func (s *Signature) checkHeaders(r *http.Request) error {
	var names [32]string
	list := names[:0]
	for name := range strings.SplitSeq(s.signedHeaders, ";") {
		if len(list) > 0 && name <= list[len(list)-1] || strings.ToLower(name) != name {
			return refuse(Mismatch, "SignedHeaders must be lower case, sorted and free of duplicates.")
		}
		list = append(list, name)
	}
	if !slices.Contains(list, "host") && !slices.Contains(list, authority) {
		return refuse(HeaderNotSigned, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		if len(name) < len("X-Amz-") || !strings.EqualFold(name[:len("X-Amz-")], "X-Amz-") || name == "X-Amz-Security-Token" {
			continue
		}
		if lower := strings.ToLower(name); !slices.Contains(list, lower) {
			return refuse(HeaderNotSigned, "There were headers present in the request which were not signed: %s", printable(lower))
		}
	}
	for _, name := range list {
		if !present(r, name) {
			return refuse(Mismatch, "The request signature we calculated does not match the signature you provided: the signed header '%s' is missing from the request.", printable(name))
		}
	}
	return nil
}

func present(r *http.Request, name string) bool {
	switch name {
	case "host":
		return r.Host != "" || r.URL.Host != ""
	case authority:
		return r.ProtoMajor == 2 && r.Host != ""
	case "content-length":
		return r.ContentLength >= 0
	case "transfer-encoding":
		return len(r.TransferEncoding) > 0
	default:
		return len(r.Header.Values(name)) > 0
	}
}
