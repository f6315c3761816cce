package awsquery_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/wire/sts"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkAssumeRole finds the action, reads and checks a request, and writes an answer.
func BenchmarkAssumeRole(b *testing.B) {
	body := []byte("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Ftrainer&RoleSessionName=nightly" +
		"&DurationSeconds=3600&ExternalId=abc&Tags.member.1.Key=team&Tags.member.1.Value=red&Tags.member.2.Key=stage&Tags.member.2.Value=prod")
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	out := &sts.AssumeRoleResponse{
		AssumedRoleUser: &sts.AssumedRoleUser{Arn: new("arn:aws:sts::123456789012:assumed-role/trainer/nightly"), AssumedRoleId: new("AROAEXAMPLE:nightly")},
		Credentials: &sts.Credentials{
			AccessKeyId: new("ASIAEXAMPLE"), SecretAccessKey: new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
			SessionToken: new(strings.Repeat("t", 400)), Expiration: new(time.Unix(1700000000, 0)),
		},
	}
	w := &discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := (awsquery.Protocol{}).Action(r, body); err != nil {
			b.Fatal(err)
		}
		in := new(sts.AssumeRoleRequest)
		if err := (awsquery.Protocol{}).DecodeRequest(sts.AssumeRole, r, nil, body, in); err != nil {
			b.Fatal(err)
		}
		if err := codec.Check(in); err != nil {
			b.Fatal(err)
		}
		if err := (awsquery.Protocol{}).EncodeResponse(w, sts.AssumeRole, out); err != nil {
			b.Fatal(err)
		}
	}
}
