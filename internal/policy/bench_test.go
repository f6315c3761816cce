package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/policy"
)

// set parses and indexes texts of one kind.
func set(tb testing.TB, kind policy.Kind, texts ...string) *policy.Set {
	tb.Helper()
	var policies []*policy.Policy
	for i, text := range texts {
		doc, err := policy.Parse(kind, text)
		if err != nil {
			tb.Fatalf("%v in %s", err, text)
		}
		policies = append(policies, doc.Compile(fmt.Sprintf("%s-%d", kind, i)))
	}
	s, err := policy.NewSet(kind, policies...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// fiveHundred builds 500 identity statements in 20 policies by formatting statement with the number of each.
func fiveHundred(tb testing.TB, statement func(i int) string) *policy.Set {
	tb.Helper()
	var texts []string
	for p := range 20 {
		var statements []string
		for i := range 25 {
			statements = append(statements, statement(p*25+i))
		}
		texts = append(texts, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
	}
	return set(tb, policy.Identity, texts...)
}

func benchRequest() *policy.Request {
	req := &policy.Request{
		Principal: principals[2], Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket-499/alice/report.csv", ResourceAccount: "111122223333",
	}
	req.Context.Set("aws:username", "alice")
	req.Context.Set("aws:SourceIp", "203.0.113.7")
	req.Context.Set("aws:SecureTransport", "true")
	req.Context.Set("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice")
	return req
}

// workloads are ways for one principal to have 500 statements. In "mixed" services differ, as they do in practice; in the others
// every statement is about the action asked for, so an index by action is no help.
func workloads(tb testing.TB) map[string]*policy.Set {
	services := []string{"s3", "kms", "bedrock", "iam", "sts", "logs", "events", "ec2", "macie2", "comprehend"}
	return map[string]*policy.Set{
		"mixed": fiveHundred(tb, func(i int) string {
			return fmt.Sprintf(`{"Effect":"Allow","Action":["%s:Get*","%[1]s:List*"],"Resource":"arn:aws:%[1]s:::bucket-%d/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, services[i%len(services)], i)
		}),
		"one-action": fiveHundred(tb, func(i int) string {
			return fmt.Sprintf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-%d/*"}`, i)
		}),
		"wildcards": fiveHundred(tb, func(i int) string {
			return fmt.Sprintf(`{"Effect":"Allow","Action":"s3:*%s","Resource":"arn:aws:s3:::*-%d/*"}`, strings.Repeat("?", i%5), i)
		}),
		"conditions": fiveHundred(tb, func(i int) string {
			return fmt.Sprintf(`{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"user-%d"}}}`, i)
		}),
		"variables": fiveHundred(tb, func(i int) string {
			return fmt.Sprintf(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket-%d/${aws:username}/*"}`, i)
		}),
		"all-match": fiveHundred(tb, func(int) string {
			return `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`
		}),
		"all-match-each": fiveHundred(tb, func(i int) string { // as all-match, but no two ranges are the same
			return fmt.Sprintf(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["198.18.%d.%d","203.0.113.0/24"]}}}`, i/250, i%250)
		}),
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for name, s := range workloads(b) {
		b.Run(name, func(b *testing.B) {
			in, req := &policy.Inputs{Identity: s}, benchRequest()
			times := make([]time.Duration, 0, 1<<20)
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				policy.Evaluate(in, req)
				if len(times) < cap(times) {
					times = append(times, time.Since(start))
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
			b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1e3, "p99-us")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	var statements []string
	for i := range 40 {
		statements = append(statements, fmt.Sprintf(`{"Sid":"S%d","Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":"arn:aws:s3:::bucket-%[1]d/*"}`, i))
	}
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := policy.Parse(policy.Identity, text); err != nil {
			b.Fatal(err)
		}
	}
}
