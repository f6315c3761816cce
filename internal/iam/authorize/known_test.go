package authorize_test

import (
	"context"
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

// TestResourceTags: the tags of a resource count whether its domain is asked for them or the operation tells them, and what the operation
// tells comes first.
func TestResourceTags(t *testing.T) {
	t.Parallel()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	const account = "123456789012"
	user := iam.Principal{Account: account, Kind: iam.User, ID: "AIDA1", Name: "ann", Path: "/", CreatedAt: time.Now()}
	err = store.IAM().Update(t.Context(), func(tx iam.Tx) error {
		if err := tx.InsertPrincipal(user); err != nil {
			return err
		}
		return tx.PutInline(user.ID, iam.Inline{
			Name:     "red",
			Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"red"}}}]}`,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	sealer := envelopetest.New(t)
	a := authorize.New(authorize.Config{Directory: directory.New(store.IAM(), sealer, time.Now), Store: store.IAM(), Sealer: sealer, Now: time.Now})
	call := &operation.Call{Time: time.Now(), SourceIP: "192.0.2.1", Caller: operation.Caller{
		Account: account, Partition: "aws", Region: "us-east-1", Principal: user.ARN("aws"), AccessKeyID: "AKIA",
		Facts: operation.Facts{Kind: policy.User, UserID: user.ID, PrincipalID: user.ID, UserName: user.Name},
	}}
	tags := func(team string) func(context.Context) (operation.ResourceSide, error) {
		return func(context.Context) (operation.ResourceSide, error) {
			return operation.ResourceSide{Tags: func(context.Context) (map[string]string, error) { return map[string]string{"team": team}, nil }}, nil
		}
	}
	for name, c := range map[string]struct {
		told  map[string][]string
		asked func(context.Context) (operation.ResourceSide, error)
		want  bool
	}{
		"none":              {},
		"told":              {told: map[string][]string{"aws:ResourceTag/team": {"red"}}, want: true},
		"told another":      {told: map[string][]string{"aws:ResourceTag/team": {"blue"}}},
		"asked":             {asked: tags("red"), want: true},
		"asked another":     {asked: tags("blue")},
		"told before asked": {told: map[string][]string{"aws:ResourceTag/team": {"blue"}}, asked: tags("red")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := a.Authorize(t.Context(), call, []operation.Requirement{{
				Action: "kms:DescribeKey", Resource: "arn:aws:kms:us-east-1:" + account + ":key/1", Context: c.told, Lookup: c.asked,
			}})
			if (err == nil) != c.want {
				t.Errorf("allowed %v, want %v: %v", err == nil, c.want, err)
			}
		})
	}
}
