package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/secret"
)

// TestWire pins the codes in which the dialects differ.
func TestWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason          Reason
		json, query, s3 Wire
	}{
		{Missing, Wire{"MissingAuthenticationTokenException", 403}, Wire{"MissingAuthenticationToken", 403}, Wire{"AccessDenied", 403}},
		{Incomplete, Wire{"IncompleteSignature", 400}, Wire{"IncompleteSignature", 400}, Wire{"AuthorizationHeaderMalformed", 400}},
		{Ambiguous, Wire{"IncompleteSignature", 400}, Wire{"IncompleteSignature", 400}, Wire{"InvalidArgument", 400}},
		{WrongScope, Wire{"InvalidSignatureException", 403}, Wire{"SignatureDoesNotMatch", 403}, Wire{"AuthorizationHeaderMalformed", 400}},
		{UnknownKey, Wire{"UnrecognizedClientException", 403}, Wire{"InvalidClientTokenId", 403}, Wire{"InvalidAccessKeyId", 403}},
		{TokenExpired, Wire{"ExpiredTokenException", 403}, Wire{"ExpiredToken", 403}, Wire{"ExpiredToken", 400}},
		{HeaderNotSigned, Wire{"InvalidSignatureException", 403}, Wire{"SignatureDoesNotMatch", 403}, Wire{"AccessDenied", 403}},
		{BodyMismatch, Wire{"InvalidSignatureException", 403}, Wire{"SignatureDoesNotMatch", 403}, Wire{"XAmzContentSHA256Mismatch", 400}},
		{PayloadForm, Wire{"InvalidSignatureException", 403}, Wire{"SignatureDoesNotMatch", 403}, Wire{"NotImplemented", 501}},
		{Mismatch, Wire{"InvalidSignatureException", 403}, Wire{"SignatureDoesNotMatch", 403}, Wire{"SignatureDoesNotMatch", 403}},
		{Expired, Wire{"RequestExpired", 400}, Wire{"RequestExpired", 400}, Wire{"RequestTimeTooSkewed", 403}},
		{NotYetCurrent, Wire{"RequestExpired", 400}, Wire{"RequestExpired", 400}, Wire{"RequestTimeTooSkewed", 403}},
		{BadExpiry, Wire{"IncompleteSignature", 400}, Wire{"IncompleteSignature", 400}, Wire{"AuthorizationQueryParametersError", 400}},
		{PresignedExpired, Wire{"RequestExpired", 400}, Wire{"RequestExpired", 400}, Wire{"AccessDenied", 403}},
	} {
		if c.reason.Wire(JSON) != c.json || c.reason.Wire(Query) != c.query || c.reason.Wire(S3) != c.s3 {
			t.Errorf("%s: %v %v %v", c.reason, c.reason.Wire(JSON), c.reason.Wire(Query), c.reason.Wire(S3))
		}
	}
}

// TestPayloadForms covers what a request may say about its body.
func TestPayloadForms(t *testing.T) {
	t.Parallel()
	s3 := Rules{Service: "s3", PathEncodedOnce: true, UnsignedPayload: true}
	for _, c := range []struct {
		name, declared string
		rules          Rules
		want           Reason
	}{
		{"hash", HashPayload([]byte("body")), s3, ""},
		{"other hash", HashPayload(nil), s3, BodyMismatch},
		{"unsigned where allowed", UnsignedPayload, s3, ""},
		{"unsigned where not", UnsignedPayload, Rules{Service: "s3", PathEncodedOnce: true}, PayloadForm},
		{"chunks", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", s3, PayloadForm},
		{"unsigned chunks with trailer", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", s3, PayloadForm},
	} {
		signer := &Signer{Credentials: Credentials{AccessKeyID: "A", Secret: secret.New("s")}, Region: "r", Service: "s3", PathEncodedOnce: true}
		r, err := http.NewRequest("PUT", "http://localhost/bucket/key%20with%20space", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Content-Sha256", c.declared)
		signer.Sign(r, c.declared, fuzzTime)
		claim, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := reasonOf(at(fuzzTime).Verify(r, claim, signer.Credentials, []byte("body"), c.rules)); got != c.want {
			t.Errorf("%s: reason %q, want %q", c.name, got, c.want)
		}
	}
}

// TestIncomplete sees that the answer names what is missing and repeats nothing of what was sent.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	const credential = "Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request"
	for _, c := range []struct {
		name, authorization, date, query string
		want                             Reason
		says                             string
	}{
		{"no signature", "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host", "20260102T030405Z", "", Incomplete, "'Signature'"},
		{"no credential", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "'Credential'"},
		{"no signed headers", "AWS4-HMAC-SHA256 " + credential + ", Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "'SignedHeaders'"},
		{"no date", "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, Signature=5ec7e7", "", "", Incomplete, "'X-Amz-Date'"},
		{"bad date", "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, Signature=5ec7e7", "2026-01-02", "", Incomplete, "ISO-8601"},
		{"fraction of a second", "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, Signature=5ec7e7", "20260102T030405.1Z", "", Incomplete, "ISO-8601"},
		{"duplicate", "AWS4-HMAC-SHA256 " + credential + ", " + credential + ", SignedHeaders=host, Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "twice"},
		{"empty duplicate", "AWS4-HMAC-SHA256 Signature=, " + credential + ", SignedHeaders=host, Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "twice"},
		{"unknown part", "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, Signature=5ec7e7, X=1", "20260102T030405Z", "", Incomplete, "other than"},
		{"short credential", "AWS4-HMAC-SHA256 Credential=A/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "5 slash-delimited"},
		{"SigV4a", "AWS4-ECDSA-P256-SHA256 " + credential + ", SignedHeaders=host, Signature=5ec7e7", "20260102T030405Z", "", Incomplete, "algorithm"},
		{"basic", "Basic 5ec7e7", "20260102T030405Z", "", Incomplete, "algorithm"},
		{"nothing", "", "", "a=b", Missing, "Missing Authentication Token"},
		{"query, only a signature", "", "", "X-Amz-Signature=5ec7e7", Incomplete, "'X-Amz-Credential'"},
		{"query, duplicate", "", "", "X-Amz-Signature=&X-Amz-Signature=5ec7e7", Incomplete, "once"},
		{"query, bad escape", "", "", "X-Amz-Signature=5ec7e7&a=%zz", Incomplete, "percent"},
		{"query, no lifetime", "", "", presignedQuery("0"), BadExpiry, "at least 1"},
		{"query, over a week", "", "", presignedQuery("604801"), BadExpiry, "604800"},
		{"query, negative", "", "", presignedQuery("-1"), BadExpiry, "604800"},
		{"query, whole week", "", "", presignedQuery("604800"), "", ""},
	} {
		r := &http.Request{Method: "GET", Host: "h", URL: &url.URL{Path: "/", RawQuery: c.query}, Header: http.Header{}}
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		if c.date != "" {
			r.Header.Set("X-Amz-Date", c.date)
		}
		_, err := Parse(r)
		if reasonOf(err) != c.want {
			t.Errorf("%s: %v, want reason %q", c.name, err, c.want)
		}
		if err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "5ec7e7")) {
			t.Errorf("%s: message %q does not say %q, or repeats what was sent", c.name, err, c.says)
		}
	}
}

func presignedQuery(expires string) string {
	return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20260102%2Fr%2Fs%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-SignedHeaders=host&X-Amz-Signature=5ec7e7&X-Amz-Expires=" + expires
}

// TestSkewEdges accepts the last moment of the five minutes and nothing after it.
func TestSkewEdges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		off     time.Duration
		inQuery bool
		want    Reason
	}{
		{MaxSkew, false, ""},
		{MaxSkew + time.Second, false, Expired},
		{-MaxSkew, false, ""},
		{-MaxSkew - time.Second, false, NotYetCurrent},
		{time.Hour, true, ""},
		{time.Hour + time.Second, true, PresignedExpired},
		{-MaxSkew, true, ""},
		{-MaxSkew - time.Second, true, NotYetCurrent},
	} {
		r, body, credentials := signedRequest(t, c.inQuery)
		claim, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := reasonOf(at(fuzzTime.Add(c.off)).Verify(r, claim, credentials, body, Rules{Service: "bedrock"})); got != c.want {
			t.Errorf("%v (query %v): reason %q, want %q", c.off, c.inQuery, got, c.want)
		}
	}
}

// TestKeyCache sees that a changed secret is used at once and that the cache stays bounded.
func TestKeyCache(t *testing.T) {
	t.Parallel()
	var c keyCache
	name := keyName{"A", "20260102", "r", "s"}
	first, second := secret.New("first"), secret.New("second")
	c.put(name, first, c.get(name, first))
	if got := c.get(name, second); got != derive(second, "20260102", "r", "s") {
		t.Error("the old secret's key was used")
	}
	for i := range 3 * maxKeys {
		c.put(keyName{"A", "20260102", "r", string(rune('a' + i))}, first, [32]byte{})
	}
	if len(c.keys) > maxKeys {
		t.Errorf("%d keys", len(c.keys))
	}
}

// TestAuthority covers requests over HTTP/2 that sign the pseudo-header in place of host.
func TestAuthority(t *testing.T) {
	t.Parallel()
	credentials := Credentials{AccessKeyID: "A", Secret: secret.New("s")}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name  string
		major int
		host  string
		want  Reason
	}{
		{"signed", 2, "localhost:1", ""},
		{"other host", 2, "localhost:2", Mismatch},
		{"over HTTP/1.1", 1, "localhost:1", Mismatch},
	} {
		r, err := http.NewRequest("GET", "http://localhost:1/guardrails", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.ProtoMajor = 2
		r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
		canonical := "GET\n/guardrails\n\n:authority:localhost:1\nx-amz-date:20260102T030405Z\n\n:authority;x-amz-date\n" + HashPayload(nil)
		toSign := "AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/bedrock/aws4_request\n" + HashPayload([]byte(canonical))
		key := []byte("AWS4s")
		for _, part := range []string{"20260102", "us-east-1", "bedrock", "aws4_request", toSign} {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(part))
			key = mac.Sum(nil)
		}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=:authority;x-amz-date, Signature="+hex.EncodeToString(key))
		r.ProtoMajor, r.Host = c.major, c.host
		claim, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		verifier := &Verifier{Now: func() time.Time { return now }}
		err = verifier.Verify(r, claim, credentials, nil, Rules{Service: "bedrock"})
		var refusal *Error
		if errors.As(err, &refusal) != (c.want != "") || refusal != nil && refusal.Reason != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
