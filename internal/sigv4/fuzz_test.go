package sigv4

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/secret"
)

var fuzzTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// signedRequest is a fixed request as a server sees it, signed in the header or the query.
func signedRequest(t *testing.T, inQuery bool) (*http.Request, []byte, Credentials) {
	t.Helper()
	credentials := Credentials{AccessKeyID: "AKIDEXAMPLE", Secret: secret.New("secret"), SessionToken: secret.New("session")}
	signer := &Signer{Credentials: credentials, Region: "us-east-1", Service: "bedrock"}
	body := []byte(`{"source":"INPUT"}`)
	r, err := http.NewRequest("POST", "http://localhost:8090/guardrail/arn%3Aaws%2Fabc/version//apply?a=1&b=two%20words", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(len(body))
	r.Header = http.Header{"Content-Type": {"application/json"}, "X-Amz-Target": {"Some.Operation"}}
	if inQuery {
		u, err := url.Parse(signer.Presign(r, HashPayload(body), fuzzTime, time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
	} else {
		signer.Sign(r, HashPayload(body), fuzzTime)
	}
	r.RequestURI = r.URL.RequestURI()
	return r, body, credentials
}

// FuzzOneByte changes one byte of a signed part. The request is then refused, unless the change is one that the canonical form removes
// on purpose: another spelling of the same query parameter, another run of spaces in a header or in the Authorization grammar.
func FuzzOneByte(f *testing.F) {
	for part := range uint8(8) {
		f.Add(part, uint16(0), byte('x'), false)
		f.Add(part, uint16(9), byte('%'), true)
		f.Add(part, uint16(35), byte('+'), true)
		f.Add(part, uint16(40), byte(' '), false)
	}
	f.Fuzz(func(t *testing.T, part uint8, position uint16, to byte, inQuery bool) {
		r, body, credentials := signedRequest(t, inQuery)
		edit := func(s string) string {
			if s == "" {
				return string(to)
			}
			i := int(position) % len(s)
			return s[:i] + string([]byte{to}) + s[i+1:]
		}
		header := func(name string) (before, after string) {
			before = r.Header.Get(name)
			after = edit(before)
			r.Header[name] = []string{after}
			return strings.Join(strings.Fields(before), " "), strings.Join(strings.Fields(after), " ")
		}
		var before, after string
		switch part % 8 {
		case 0:
			before, r.Method = r.Method, edit(r.Method)
			after = r.Method
		case 1:
			target := r.RequestURI
			r.RequestURI = edit(target)
			u, err := url.ParseRequestURI(r.RequestURI)
			if err != nil || !strings.HasPrefix(r.RequestURI, "/") {
				return // net/http refuses it, or takes another host's form of it
			}
			r.URL = u
			before, after = canonicalTarget(target), canonicalTarget(r.RequestURI)
		case 2:
			raw := r.URL.RawQuery
			r.URL.RawQuery = edit(raw)
			before, after = canonicalQuery(raw), canonicalQuery(r.URL.RawQuery)
		case 3:
			before, r.Host = r.URL.Host, edit(r.URL.Host)
			after = r.Host
		case 4:
			before, after = header("Content-Type")
		case 5:
			before, after = header("X-Amz-Target")
		case 6:
			before = string(body)
			body = []byte(edit(before))
			after = string(body)
		case 7:
			if inQuery {
				return
			}
			before, after = header("Authorization")
			before, after = strings.ReplaceAll(before, " ", ""), strings.ReplaceAll(after, " ", "")
		}
		claim, err := Parse(r)
		if err == nil {
			err = at(fuzzTime).Verify(r, claim, credentials, body, Rules{Service: "bedrock"})
		}
		switch {
		case err != nil && reasonOf(err) == "":
			t.Fatalf("refused without a reason: %v", err)
		case err == nil && before != after:
			t.Fatalf("accepted %q in place of %q", after, before)
		case err != nil && before == after && part%8 != 7:
			t.Fatalf("refused an equal request: %v", err)
		}
	})
}

func canonicalTarget(target string) string {
	path, query, _ := strings.Cut(target, "?")
	return path + "?" + canonicalQuery(query)
}

// canonicalQuery keeps the signature, which the canonical query of a request leaves out.
func canonicalQuery(raw string) string {
	b, ok := appendQuery(nil, strings.ReplaceAll(raw, "X-Amz-Signature", "X-Signature"), false)
	if !ok {
		return "malformed"
	}
	return string(b)
}

// FuzzParse gives Parse anything: what it accepts has all parts of a claim, what it refuses has a reason.
func FuzzParse(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00", "20260102T030405Z", "")
	f.Add("", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20260102%2Fr%2Fs%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=0")
	f.Add("AWS4-HMAC-SHA256 Credential=,,=", "Fri, 02 Jan 2026 03:04:05 GMT", "%")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := &http.Request{Method: "GET", Host: "h", URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}}
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		r.Header.Set("X-Amz-Date", date)
		claim, err := Parse(r)
		if err != nil {
			if reasonOf(err) == "" || reasonOf(err).Wire(JSON).Code == "" {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		if claim.AccessKeyID == "" || claim.Time.IsZero() || len(claim.stamp) != len(timeFormat) || claim.signedHeaders == "" || claim.mac == "" {
			t.Fatalf("incomplete claim %+v", claim)
		}
		credentials := Credentials{AccessKeyID: claim.AccessKeyID, SessionToken: secret.New(claim.SessionToken)}
		if at(claim.Time).Verify(r, claim, credentials, nil, Rules{Service: claim.Service}) == nil {
			t.Fatal("accepted without the secret")
		}
	})
}
