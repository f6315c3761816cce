package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/secret"
)

// vector is one case of the suite; see testdata/README.md.
type vector struct {
	Name            string `json:"name"`
	Context         string `json:"context.json"`
	Request         string `json:"request.txt"`
	HeaderCanonical string `json:"header-canonical-request.txt"`
	HeaderToSign    string `json:"header-string-to-sign.txt"`
	HeaderSignature string `json:"header-signature.txt"`
	HeaderRequest   string `json:"header-signed-request.txt"`
	QueryCanonical  string `json:"query-canonical-request.txt"`
	QueryToSign     string `json:"query-string-to-sign.txt"`
	QuerySignature  string `json:"query-signature.txt"`
	QueryRequest    string `json:"query-signed-request.txt"`
}

type vectorContext struct {
	Credentials struct {
		ID     string `json:"access_key_id"`
		Secret string `json:"secret_access_key"`
		Token  string `json:"token"`
	} `json:"credentials"`
	Region    string    `json:"region"`
	Service   string    `json:"service"`
	Normalize bool      `json:"normalize"`
	SignBody  bool      `json:"sign_body"`
	OmitToken bool      `json:"omit_session_token"`
	Timestamp time.Time `json:"timestamp"`
	Expires   int       `json:"expiration_in_seconds"`
}

func (c vectorContext) credentials() Credentials {
	return Credentials{c.Credentials.ID, secret.New(c.Credentials.Secret), secret.New(c.Credentials.Token)}
}

func (c vectorContext) rules() Rules { return Rules{Service: c.Service} }

func loadVectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func (v vector) context(t testing.TB) (c vectorContext) {
	t.Helper()
	if err := json.Unmarshal([]byte(v.Context), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// readRequest reads a request of the suite as net/http's server would hand it over; the suite has request lines with spaces and
// non-ASCII bytes, which that server refuses.
func readRequest(t testing.TB, text string) (*http.Request, []byte) {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, target, ok := strings.Cut(strings.TrimSuffix(lines[0], " HTTP/1.1"), " ")
	if !ok {
		t.Fatalf("bad request line %q", lines[0])
	}
	path, query, _ := strings.Cut(target, "?")
	r := &http.Request{Method: method, RequestURI: target, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}}
	var last string
	for _, line := range lines[1:] {
		switch {
		case line == "":
		case strings.HasPrefix(line, " "):
			values := r.Header[last]
			values[len(values)-1] += " " + strings.TrimSpace(line)
		default:
			name, value, _ := strings.Cut(line, ":")
			last = http.CanonicalHeaderKey(name)
			r.Header[last] = append(r.Header[last], strings.TrimSpace(value))
		}
	}
	r.Host = r.Header.Get("Host")
	r.Header.Del("Host")
	r.ContentLength, _ = strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64)
	r.Header.Del("Content-Length")
	r.Body = io.NopCloser(strings.NewReader(body))
	return r, []byte(body)
}

func at(now time.Time) *Verifier { return &Verifier{Now: func() time.Time { return now }} }

// TestVectors proves all three layers of each SigV4 vector (canonical request, string to sign, signature) in both places of the
// signature, and the canonical requests of the SigV4a ones.
func TestVectors(t *testing.T) {
	t.Parallel()
	ran := map[string]int{}
	for _, v := range loadVectors(t) {
		c := v.context(t)
		suite, _, _ := strings.Cut(v.Name, "/")
		ran[suite]++
		if v.HeaderRequest == "" {
			ran["request only"]++
			checkOrder(t, v)
			continue
		}
		for _, place := range []struct{ name, request, canonical, toSign, signature string }{
			{"header", v.HeaderRequest, v.HeaderCanonical, v.HeaderToSign, v.HeaderSignature},
			{"query", v.QueryRequest, v.QueryCanonical, v.QueryToSign, v.QuerySignature},
		} {
			r, body := readRequest(t, place.request)
			got := canonicalOf(t, r, body, c, place.canonical)
			if diff := cmp.Diff(place.canonical, got); diff != "" {
				t.Errorf("%s %s: canonical request (-want +got):\n%s", v.Name, place.name, diff)
			}
			ran["canonical"]++
			lines := strings.Split(place.toSign, "\n")
			if sum := sha256.Sum256([]byte(got)); hex.EncodeToString(sum[:]) != lines[3] {
				t.Errorf("%s %s: hash of the canonical request differs", v.Name, place.name)
			}
			if suite != "v4" {
				if _, err := Parse(r); reasonOf(err) != Incomplete {
					t.Errorf("%s %s: the unsupported algorithm gave %v", v.Name, place.name, err)
				}
				continue
			}
			if toSign := string(stringToSign(nil, []byte(got), lines[1], lines[1][:8], c.Region, c.Service)); toSign != place.toSign {
				t.Errorf("%s %s: string to sign %q", v.Name, place.name, toSign)
			}
			claim, err := Parse(r)
			if err != nil {
				t.Errorf("%s %s: %v", v.Name, place.name, err)
				continue
			}
			if claim.mac != place.signature {
				t.Errorf("%s %s: signature parsed as %q", v.Name, place.name, claim.mac)
			}
			if err := at(c.Timestamp).Verify(r, claim, c.credentials(), body, c.rules()); err != nil {
				t.Errorf("%s %s: %v", v.Name, place.name, err)
			}
			ran["verified"]++
		}
	}
	want := map[string]int{"v4": 38, "v4a": 40, "request only": 2, "canonical": 152, "verified": 76}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("what ran (-want +got):\n%s", diff)
	}
}

// canonicalOf builds the canonical request with the headers that the vector signs.
func canonicalOf(t *testing.T, r *http.Request, body []byte, c vectorContext, want string) string {
	t.Helper()
	lines := strings.Split(want, "\n")
	form := canonical{request: r, signedHeaders: lines[len(lines)-2], payloadHash: HashPayload(body), skipToken: c.OmitToken}
	if c.Normalize {
		form.path = normalised
	}
	b, ok := form.append(nil)
	if !ok {
		t.Error("malformed percent-encoding")
	}
	return string(b)
}

// checkOrder covers the two vectors that come without an answer: repeated names are sorted by value.
func checkOrder(t *testing.T, v vector) {
	t.Helper()
	r, _ := readRequest(t, v.Request)
	got, _ := appendQuery(nil, r.URL.RawQuery, false)
	want := map[string]string{
		"v4a/get-vanilla-query-order-key":   "Param1=Value1&Param1=value2",
		"v4a/get-vanilla-query-order-value": "Param1=value1&Param1=value2",
	}[v.Name]
	if string(got) != want {
		t.Errorf("%s: query %q, want %q", v.Name, got, want)
	}
}
