package sdk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// TestCredentialProviders assumes a role through the SDK's own provider, which signs with the session it gets.
func TestCredentialProviders(t *testing.T) {
	ctx := context.Background()
	root := serve(t)
	admin := iam.NewFromConfig(root)
	if _, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("gopher")}); err != nil {
		t.Fatal(err)
	}
	key, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("gopher")})
	if err != nil {
		t.Fatal(err)
	}
	role, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("reader"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/gopher"},"Action":"sts:AssumeRole"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("reader"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"bedrock:List*","Resource":"*"}]}`)}); err != nil {
		t.Fatal(err)
	}
	user := root
	user.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
	session := root
	session.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(user), *role.Role.Arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "from-go"
	}))
	me, err := sts.NewFromConfig(session).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || !strings.HasSuffix(*me.Arn, ":assumed-role/reader/from-go") {
		t.Fatalf("%+v, %v", me, err)
	}
	if _, err := bedrock.NewFromConfig(session).ListGuardrails(ctx, &bedrock.ListGuardrailsInput{}); err != nil {
		t.Error(err)
	}
	var denied smithy.APIError
	_, err = bedrock.NewFromConfig(session).GetGuardrail(ctx, &bedrock.GetGuardrailInput{GuardrailIdentifier: aws.String("abc")})
	if !errors.As(err, &denied) || denied.ErrorCode() != "AccessDeniedException" {
		t.Errorf("%v", err)
	}
	listed, err := iam.NewFromConfig(root).ListUsers(ctx, &iam.ListUsersInput{})
	if err != nil || len(listed.Users) != 1 || *listed.Users[0].UserName != "gopher" || listed.Users[0].CreateDate.IsZero() {
		t.Errorf("%+v, %v", listed, err)
	}
}
