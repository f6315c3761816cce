package sigv4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/secret"
)

func reasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// attempt is a signed request on its way to the verifier, open to change.
type attempt struct {
	r           *http.Request
	body        []byte
	now         time.Time
	credentials Credentials
	rules       Rules
	query       bool
}

func (a *attempt) verify() error {
	claim, err := Parse(a.r)
	if err != nil {
		return err
	}
	return at(a.now).Verify(a.r, claim, a.credentials, a.body, a.rules)
}

// edit replaces in the place where the signature lives; in the query the text is looked for in its encoded form.
func (a *attempt) edit(from, to string) {
	if a.query {
		a.r.URL.RawQuery = strings.Replace(a.r.URL.RawQuery, escape(from), escape(to), 1)
		a.sync()
		return
	}
	h := a.r.Header
	h["Authorization"] = []string{strings.Replace(h.Get("Authorization"), from, to, 1)}
}

// sync makes the request line follow the URL.
func (a *attempt) sync() {
	path, _, _ := strings.Cut(a.r.RequestURI, "?")
	a.r.RequestURI = path + "?" + a.r.URL.RawQuery
}

func (a *attempt) lifetime(seconds string) {
	a.r.URL.RawQuery = strings.Replace(a.r.URL.RawQuery, "X-Amz-Expires=3600", "X-Amz-Expires="+seconds, 1)
	a.sync()
}

func (a *attempt) path(path string) { a.r.RequestURI = path }

func (a *attempt) flip() {
	claim, err := Parse(a.r)
	if err != nil {
		panic(err)
	}
	last := claim.mac[len(claim.mac)-1]
	to := byte('0')
	if last == '0' {
		to = '1'
	}
	a.edit(claim.mac, claim.mac[:len(claim.mac)-1]+string(to))
}

var mutations = []struct {
	name   string
	only   string // "header", "query" or both
	change func(*attempt)
	want   Reason
	json   Wire
}{
	{"method", "", func(a *attempt) { a.r.Method = "PUT" }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"path", "", func(a *attempt) { a.path("/other") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"query parameter added", "", func(a *attempt) { a.r.URL.RawQuery = strings.TrimPrefix(a.r.URL.RawQuery+"&x=1", "&"); a.sync() }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"host", "", func(a *attempt) { a.r.Host = "other.amazonaws.com" }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"unsigned x-amz header", "", func(a *attempt) { a.r.Header.Set("X-Amz-Target", "Other.Operation") }, HeaderNotSigned, Wire{"InvalidSignatureException", 403}},
	{"body", "", func(a *attempt) { a.body = append(a.body, ' ') }, "", Wire{"InvalidSignatureException", 403}},
	{"signature bit", "", (*attempt).flip, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"signature cut", "", func(a *attempt) { c, _ := Parse(a.r); a.edit(c.mac, c.mac[:32]) }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"scope date", "", func(a *attempt) { a.edit("/20150830/", "/20150831/") }, WrongScope, Wire{"InvalidSignatureException", 403}},
	{"scope region", "", func(a *attempt) { a.edit("us-east-1", "us-east-2") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"region not served", "", func(a *attempt) { a.rules.Regions = []string{"eu-west-1"} }, WrongScope, Wire{"InvalidSignatureException", 403}},
	{"scope service", "", func(a *attempt) { a.edit("/service/", "/kms/") }, WrongScope, Wire{"InvalidSignatureException", 403}},
	{"terminator", "", func(a *attempt) { a.edit("aws4_request", "aws5_request") }, WrongScope, Wire{"InvalidSignatureException", 403}},
	{"expired", "header", func(a *attempt) { a.now = a.now.Add(MaxSkew + time.Second) }, Expired, Wire{"RequestExpired", 400}},
	{"expired", "query", func(a *attempt) { a.now = a.now.Add(3601 * time.Second) }, PresignedExpired, Wire{"RequestExpired", 400}},
	{"from the future", "", func(a *attempt) { a.now = a.now.Add(-MaxSkew - time.Second) }, NotYetCurrent, Wire{"RequestExpired", 400}},
	{"host not signed", "", func(a *attempt) { a.edit("host;", ""); a.edit("=host,", "=x,"); a.edit("host", "x") }, HeaderNotSigned, Wire{"InvalidSignatureException", 403}},
	{"signed header absent", "", func(a *attempt) { a.edit("host", "host;zzz") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"date missing", "header", func(a *attempt) { a.r.Header.Del("X-Amz-Date") }, Incomplete, Wire{"IncompleteSignature", 400}},
	{"date moved within the skew", "header", func(a *attempt) { a.r.Header.Set("X-Amz-Date", "20150830T123601Z") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"lifetime stretched", "query", func(a *attempt) { a.lifetime("3601") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"lifetime beyond a week", "query", func(a *attempt) { a.lifetime("604801") }, BadExpiry, Wire{"IncompleteSignature", 400}},
	{"access key", "", func(a *attempt) { a.edit("AKIDEXAMPLE", "AKIDEXAMPLF") }, UnknownKey, Wire{"UnrecognizedClientException", 403}},
	{"secret", "", func(a *attempt) { a.credentials.Secret = secret.New("other") }, Mismatch, Wire{"InvalidSignatureException", 403}},
	{"session token", "", func(a *attempt) { a.credentials.SessionToken = secret.New("other") }, UnknownKey, Wire{"UnrecognizedClientException", 403}},
	{"session token sent", "header", func(a *attempt) { a.r.Header.Set("X-Amz-Security-Token", "other") }, UnknownKey, Wire{"UnrecognizedClientException", 403}},
	{"unsigned", "header", func(a *attempt) { a.r.Header.Del("Authorization") }, Missing, Wire{"MissingAuthenticationTokenException", 403}},
	{"signed twice", "header", func(a *attempt) { a.r.URL.RawQuery = "X-Amz-Signature=00" }, Ambiguous, Wire{"IncompleteSignature", 400}},
	{"signed twice", "query", func(a *attempt) { a.r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, Ambiguous, Wire{"IncompleteSignature", 400}},
	{"payload not signed", "", func(a *attempt) {
		a.r.Header.Set("X-Amz-Content-Sha256", UnsignedPayload)
		a.edit("host", "host;x-amz-content-sha256")
		a.edit("x-amz-content-sha256;x-amz-content-sha256", "x-amz-content-sha256")
	}, "", Wire{"InvalidSignatureException", 403}},
}

// TestMutations changes each signed vector in each way and wants every one refused for its own reason.
func TestMutations(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, v := range loadVectors(t) {
		if !strings.HasPrefix(v.Name, "v4/") {
			continue
		}
		c := v.context(t)
		for _, place := range []string{"header", "query"} {
			for _, m := range mutations {
				if m.only != "" && m.only != place {
					continue
				}
				a := &attempt{now: c.Timestamp, credentials: c.credentials(), rules: c.rules(), query: place == "query"}
				text := v.HeaderRequest
				if a.query {
					text = v.QueryRequest
				}
				a.r, a.body = readRequest(t, text)
				if err := a.verify(); err != nil {
					t.Fatalf("%s %s before the change: %v", v.Name, place, err)
				}
				m.change(a)
				err := a.verify()
				ran++
				reason := reasonOf(err)
				if reason == "" || m.want != "" && reason != m.want {
					t.Errorf("%s, %s, %s: reason %q (%v), want %q", v.Name, place, m.name, reason, err, m.want)
				} else if wire := reason.Wire(JSON); wire != m.json {
					t.Errorf("%s, %s, %s: code %v, want %v", v.Name, place, m.name, wire, m.json)
				}
				if err != nil && strings.Contains(err.Error(), v.HeaderSignature) {
					t.Errorf("%s: the message repeats a signature", m.name)
				}
			}
		}
	}
	// 20 changes of both places, 6 of the header alone and 4 of the query alone, on 38 vectors.
	if want := 38 * (20*2 + 6 + 4); ran < 38*2*12 || ran != want {
		t.Errorf("ran %d mutations, want %d", ran, want)
	}
}
