package authorize_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/authorize"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/store/sqlite"
)

// BenchmarkAuthorize decides for a user with 500 statements in ten managed policies: about ten services as in practice, or all about the
// action that is asked for. The percentile is of single decisions.
func BenchmarkAuthorize(b *testing.B) {
	services := []string{"s3", "kms", "bedrock", "iam", "sts", "logs", "events", "ec2", "macie2", "comprehend"}
	b.Run("mixed", func(b *testing.B) { decide(b, func(i int) string { return services[(i+3)%len(services)] }) })
	b.Run("one action", func(b *testing.B) { decide(b, func(int) string { return "bedrock" }) })
}

func decide(b *testing.B, service func(i int) string) {
	store, err := sqlite.OpenMemory(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	const account = "123456789012"
	user := iam.Principal{Account: account, Kind: iam.User, ID: "AIDA1", Name: "ann", Path: "/", CreatedAt: time.Now()}
	err = store.IAM().Update(b.Context(), func(tx iam.Tx) error {
		if err := tx.InsertPrincipal(user); err != nil {
			return err
		}
		for p := range 10 {
			var statements []string
			for s := range 50 {
				statements = append(statements, fmt.Sprintf(
					`{"Effect":"Allow","Action":["%s:Get*","%[1]s:List*"],"Resource":"arn:aws:%[1]s:*:*:guardrail/g%d-*","Condition":{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}}`,
					service(p*50+s), p*50+s))
			}
			row := iam.Policy{Account: account, ID: fmt.Sprint("ANPA", p), Name: fmt.Sprint("p", p), Path: "/", DefaultVersion: 1, LastVersion: 1, CreatedAt: time.Now(), UpdatedAt: time.Now()}
			if err := tx.InsertPolicy(row); err != nil {
				return err
			}
			if err := tx.InsertVersion(row.ID, iam.Version{Number: 1, Document: `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`, CreatedAt: time.Now()}); err != nil {
				return err
			}
			if err := tx.Attach(user.ID, row.ARN("aws")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	sealer := envelopetest.New(b)
	a := authorize.New(authorize.Config{Directory: directory.New(store.IAM(), sealer, time.Now), Store: store.IAM(), Sealer: sealer, Now: time.Now})
	call := &operation.Call{Time: time.Now(), SourceIP: "192.0.2.1", Caller: operation.Caller{
		Account: account, Partition: "aws", Region: "us-east-1", Principal: user.ARN("aws"), AccessKeyID: "AKIA",
		Facts: operation.Facts{Kind: policy.User, UserID: user.ID, PrincipalID: user.ID, UserName: user.Name},
	}}
	needs := []operation.Requirement{{Action: "bedrock:GetGuardrail", Resource: "arn:aws:bedrock:us-east-1:123456789012:guardrail/g439-x"}}
	if err := a.Authorize(b.Context(), call, needs); err != nil {
		b.Fatal(err)
	}
	times := make([]time.Duration, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if err := a.Authorize(b.Context(), call, needs); err != nil {
			b.Fatal(err)
		}
		if len(times) < cap(times) {
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
}
