// Package sdk drives the built server with the AWS SDK for Go v2.
package sdk

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	control "github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	data "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"
)

// clients starts a server on a fresh folder for one test.
func clients(t *testing.T) (*bedrock.Client, *bedrockruntime.Client) {
	t.Helper()
	config := serve(t)
	return bedrock.NewFromConfig(config), bedrockruntime.NewFromConfig(config)
}

// serve starts a server on a fresh folder for one test, and gives what its root calls it with.
func serve(t *testing.T) aws.Config {
	t.Helper()
	command := exec.Command("../../../bin/merlon", "serve", "--dev", "--listen", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"))
	command.Env = append(os.Environ(), "MERLON_QUOTAS__APPLY_REQUESTS=0")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("the server did not drain: %v", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	endpoint := strings.Fields(line)[2]
	return aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), BaseEndpoint: &endpoint, RetryMaxAttempts: 1}
}

func words(list ...string) *control.GuardrailWordPolicyConfig {
	p := &control.GuardrailWordPolicyConfig{}
	for _, w := range list {
		p.WordsConfig = append(p.WordsConfig, control.GuardrailWordConfig{Text: &w})
	}
	return p
}

func TestLifeOfAGuardrail(t *testing.T) {
	ctx := context.Background()
	c, r := clients(t)
	no := aws.String("no")
	made, err := c.CreateGuardrail(ctx, &bedrock.CreateGuardrailInput{Name: aws.String("go"), BlockedInputMessaging: no, BlockedOutputsMessaging: no, WordPolicyConfig: words("Bluewhale"),
		Tags: []control.Tag{{Key: aws.String("a"), Value: aws.String("1")}}})
	if err != nil {
		t.Fatal(err)
	}
	if made.CreatedAt == nil || made.CreatedAt.IsZero() || aws.ToString(made.Version) != "DRAFT" {
		t.Errorf("created %+v", made)
	}
	version, err := c.CreateGuardrailVersion(ctx, &bedrock.CreateGuardrailVersionInput{GuardrailIdentifier: made.GuardrailArn, Description: aws.String("first")})
	if err != nil || aws.ToString(version.Version) != "1" {
		t.Fatalf("version %+v, %v", version, err)
	}
	if _, err := c.UpdateGuardrail(ctx, &bedrock.UpdateGuardrailInput{GuardrailIdentifier: made.GuardrailId, Name: aws.String("go"), BlockedInputMessaging: no, BlockedOutputsMessaging: no, WordPolicyConfig: words("Redwhale")}); err != nil {
		t.Fatal(err)
	}
	got, err := c.GetGuardrail(ctx, &bedrock.GetGuardrailInput{GuardrailIdentifier: made.GuardrailArn, GuardrailVersion: version.Version})
	if err != nil || aws.ToString(got.WordPolicy.Words[0].Text) != "Bluewhale" || got.Status != control.GuardrailStatusReady {
		t.Fatalf("got %+v, %v", got, err)
	}
	for text, want := range map[string]data.GuardrailAction{"the Bluewhale": data.GuardrailActionGuardrailIntervened, "the Redwhale": data.GuardrailActionNone} {
		out, err := r.ApplyGuardrail(ctx, &bedrockruntime.ApplyGuardrailInput{GuardrailIdentifier: made.GuardrailId, GuardrailVersion: version.Version, Source: data.GuardrailContentSourceInput,
			Content: []data.GuardrailContentBlock{&data.GuardrailContentBlockMemberText{Value: data.GuardrailTextBlock{Text: &text}}}})
		if err != nil || out.Action != want || out.Usage == nil || aws.ToInt32(out.Usage.WordPolicyUnits) != 1 {
			t.Errorf("%q: %+v, %v", text, out, err)
		}
	}
	rows := 0
	for pages := bedrock.NewListGuardrailsPaginator(c, &bedrock.ListGuardrailsInput{GuardrailIdentifier: made.GuardrailId, MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		rows += len(page.Guardrails)
	}
	if rows != 2 {
		t.Errorf("listed %d versions, want DRAFT and 1", rows)
	}
	tags, err := c.ListTagsForResource(ctx, &bedrock.ListTagsForResourceInput{ResourceARN: made.GuardrailArn})
	if err != nil || len(tags.Tags) != 1 {
		t.Errorf("tags %+v, %v", tags, err)
	}
	if _, err := c.DeleteGuardrail(ctx, &bedrock.DeleteGuardrailInput{GuardrailIdentifier: made.GuardrailId}); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetGuardrail(ctx, &bedrock.GetGuardrailInput{GuardrailIdentifier: made.GuardrailId})
	if missing := (*control.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("get after delete: %v", err)
	}
}

func TestTypedErrors(t *testing.T) {
	ctx := context.Background()
	c, r := clients(t)
	no := aws.String("no")
	_, err := c.CreateGuardrail(ctx, &bedrock.CreateGuardrailInput{Name: aws.String("go"), BlockedInputMessaging: no, BlockedOutputsMessaging: no})
	if invalid := (*control.ValidationException)(nil); !errors.As(err, &invalid) || invalid.ErrorMessage() != "Guardrail must have at least one policy" {
		t.Errorf("create: %v", err)
	}
	_, err = r.ApplyGuardrail(ctx, &bedrockruntime.ApplyGuardrailInput{GuardrailIdentifier: aws.String("abcdefabcdef"), GuardrailVersion: aws.String("DRAFT"), Source: data.GuardrailContentSourceInput,
		Content: []data.GuardrailContentBlock{&data.GuardrailContentBlockMemberText{Value: data.GuardrailTextBlock{Text: aws.String("x")}}}})
	if invalid := (*data.ValidationException)(nil); !errors.As(err, &invalid) {
		t.Errorf("apply: %v", err)
	}
	_, err = c.ListPromptRouters(ctx, &bedrock.ListPromptRoutersInput{})
	if failure := smithy.APIError(nil); !errors.As(err, &failure) || failure.ErrorCode() != "UnknownOperationException" {
		t.Errorf("an operation that is not served: %v", err)
	}
}
