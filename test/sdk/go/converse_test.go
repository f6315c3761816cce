package sdk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	data "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

const modelID = "anthropic.test-v1:0"

// modelled starts a server in front of a model server that answers with a body, and that has every prompt for three tokens. It makes a
// guardrail on the word Bluewhale.
func modelled(t *testing.T, body string) (runtime *bedrockruntime.Client, control *bedrock.Client, guardrail string) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tokenize" {
			_, _ = io.WriteString(w, `{"count":3,"tokens":[]}`)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(upstream.Close)
	folder := t.TempDir()
	file := filepath.Join(folder, "merlon.yaml")
	models := fmt.Sprintf("models:\n  - {id: %q, provider: openai, base_url: %q, tokenize: vllm}\n", modelID, upstream.URL+"/v1")
	if err := os.WriteFile(file, []byte(models), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("../../../bin/merlon", "serve", "--dev", "--config", file, "--listen", "127.0.0.1:0", "--data", filepath.Join(folder, "data"))
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
	config := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), BaseEndpoint: &endpoint, RetryMaxAttempts: 1}
	control = bedrock.NewFromConfig(config)
	made, err := control.CreateGuardrail(context.Background(), &bedrock.CreateGuardrailInput{
		Name: aws.String("g"), BlockedInputMessaging: aws.String("no prompt"), BlockedOutputsMessaging: aws.String("no answer"), WordPolicyConfig: words("Bluewhale"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return bedrockruntime.NewFromConfig(config), control, *made.GuardrailId
}

// converse streams a conversation and gives the text, why it ended and what went wrong.
func converse(t *testing.T, runtime *bedrockruntime.Client, guardrail string) (text string, stop data.StopReason, err error) {
	t.Helper()
	out, err := runtime.ConverseStream(t.Context(), &bedrockruntime.ConverseStreamInput{
		ModelId:         aws.String(modelID),
		Messages:        []data.Message{{Role: data.ConversationRoleUser, Content: []data.ContentBlock{&data.ContentBlockMemberText{Value: "hi"}}}},
		GuardrailConfig: &data.GuardrailStreamConfiguration{GuardrailIdentifier: &guardrail, GuardrailVersion: aws.String("DRAFT"), Trace: data.GuardrailTraceEnabledFull},
	})
	if err != nil {
		return "", "", err
	}
	stream := out.GetStream()
	defer stream.Close()
	for event := range stream.Events() {
		switch event := event.(type) {
		case *data.ConverseStreamOutputMemberContentBlockDelta:
			if delta, ok := event.Value.Delta.(*data.ContentBlockDeltaMemberText); ok {
				text += delta.Value
			}
		case *data.ConverseStreamOutputMemberMessageStop:
			stop = event.Value.StopReason
		}
	}
	return text, stop, stream.Err()
}

func TestConverseStream(t *testing.T) {
	t.Parallel()
	const piece = `data: {"choices":[{"delta":{"content":%q},"finish_reason":null}]}` + "\n\n"
	const end = `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
	for _, test := range []struct {
		name, events, text string
		stop               data.StopReason
		broken             bool
	}{
		{"passed", fmt.Sprintf(piece+piece, "hel", "lo") + end, "hello", data.StopReasonEndTurn, false},
		{"blocked", fmt.Sprintf(piece+piece, "It is Blue", "whale.") + end, "no answer", data.StopReasonGuardrailIntervened, false},
		{"broke off", fmt.Sprintf(piece, strings.Repeat("word ", 200)), "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			runtime, _, guardrail := modelled(t, test.events)
			text, stop, err := converse(t, runtime, guardrail)
			var broke *data.ModelStreamErrorException
			if stop != test.stop || errors.As(err, &broke) != test.broken || !test.broken && (err != nil || text != test.text) {
				t.Errorf("%q, %s, %v", text, stop, err)
			}
		})
	}
}
