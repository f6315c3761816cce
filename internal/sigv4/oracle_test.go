package sigv4

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"merlon.dev/merlon/internal/secret"
)

// drawn is a random request and the ways to sign it.
type drawn struct {
	method, target string
	header         http.Header
	body           []byte
	credentials    Credentials
	region         string
	service        string
	at             time.Time
}

func draw(t *rapid.T) drawn {
	segment := rapid.StringOfN(rapid.RuneFrom([]rune("ab-._~ %/:+é漢=&;'()*!@$")), 0, 8, -1)
	target := "https://bedrock.us-east-1.amazonaws.com:8443"
	for _, s := range rapid.SliceOfN(segment, 1, 5).Draw(t, "path") {
		target += "/" + escape(s)
	}
	query := url.Values{}
	for _, s := range rapid.SliceOfN(segment, 0, 4).Draw(t, "query") {
		query.Add(s, segment.Draw(t, "value"))
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	d := drawn{
		method:  rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE", "HEAD"}).Draw(t, "method"),
		target:  target,
		header:  http.Header{"Content-Type": {"application/json"}, "User-Agent": {"x"}},
		body:    rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "body"),
		region:  rapid.SampledFrom([]string{"us-east-1", "eu-west-1"}).Draw(t, "region"),
		service: rapid.SampledFrom([]string{"bedrock", "s3", "kms"}).Draw(t, "service"),
		at:      time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "time"), 0).UTC(),
		credentials: Credentials{
			AccessKeyID: rapid.StringMatching(`AKIA[A-Z0-9]{16}`).Draw(t, "id"),
			Secret:      secret.New(rapid.StringMatching(`[A-Za-z0-9/+]{40}`).Draw(t, "secret")),
		},
	}
	if rapid.Bool().Draw(t, "session") {
		d.credentials.SessionToken = secret.New(rapid.StringMatching(`[A-Za-z0-9/+=]{1,80}`).Draw(t, "token"))
	}
	name := rapid.SampledFrom([]string{"X-Amz-Target", "X-Custom", "X-Amz-Meta-A", "Amz-Sdk-Request"})
	value := rapid.StringOf(rapid.RuneFrom([]rune("ab ,;=é")))
	for range rapid.IntRange(0, 3).Draw(t, "headers") {
		d.header.Add(name.Draw(t, "name"), value.Draw(t, "value"))
	}
	return d
}

func (d drawn) request(t *rapid.T) *http.Request {
	r, err := http.NewRequest(d.method, d.target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = d.header.Clone()
	r.ContentLength = int64(len(d.body))
	return r
}

func (d drawn) rules() Rules {
	return Rules{Service: d.service, PathEncodedOnce: d.service == "s3", UnsignedPayload: d.service == "s3"}
}

func (d drawn) verify(t *rapid.T, r *http.Request, now time.Time) {
	claim, err := Parse(r)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if err := at(now).Verify(r, claim, d.credentials, d.body, d.rules()); err != nil {
		t.Fatalf("verify: %v", err)
	}
}

// TestSignerOracle signs random requests with the AWS SDK and with Signer: the bytes are the same and Verify takes them, in the header
// and in the query.
func TestSignerOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sdk := v4.NewSigner() // one a request: it remembers keys by access key id, whatever the secret
		d := draw(t)
		hash := HashPayload(d.body)
		theirs := aws.Credentials{AccessKeyID: d.credentials.AccessKeyID, SecretAccessKey: d.credentials.Secret.Reveal(), SessionToken: d.credentials.SessionToken.Reveal()}
		options := func(o *v4.SignerOptions) {
			o.DisableURIPathEscaping = d.service == "s3"
			o.DisableHeaderHoisting = true
		}
		signer := &Signer{Credentials: d.credentials, Region: d.region, Service: d.service, PathEncodedOnce: d.service == "s3"}

		want, got := d.request(t), d.request(t)
		if err := sdk.SignHTTP(context.Background(), theirs, want, hash, d.service, d.region, d.at, options); err != nil {
			t.Fatal(err)
		}
		d.verify(t, want, d.at)
		signer.Sign(got, hash, d.at)
		if w, g := want.Header.Get("Authorization"), got.Header.Get("Authorization"); w != g {
			t.Fatalf("Authorization\n got %s\nwant %s", g, w)
		}

		seconds := rapid.IntRange(1, 604800).Draw(t, "expires")
		want = d.request(t)
		query := want.URL.Query()
		query.Set("X-Amz-Expires", strconv.Itoa(seconds))
		want.URL.RawQuery = query.Encode()
		signed, _, err := sdk.PresignHTTP(context.Background(), theirs, want, payloadOf(d), d.service, d.region, d.at, options)
		if err != nil {
			t.Fatal(err)
		}
		mine := signer.Presign(d.request(t), payloadOf(d), d.at, time.Duration(seconds)*time.Second)
		for _, target := range []string{signed, mine} {
			r := d.request(t)
			if r.URL, err = url.Parse(target); err != nil {
				t.Fatal(err)
			}
			d.verify(t, r, d.at.Add(time.Duration(seconds)*time.Second))
		}
		if w, g := parsedQuery(t, signed).Get("X-Amz-Signature"), parsedQuery(t, mine).Get("X-Amz-Signature"); w != g {
			t.Fatalf("presigned signature %s, want %s", g, w)
		}
	})
}

func payloadOf(d drawn) string {
	if d.service == "s3" {
		return UnsignedPayload
	}
	return HashPayload(d.body)
}

func parsedQuery(t *rapid.T, target string) url.Values {
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}
