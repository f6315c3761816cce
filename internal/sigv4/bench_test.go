package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/secret"
)

func benchSigner() *Signer {
	return &Signer{Credentials: Credentials{AccessKeyID: "AKIDEXAMPLE", Secret: secret.New("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")}, Region: "us-east-1", Service: "bedrock"}
}

func benchRequest(b *testing.B, body []byte) *http.Request {
	b.Helper()
	r, err := http.NewRequest("POST", "http://localhost:8090/guardrail/abcdefabcdef/version/DRAFT/apply", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.ContentLength = int64(len(body))
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "Amz-Sdk-Invocation-Id": {"9f1e3f4e-3b1f-4c1c-8f0e-0c6a4e1c2b3a"},
		"Amz-Sdk-Request": {"attempt=1; max=3"}, "User-Agent": {"aws-sdk-go-v2/1.47.7"},
	}
	return r
}

func BenchmarkVerify(b *testing.B) {
	for _, size := range []int{200, 1 << 10, 64 << 10, 1 << 20} {
		body := []byte(strings.Repeat("x", size))
		r, signer := benchRequest(b, body), benchSigner()
		signer.Sign(r, HashPayload(body), fuzzTime)
		v := at(fuzzTime)
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				claim, err := Parse(r)
				if err == nil {
					err = v.Verify(r, claim, signer.Credentials, body, Rules{Service: "bedrock"})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	body := []byte(strings.Repeat("x", 200))
	r, signer := benchRequest(b, body), benchSigner()
	b.ReportAllocs()
	for b.Loop() {
		signer.Sign(r, HashPayload(body), fuzzTime)
	}
}
